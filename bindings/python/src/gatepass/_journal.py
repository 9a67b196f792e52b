"""The journal of a plan: lines are only ever added, and are on disk before anything is sent."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ._errors import GatepassError


class Journal:
    """An open journal, and what earlier runs wrote into it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            with open(self.path, "rb") as file:
                content = file.read()
            # A run that was killed while it wrote may leave half a line, whose change was not sent yet.
            whole = content.rfind(b"\n") + 1
            if whole < len(content):
                os.ftruncate(self._file, whole)
            if hasattr(os, "O_DIRECTORY"):
                # The file's name is on disk, too.
                folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
                os.fsync(folder)
                os.close(folder)
        except OSError as error:
            message = f"cannot read the journal `{self.path}`: {error.strerror or error}"
            raise GatepassError(message, code="journal_unreadable") from error
        self.entries: list[Any] = []
        for number, line in enumerate(content[:whole].split(b"\n"), start=1):
            if not line:
                continue
            try:
                self.entries.append(json.loads(line))
            except ValueError as error:
                self.close()
                message = f"line {number} of the journal `{self.path}` is damaged; put it right, or name another journal"
                raise GatepassError(message, code="journal_damaged") from error

    def append(self, entries: list[Any]) -> None:
        """Adds entries; they are on disk when this returns."""
        text = "".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n" for entry in entries)
        rest = memoryview(text.encode())
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
            os.fsync(self._file)
        except OSError as error:
            message = f"cannot write the journal `{self.path}`: {error.strerror or error}; nothing more is changed"
            raise GatepassError(message, code="journal_unwritable") from error

    def close(self) -> None:
        """Closes the file."""
        os.close(self._file)
