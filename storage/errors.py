"""The error tree of Fangzhi, and which errors are worth a second try.

    FangzhiError
    ├── TerminalError            the same call fails again: tell a person
    │   ├── SiteError            a site file: unknown site, unknown key, wrong value
    │   ├── RecordError          stored bytes that are not the record their key promises
    │   │   └── DigestError      a payload that does not match its digest
    │   ├── InputError           a file or an argument given by the user
    │   ├── StoreRefusedError    the store answered no: credentials, missing bucket, bad key
    │   └── ObjectNotFoundError  there is no object under this key
    └── TransientError           the same call may work later: retry
        └── StoreUnavailableError   no answer, a full disk, 5xx

Each message says where it happened, what was expected, what was found and what to do.
"""


class FangzhiError(Exception):
    """Any failure that Fangzhi explains itself."""


class TerminalError(FangzhiError):
    """Trying again gives the same failure."""


class TransientError(FangzhiError):
    """Trying again later may work."""


class SiteError(TerminalError):
    """A site file or a site id that cannot be used."""


class RecordError(TerminalError):
    """Stored bytes that are not the record their key promises."""


class DigestError(RecordError):
    """A payload that does not match its recorded digest."""


class InputError(TerminalError):
    """A file or an argument from the user that cannot be used."""


class StoreRefusedError(TerminalError):
    """The store answered, and the answer is no."""


class ObjectNotFoundError(TerminalError):
    """There is no object under this key."""


class StoreUnavailableError(TransientError):
    """The store does not answer or has no room now."""
