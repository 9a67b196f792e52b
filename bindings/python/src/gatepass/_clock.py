"""Time and spans of time, as the engine takes them: it has no clock of its own."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from ._errors import GatepassError


def now_or(now: datetime | str | None) -> str:
    """A point in time as RFC 3339; the present one, to the second, if none is given.

    Raises:
        GatepassError: If it is a time without a time zone: whose noon it is cannot be guessed.
    """
    if now is None:
        now = datetime.now(timezone.utc).replace(microsecond=0)
    if isinstance(now, str):
        return now
    if now.tzinfo is None or now.utcoffset() is None:
        message = f"`{now.isoformat()}` has no time zone; write for example `datetime(2026, 11, 22, tzinfo=timezone.utc)`"
        raise GatepassError(message, code="time_zone_missing", path="/now")
    utc = now.astimezone(timezone.utc)
    millis = utc.isoformat(timespec="milliseconds") if utc.microsecond else utc.isoformat(timespec="seconds")
    return millis.replace("+00:00", "Z")


def span(given: timedelta | str) -> str:
    """A span of time as the engine reads it: `48h`, `7d`, `30m`, `45s`; whole seconds.

    Raises:
        GatepassError: If it is negative.
    """
    if isinstance(given, str):
        return given
    seconds = given // timedelta(seconds=1)
    if given < timedelta(0):
        raise GatepassError(f"`{given}` is negative; a span of time is not", code="span_negative")
    return f"{seconds}s"


def parsed(text: str) -> datetime:
    """A time that the engine wrote, with its time zone (UTC)."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
