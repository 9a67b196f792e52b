"""Files written whole or not at all, readable by their owner only: what Gatepass writes names people."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ._errors import GatepassError


def write(path: str | os.PathLike[str], content: bytes) -> None:
    """Writes a file.

    Raises:
        GatepassError: If it cannot be written; what was there before is still there.
    """
    target = Path(path)
    try:
        handle, draft = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with open(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, target)
        except BaseException:
            os.unlink(draft)
            raise
    except OSError as error:
        message = f"cannot write `{target}`: {error.strerror or error}"
        raise GatepassError(message, code="file_unwritable") from error
