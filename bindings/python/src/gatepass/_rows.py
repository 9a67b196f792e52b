"""Rows of reports as columns: what spreadsheets and data frames hold.

The columns of a report are those of its row type, so that an empty report has them, too: an object becomes columns of
its members, a list becomes JSON text.
"""

from __future__ import annotations

import json
import types as builtin
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from . import wire

ROW_TYPES: Mapping[str, type] = {
    "needs_consume_permission": wire.MissingPermission,
    "blocked_developers": wire.BlockedApplication,
    "stale_access": wire.StaleAccess,
    "pending_approvals": wire.PendingApproval,
    "team_readiness": wire.TeamReadiness,
    "developers": wire.DeveloperRow,
    "funnel": wire.FunnelRow,
    "access_matrix": wire.AccessCell,
    "follow_ups": wire.FollowUp,
}

Kind = Literal["word", "text", "time", "integer", "number", "flag", "json"]
# What a reader looks for first; ids and lists come last.
_FIRST = (
    "step",
    "kind",
    "cause",
    "stage",
    "reason",
    "status",
    "application_name",
    "developer_name",
    "email",
    "team_name",
    "resource_name",
    "role",
    "created_at",
    "age_hours",
)
_TIMES = frozenset({"created_at", "updated_at", "since", "last_contact_at"})


@dataclass(frozen=True)
class Column:
    """A column: its name, what it holds, where in a row that is, and the words that can be there."""

    name: str
    kind: Kind
    path: tuple[str, ...]
    words: tuple[str, ...] = ()

    def of(self, row: Mapping[str, Any]) -> Any:
        """Its value in a row."""
        value: Any = row
        for key in self.path:
            value = value[key] if value is not None else None
        if self.kind == "json" and value is not None:
            return json.dumps(value, ensure_ascii=False)
        return value


def columns(report: str) -> list[Column]:
    """The columns of a report: what is looked for first, then numbers and words, then ids, then lists."""

    def order(column: Column) -> tuple[int, bool, bool]:
        place = _FIRST.index(column.name) if column.name in _FIRST else len(_FIRST)
        return place, column.kind == "json", column.name.endswith("_id")

    return sorted(_columns(ROW_TYPES[report], (), ""), key=order)


def _columns(row: type, path: tuple[str, ...], prefix: str) -> Sequence[Column]:
    found: list[Column] = []
    for name, hint in get_type_hints(row).items():
        inner = _not_none(hint)
        full = name if not prefix or name.startswith(f"{prefix}_") else f"{prefix}_{name}"
        if is_typeddict(inner):
            found.extend(_columns(inner, (*path, name), name))
        else:
            words = get_args(inner) if get_origin(inner) is Literal else ()
            found.append(Column(full, _kind(full, inner), (*path, name), words))
    return found


def _not_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, builtin.UnionType):
        return next(part for part in get_args(hint) if part is not type(None))
    return hint


def _kind(name: str, hint: Any) -> Kind:
    if get_origin(hint) is Literal:
        return "word"
    if hint is bool:
        return "flag"
    if hint is int:
        return "integer"
    if hint is float:
        return "number"
    if hint is str:
        return "time" if name in _TIMES else "text"
    return "json"


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TURNS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: str) -> str:
    """A text that cannot move the cursor, change colours or turn the reading direction: names come from strangers."""
    return "".join("\ufffd" if not letter.isprintable() and letter != " " or letter in _TURNS else letter for letter in text)


def guarded(value: Any) -> Any:
    """A cell that a spreadsheet does not take for a formula."""
    if not isinstance(value, str):
        return "" if value is None else value
    return f"'{plain(value)}" if value.startswith(_FORMULA) else plain(value)
