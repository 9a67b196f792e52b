"""Many questions of one kind in as few bytes as possible: a million a second."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_ACTIONS = ("consume", "register")
_POLICIES = ("strict", "konnect")
_LENGTH = 36
_DASHES = (8, 13, 18, 23)


def packed(
    applications: Sequence[Any], resources: Sequence[Any], action: str, policy: str
) -> bytes | None:
    """The body of `decide_packed`; `None` if some id is written in another way, or the action needs more to be said."""
    if action not in _ACTIONS or policy not in _POLICIES or len(applications) != len(resources):
        return None
    if not applications:
        return None
    try:
        text = "".join(chain.from_iterable(zip(applications, resources)))
    except TypeError:
        return None
    count = 2 * len(applications)
    # An id of another length must not shift all that follow it.
    if len(text) != count * _LENGTH or set(map(len, applications)) | set(map(len, resources)) != {_LENGTH}:
        return None
    if any(text[dash::_LENGTH].strip("-") for dash in _DASHES):
        return None
    try:
        ids = bytes.fromhex(text.replace("-", ""))
    except ValueError:
        return None
    # Dashes elsewhere and spaces are skipped by what was called here, and would shift what follows.
    if len(ids) != 16 * count:
        return None
    return bytes((_ACTIONS.index(action), _POLICIES.index(policy))) + ids
