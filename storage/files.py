"""files.py — Files that are on the disk when a call returns, and whole whenever they are seen. Knows no keys.

A file is written under another name beside its place, flushed, renamed, and its directory flushed. Threads that do
so at the same time share the directory's flush: one that begins after a rename is good for that rename. The files'
own flushes are not gathered: those of several threads are one commit of the file system's journal already, and one
after another they are several (on a busy ext4 disk 16 files took 60 ms one by one, and 7 ms together).
"""

import errno
import os
import secrets
from itertools import count
from pathlib import Path
from threading import Lock

# Directories are flushed side by side, so that the disk can do several at once.
_LOCKS = 16
_REMEMBERED = 1_000


class Files:
    """Puts files in their places for many threads."""

    def __init__(self) -> None:
        """Begin with nothing to flush."""
        self._moments = count(1)
        self._locks = tuple(Lock() for _ in range(_LOCKS))
        self._flushed: dict[Path, int] = {}

    def put(self, path: Path, data: bytes) -> None:
        """Make a file of these bytes or replace it; its directory exists. Raises OSError."""
        directory = path.parent
        temporary = directory / f"~{secrets.token_hex(8)}"
        try:
            _write(temporary, data)
            temporary.rename(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        self.flush(directory)

    def flush(self, directory: Path) -> None:
        """Return when all that was renamed or removed in a directory before this call is on the disk."""
        asked = next(self._moments)
        with self._locks[hash(directory) % _LOCKS]:
            if self._flushed.get(directory, 0) > asked:  # by the thread before, while this one waited
                return
            begun = next(self._moments)
            sync_directory(directory)
            if len(self._flushed) >= _REMEMBERED:  # forgetting costs a flush at most
                self._flushed.clear()
            self._flushed[directory] = begun


def sync_directory(directory: Path) -> None:
    """Flush what a directory says of its files."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # what network file systems say that flush by themselves
            raise
    finally:
        os.close(handle)


def _write(path: Path, data: bytes) -> None:
    with path.open("xb", buffering=0) as file:
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]
        os.fsync(file.fileno())
