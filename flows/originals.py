"""originals.py — Which captures of a site brought a payload that the one before, of the same URI, did not have."""

from collections.abc import Iterator
from datetime import date

from storage.captures import iter_capture_keys
from storage.keys import parse_capture_key
from storage.objects import ObjectStore


def iter_originals(store: ObjectStore, site: str, since: date | None, until: date | None) -> Iterator[str]:
    """Yield capture keys, leaving out those whose digest equals the one before of the same URI: revisits.

    Told from the keys alone, so that a revisit costs no reading; the first of a URI in the window is always yielded.
    """
    last: dict[str, str] = {}
    for key in iter_capture_keys(store, site, since, until):
        parsed = parse_capture_key(key)
        if last.get(parsed.uri_hash) != parsed.digest:
            yield key
        last[parsed.uri_hash] = parsed.digest
