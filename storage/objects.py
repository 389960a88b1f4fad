"""objects.py — The object store: four operations on keys and bytes. Knows nothing of captures or documents.

LocalStore keeps objects as files; S3Store (s3.py) in a bucket. Nothing here locks or compares: keys are
content-addressed or have one writer, so a second writer brings the same bytes. Keys: see keys.check_key.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from storage.errors import FangzhiError, InputError, ObjectNotFoundError, StoreRefusedError, StoreUnavailableError
from storage.files import Files, sync_directory
from storage.keys import check_key
from storage.settings import Settings

_REMEMBERED = 10_000


class ObjectStore(Protocol):
    """What every back end does, exactly (tests/storage/test_store_contract.py).

    Errors: ObjectNotFoundError, StoreRefusedError (the answer is no), StoreUnavailableError (worth another try),
    InputError (a key that not every store takes).
    """

    def get(self, key: str) -> bytes:
        """Return the whole object. Raises ObjectNotFoundError when there is none."""

    def put(self, key: str, data: bytes) -> None:
        """Store an object or replace it. When this returns the bytes survive a crash; readers see old or new, whole."""

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with the prefix, as a set: callers do not rely on the order."""

    def delete(self, key: str) -> None:
        """Remove an object; success when there is none."""


def open_store(url: str, settings: Settings | None = None) -> ObjectStore:
    """Open the store that an address names: a directory, file:///directory, or s3://bucket/prefix.

    settings: endpoint and addressing style of S3; from the environment when None. Nothing is created or asked yet.
    Raises InputError for any other address.

    >>> open_store("file:///var/lib/fangzhi")
    LocalStore('/var/lib/fangzhi')
    """
    parts = urlsplit(url)
    if parts.scheme == "s3" and parts.netloc and not (parts.query or parts.fragment):
        # boto3 takes a third of a second to import; an archive in a directory does without.
        from storage.s3 import S3Store  # noqa: PLC0415

        chosen = settings or Settings()
        return S3Store(
            parts.netloc,
            parts.path.strip("/"),
            endpoint_url=chosen.s3_endpoint or None,
            addressing_style=chosen.s3_addressing,
        )
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path:
        return LocalStore(Path(unquote(parts.path)))
    if "://" not in url and url:
        return LocalStore(Path(url))
    message = f"archive {url!r}: expected a directory such as ./archive, file:///srv/archive, or s3://bucket/prefix"
    raise InputError(message)


class LocalStore:
    """Objects as files below a directory, for one machine or a shared file system.

    A file appears whole or not at all: see files.py. Threads that put at the same time share some of the waiting.
    What a killed writer leaves is named `~…`, which is no key: it is never listed and may be deleted.
    """

    def __init__(self, root: Path) -> None:
        """Take the directory; it is made by the first put."""
        self.root = root
        self._made: set[Path] = set()
        self._files = Files()

    def __repr__(self) -> str:
        """Show the directory."""
        return f"LocalStore({str(self.root)!r})"

    def get(self, key: str) -> bytes:
        """Return the whole object. Raises ObjectNotFoundError when there is none."""
        path = self._path(key)
        with _explaining("read", path):
            try:
                return path.read_bytes()
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                message = f"{path}: expected an object under the key {key}, found none"
                raise ObjectNotFoundError(message) from None

    def put(self, key: str, data: bytes) -> None:
        """Store an object or replace it; it is on the disk when this returns. Equal bytes are not written again."""
        path = self._path(key)
        directory = path.parent
        with _explaining("write", path):
            self._make_directory(directory)
            if _holds(path, data):
                self._files.flush(directory)
            else:
                self._files.put(path, data)

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with the prefix, in ascending order."""
        if prefix:
            check_key(prefix.removesuffix("/"))
        directory, _, _ = prefix.rpartition("/")
        yield from self._walk(f"{directory}/" if directory else "", prefix)

    def delete(self, key: str) -> None:
        """Remove an object; success when there is none."""
        path = self._path(key)
        with _explaining("delete", path):
            if path.is_dir():  # a prefix of other keys is not an object
                return
            try:
                path.unlink()
            except (FileNotFoundError, NotADirectoryError):
                return
            self._files.flush(path.parent)

    def _path(self, key: str) -> Path:
        return self.root / check_key(key)

    def _make_directory(self, directory: Path) -> None:
        """Make a directory and those above it; each is on the disk, whoever made it, before something is put into it."""
        if directory in self._made and directory.is_dir():
            return
        if directory == self.root:
            directory.mkdir(parents=True, exist_ok=True)
            with suppress(PermissionError):  # one may own an archive in a directory that one may not read
                sync_directory(directory.parent)
        else:
            self._make_directory(directory.parent)
            directory.mkdir(exist_ok=True)
            sync_directory(directory.parent)
        if len(self._made) >= _REMEMBERED:  # claims have a directory each, and there may be a million of them
            self._made.clear()
        self._made.add(directory)

    def _walk(self, base: str, prefix: str) -> Iterator[str]:
        directory = self.root / base
        for name in _names_in(directory):
            key = base + name
            if name.endswith("/"):
                if key.startswith(prefix) or prefix.startswith(key):
                    yield from self._walk(key, prefix)
            elif key.startswith(prefix) and _is_key(key):
                yield key


def _names_in(directory: Path) -> list[str]:
    """Return the names in a directory, those of directories with a slash, in the order of full keys."""
    with _explaining("list", directory):
        try:
            with os.scandir(directory) as entries:
                # "a/" sorts where "a/…" belongs among full keys: after "a-b", before "a0".
                return sorted(f"{entry.name}/" if entry.is_dir() else entry.name for entry in entries)
        except (FileNotFoundError, NotADirectoryError):
            return []


def _is_key(name: str) -> bool:
    try:
        check_key(name)
    except InputError:
        return False
    return True


def _holds(path: Path, data: bytes) -> bool:
    """Tell whether the file has exactly these bytes: reading costs a fiftieth of flushing them to a disk again."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except (FileNotFoundError, NotADirectoryError):
        return False


@contextmanager
def _explaining(verb: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _explained(verb, path, error) from error


def _explained(verb: str, path: Path, error: OSError) -> FangzhiError:
    """Turn what the operating system says into an error with advice."""
    said = f"cannot {verb} {path}: {error.strerror or error}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StoreUnavailableError(
            f"{said}. Free space or raise the quota there, then run the same command again: "
            "nothing stored before is harmed, and what is missing is done then"
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreRefusedError(
            f"{said}. Run as a user who may {verb} there, or name another directory in FANGZHI_ARCHIVE"
        )
    if error.errno in (errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP):
        return StoreRefusedError(f"{said}. Expected directories down to there and a file, or nothing, at its end")
    return StoreUnavailableError(f"{said}. Look at the disk or the mount, then run the same command again")
