"""How things look in a notebook. Every text is escaped: names and addresses come from whoever signed up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from ._rows import columns, plain

if TYPE_CHECKING:
    from ._plan import Plan
    from ._portal import Portal
    from ._report import Report

_ROWS = 20
_LONGEST = 80


def report(shown: Report[Any]) -> str:
    """A report: the first rows, without ids, and how much to trust them."""
    wanted = [column for column in columns(shown.name) if not column.name.endswith("_id")]
    cells = [[_cell(_inner(row, column.path)) for column in wanted] for row in shown[:_ROWS]]
    said = [position for position in range(len(wanted)) if any(row[position] for row in cells)]
    head = [wanted[position].name.replace("_", " ") for position in said]
    rows = "1 row" if len(shown) == 1 else f"{len(shown):,} rows"
    notes = [f"as of {escape(shown.about['as_of'])}", f"ages up to {escape(shown.about['now'])}"]
    notes.append(_completeness(shown.completeness))
    if shown.assumptions:
        notes.append("assumptions: " + escape(", ".join(shown.assumptions)))
    if len(shown) > _ROWS:
        notes.append(f"the first {_ROWS} are shown: <code>.to_pandas()</code>, <code>.to_csv()</code> have all")
    title = f"<b>{escape(shown.name)}</b>: {rows if len(shown) else 'nothing found'}"
    return _table(title, head, ([row[position] for position in said] for row in cells), notes)


def portal(shown: Portal) -> str:
    """A portal: what it is, and what is wrong with its snapshot."""
    rows = [
        [escape(problem["severity"]), f"<code>{escape(problem['code'])}</code>", _text(problem["path"]), _text(problem["message"])]
        for problem in shown.problems[:_ROWS]
    ]
    region = shown.region or "no region"
    title = f"<b>{_text(shown.name)}</b>: portal {escape(shown.id)}, {escape(shown.api)}, {escape(region)}"
    notes = [f"as of {escape(shown.as_of_text)}", _completeness(shown.completeness)]
    notes.append(f"{shown.problem_count} problems" if shown.problem_count else "no problems")
    return _table(title, ["severity", "code", "path", "message"] if rows else [], rows, notes)


def plan(shown: Plan) -> str:
    """A plan: subject by subject."""
    rows = []
    for subject in shown.subjects[:_ROWS]:
        held = subject.get("held")
        what = ", ".join(str(change.get("change")) for change in subject.get("changes", []))
        outcome = f"held: {held.get('message') or held.get('code')}" if held else what
        who = subject.get("email") or subject.get("developer_name") or subject.get("developer_id") or "-"
        rows.append([_text(str(who)), _text(str(subject.get("rule") or "")), _text(outcome)])
    title = f"<b>plan</b>: {len(shown.changes)} changes for {len(shown.subjects)} subjects, {len(shown.held)} held"
    notes = [f"the first {_ROWS} are shown"] if len(shown.subjects) > _ROWS else []
    return _table(title, ["subject", "rule", "what"] if rows else [], rows, notes)


def _inner(row: Mapping[str, Any], path: Sequence[str]) -> Any:
    value: Any = row
    for key in path:
        value = value[key] if value is not None else None
    return value


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return _text(", ".join(_item(item) for item in value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else _text(str(value))


def _item(item: Any) -> str:
    """A member of a list in a few words: what a fix changes, what a team is called."""
    if not isinstance(item, dict):
        return str(item)
    words = (item.get(key) for key in ("change", "status", "application_name", "team_name", "resource_name"))
    return " ".join(str(word) for word in words if word)


def _text(text: str) -> str:
    short = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return escape(plain(short))


def _completeness(word: str) -> str:
    if word == "complete":
        return "complete"
    return f"<b>{escape(word)}</b>: rows may be missing"


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]], notes: Sequence[str]) -> str:
    text = f'<div class="gatepass"><p>{title}</p>'
    if head:
        heads = "".join(f"<th>{escape(name)}</th>" for name in head)
        lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        text += f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    return text + (f"<p><small>{'; '.join(notes)}</small></p>" if notes else "") + "</div>"
