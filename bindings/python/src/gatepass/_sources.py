"""Where what the engine holds came from, so that a new instance can hold it again."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ._errors import GatepassError

if TYPE_CHECKING:
    from ._engine import Handle


@dataclass(frozen=True)
class BytesSource:
    """Bytes that the caller gave."""

    options: bytes
    content: bytes

    def sha256(self) -> str:
        """The SHA-256 of the content."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class FileSource:
    """A file that is read straight into the engine, so that its bytes are never in Python's own memory."""

    options: bytes
    path: Path
    stamp: tuple[int, int, int]

    @staticmethod
    def of(path: Path, options: bytes) -> FileSource | BytesSource:
        """The file at a path; what is no plain file (a pipe) is read at once."""
        try:
            found = path.stat()
            if not stat.S_ISREG(found.st_mode):
                return BytesSource(options, path.read_bytes())
        except OSError as error:
            raise unreadable(path, error) from error
        return FileSource(options, path, _stamp(found))

    def opened(self) -> BinaryIO:
        """The file, if it is still the one that was read first."""
        try:
            file = self.path.open("rb", buffering=0)
        except OSError as error:
            raise unreadable(self.path, error) from error
        if _stamp(os.fstat(file.fileno())) != self.stamp:
            file.close()
            raise self.changed()
        return file

    def sha256(self) -> str:
        """The SHA-256 of the content."""
        digest = hashlib.sha256()
        with self.opened() as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        return digest.hexdigest()

    def size(self) -> int:
        """Its size in bytes."""
        return self.stamp[0]

    def changed(self) -> GatepassError:
        """That it is no longer the file that was read first."""
        message = f"`{self.path}` has changed since it was loaded; load it again"
        return GatepassError(message, code="file_changed")


@dataclass(frozen=True)
class DerivedSource:
    """What a method made of something else."""

    parent: Handle
    method: str
    body: bytes


Source = BytesSource | FileSource | DerivedSource


def _stamp(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ino


def unreadable(path: Path, error: OSError) -> GatepassError:
    """That a file cannot be read."""
    return GatepassError(f"cannot read `{path}`: {error.strerror or error}", code="file_unreadable")
