"""What is asked, as JSON text."""

from __future__ import annotations

import json
from typing import Any

from ._errors import GatepassError


def body(given: Any) -> bytes:
    """A value as JSON text.

    Raises:
        GatepassError: If JSON cannot say it: infinite numbers, objects of other kinds, half of a letter.
    """
    try:
        return json.dumps(given, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise GatepassError(f"this cannot be said in JSON: {error}", code="not_json") from error
