"""`python -m gatepass`: reports at a shell and in cron, where there is no Rust.

Data goes to standard output, everything else to standard error. It ends with 0, with 1 after an error, and with 2 only
with `--fail-on-findings` and rows.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from . import GatepassError, Portal, __version__
from ._clock import now_or
from ._files import write
from ._rows import ROW_TYPES, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._report import Report

_USUAL = ("funnel", "pending_approvals", "needs_consume_permission", "blocked_developers")
_WIDEST = 40


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        # 2 means findings; a mistake at the prompt is an error like any other.
        self.print_usage(sys.stderr)
        print(f"error: {message}", file=sys.stderr)
        raise SystemExit(1)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m gatepass", description="Reports on a Kong Konnect Dev Portal, from a snapshot.")
    parser.add_argument("--version", action="version", version=f"gatepass {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    report = commands.add_parser("report", help="who is stuck, who waits, what is stale")
    report.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(ROW_TYPES)}; default: {', '.join(_USUAL)}")
    report.add_argument("snapshot", metavar="SNAPSHOT", help="the snapshot file, or - for standard input")
    report.add_argument("--now", help="the time that ages are counted up to (RFC 3339); default: the present")
    report.add_argument("--older-than", default="48h", metavar="SPAN", help="how old an application must be (48h)")
    report.add_argument("--team", action="append", default=[], help="only this team, by name or id; several times")
    report.add_argument("--include-without-application", action="store_true")
    report.add_argument("--redact", action="store_true", help="hide names and the local part of e-mail addresses")
    report.add_argument("--allow-partial", action="store_true", help="take a snapshot with errors, too")
    report.add_argument("--output", choices=["table", "json", "jsonl", "csv", "html"], default="table")
    report.add_argument("-o", "--output-file", metavar="FILE")
    report.add_argument("--fail-on-findings", action="store_true", help="end with 2 if there are rows")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code."""
    given = _parser().parse_args(arguments)
    try:
        return _report(given)
    except GatepassError as error:
        print(f"error: {plain_lines(str(error))}", file=sys.stderr)
        return 1


def _report(given: argparse.Namespace) -> int:
    names = given.names or list(_USUAL)
    unknown = [name for name in names if name not in ROW_TYPES]
    if unknown:
        message = f"there is no report `{unknown[0]}`; there are: {', '.join(ROW_TYPES)}"
        raise GatepassError(message, code="report_unknown")
    if given.output == "csv" and len(names) > 1:
        raise GatepassError("csv holds one report; name one", code="one_report")
    source: Any = sys.stdin.buffer if given.snapshot == "-" else given.snapshot
    portal = Portal.load(source, allow_partial=given.allow_partial)
    if portal.problem_count:
        print(f"note: `{given.snapshot}` has {portal.problem_count} problems", file=sys.stderr)
    if portal.completeness != "complete":
        print(f"note: the snapshot is {portal.completeness}: rows may be missing", file=sys.stderr)
    now = now_or(given.now)
    reports = [_run(portal, name, now, given) for name in names]
    _write(given.output_file, _text(reports, given.output))
    always = ("funnel", "access_matrix")
    found = any(len(report) for report in reports if report.name not in always)
    return 2 if given.fail_on_findings and found else 0


def _run(portal: Portal, name: str, now: str, given: argparse.Namespace) -> Report[Any]:
    own: dict[str, Any] = {"now": now, "team": given.team, "redact": given.redact}
    if name in ("blocked_developers", "follow_ups"):
        own["older_than"] = given.older_than
    if name == "needs_consume_permission":
        own["include_without_application"] = given.include_without_application
    report: Report[Any] = getattr(portal.reports, name)(**own)
    return report


def _text(reports: list[Report[Any]], form: str) -> str:
    if form == "json":
        documents = [report.document for report in reports]
        whole = documents[0] if len(documents) == 1 else {"reports": documents}
        return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"
    if form == "jsonl":
        lines: list[Any] = []
        for report in reports:
            lines += [{**report.about, "row_count": len(report)}, *report]
        return "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    if form == "csv":
        return reports[0].to_csv()
    if form == "html":
        bodies = "".join(report._repr_html_() for report in reports)
        return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>gatepass</title><body>{bodies}</body></html>\n'
    return "\n".join(_table(report) for report in reports)


def _table(report: Report[Any]) -> str:
    """A report for people: without ids, lists and columns in which nothing is said."""
    dicts = report.to_dicts()
    names = [
        name
        for name in report.columns()
        if not name.endswith("_id") and any(isinstance(row[name], (str, int, float)) for row in dicts)
    ]
    names = [name for name in names if not any(str(row[name]).startswith(("[", "{")) for row in dicts)]
    cells = [[_cell(row[name]) for name in names] for row in dicts]
    widths = [max([len(name), *(len(row[at]) for row in cells)]) for at, name in enumerate(names)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in ([names] if cells else []) + cells
    ]
    rows = "1 row" if len(report) == 1 else f"{len(report)} rows"
    document = report.about
    about = f"{report.completeness} as of {document['as_of']}, ages up to {document['now']}"
    if report.assumptions:
        about += "; assumptions: " + ", ".join(report.assumptions)
    return "\n".join([f"{report.name}: {rows}", *(lines or ["nothing found"]), about, ""])


def _cell(value: Any) -> str:
    text = "" if value is None else plain(str(value))
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def plain_lines(text: str) -> str:
    """Several lines, each harmless in a terminal."""
    return "\n".join(plain(line) for line in text.split("\n"))


def _write(path: str | None, text: str) -> None:
    if path is not None:
        write(path, text.encode())
        return
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.flush()
    except BrokenPipeError:
        # `… | head` is no error; Python would tell of it once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    raise SystemExit(main())
