"""The compiled engine on disk, so that the next process starts in milliseconds.

What is kept is native code: whoever can write it can run what they like as the user who loads it. So it is read and
written only in a folder that belongs to the user, that nobody else can enter, and that is no symbolic link. Everything
is done relative to the folder once it is open and checked, so that no path can be exchanged in between. Where this
cannot be had (no home, another owner, Windows), nothing is kept, and each process compiles anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DIGEST = hashlib.sha256().digest_size
_KEPT = 4


class CompiledCache:
    """A folder of compiled modules, or nothing at all where that is not safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> bytes | None:
        """The module under this key, whole and the user's own; otherwise nothing."""
        with contextlib.suppress(OSError), self._opened() as folder:
            if folder is None:
                return None
            handle = os.open(_name(key), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
            with open(handle, "rb") as file:
                if not _is_own(os.fstat(file.fileno()), stat.S_ISREG):
                    return None
                kept = file.read()
            digest, module = kept[:_DIGEST], kept[_DIGEST:]
            if hashlib.sha256(module).digest() == digest:
                return module
        return None

    def put(self, key: str, module: bytes) -> None:
        """Keeps a module; silently not, if that is not possible."""
        with contextlib.suppress(OSError), self._opened(make=True) as folder:
            if folder is None:
                return
            name, draft = _name(key), f".{secrets.token_hex(8)}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            handle = os.open(draft, flags, 0o600, dir_fd=folder)
            try:
                with open(handle, "wb") as file:
                    file.write(hashlib.sha256(module).digest() + module)
                os.replace(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                os.unlink(draft, dir_fd=folder)
                raise
            _forget_old(folder, name)

    @contextlib.contextmanager
    def _opened(self, *, make: bool = False) -> Iterator[int | None]:
        if not hasattr(os, "geteuid") or os.open not in os.supports_dir_fd:
            yield None
            return
        if make and not self._folder.exists():
            self._folder.parent.mkdir(parents=True, exist_ok=True)
            self._folder.mkdir(mode=0o700, exist_ok=True)
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        folder = os.open(self._folder, flags)
        try:
            yield folder if _is_own(os.fstat(folder), stat.S_ISDIR) else None
        finally:
            os.close(folder)


def _is_own(found: os.stat_result, is_kind: object) -> bool:
    """Whether it is of this kind, the user's own, and nobody else can read or write it."""
    assert callable(is_kind)
    return bool(is_kind(found.st_mode)) and found.st_uid == os.geteuid() and not found.st_mode & 0o077


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest() + ".cwasm"


def _forget_old(folder: int, newest: str) -> None:
    """Leaves the newest few: each new version of wasmtime or Gatepass adds one."""
    names = [name for name in os.listdir(folder) if name.endswith(".cwasm") and name != newest]
    names.sort(key=lambda name: os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime, reverse=True)
    for name in names[_KEPT - 1 :]:
        os.unlink(name, dir_fd=folder)
