"""The nine reports, without any other library."""

from __future__ import annotations

import csv
import io
import json
import typing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from gatepass import GatepassError, Portal, Report, wire
from gatepass._rows import ROW_TYPES

NOW = "2026-11-26T00:00:00Z"
ADA = "d0000000-0000-4000-8000-000000000001"
RETAIL = "c0000000-0000-4000-8000-000000000001"


def reports(portal: Portal) -> dict[str, Report[Any]]:
    return {name: getattr(portal.reports, name)(now=NOW) for name in ROW_TYPES}


def matches(value: Any, hint: Any) -> bool:
    """Whether a value is of a type, member by member; a plain statement of what the types promise."""
    if typing.is_typeddict(hint):
        hints = typing.get_type_hints(hint)
        return isinstance(value, dict) and set(value) == set(hints) and all(
            matches(value[name], inner) for name, inner in hints.items()
        )
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return value in inner
    if origin is list:
        return isinstance(value, list) and all(matches(item, inner[0]) for item in value)
    if origin is dict:
        return isinstance(value, dict)
    if inner:
        return any(matches(value, part) for part in inner)
    if hint is type(None):
        return value is None
    return type(value) is hint


def test_rows_are_what_their_types_say(portal: Portal) -> None:
    everything = reports(portal)
    assert set(everything) == set(typing.get_args(wire.ReportName))
    for name, report in everything.items():
        rows = list(report)
        if name == "needs_consume_permission":
            leaving = {"change": "remove_from_team", "team_id": RETAIL, "developer_id": ADA}
            rows = list(portal.what_if([leaving]).reports.needs_consume_permission(now=NOW))
        assert rows, name
        for row in rows:
            assert matches(row, ROW_TYPES[name]), (name, row)


def test_decisions_are_what_their_type_says(portal: Portal, document: dict[str, Any]) -> None:
    resource = document["product_versions"][0]["id"]
    for application in document["applications"]:
        for action in ("consume", "register"):
            answer = portal.decide(application_id=application["id"], resource_id=resource, action=action)
            assert matches(answer, wire.Decision), answer


def test_a_report_is_a_sequence_that_knows_what_it_was_made_of(portal: Portal) -> None:
    report = portal.reports.blocked_developers(now=NOW)
    assert len(report) == 5
    assert report[0]["stage"] == "waiting_for_approval"
    assert report[-1] in report
    assert len(report[1:3]) == 2
    assert [row["age_hours"] for row in report] == [376] * 5
    assert report.name == "blocked_developers"
    assert report.now == datetime(2026, 11, 26, tzinfo=timezone.utc)
    assert report.as_of == portal.as_of
    assert report.completeness == "complete"
    assert report.parameters["older_than"] == "48h"
    assert repr(report) == "<gatepass report blocked_developers: 5 rows, complete as of 2026-11-22T10:00:00Z>"
    assert report == portal.reports.blocked_developers(now=NOW)
    assert report != portal.reports.blocked_developers(now="2026-11-27T00:00:00Z")


def test_parameters_are_python_values(portal: Portal) -> None:
    now = datetime(2026, 11, 26, 1, tzinfo=timezone(timedelta(hours=1)))
    assert portal.reports.blocked_developers(now=now) == portal.reports.blocked_developers(now=NOW)
    assert not portal.reports.blocked_developers(now=NOW, older_than=timedelta(days=30))
    assert portal.reports.blocked_developers(now=NOW, older_than="30d").parameters["older_than"] == "720h"
    retail = portal.reports.blocked_developers(now=NOW, team="Retail")
    assert retail.parameters["teams"] == ["Retail"]
    approved = portal.reports.developers(now=NOW, status="approved", sort="-email")
    emails = [row["email"] for row in approved]
    assert emails == sorted(emails, reverse=True)
    redacted = portal.reports.developers(now=NOW, redact=True)
    assert all(row["developer_name"].startswith("Developer ") for row in redacted)
    letters = portal.reports.follow_ups(now=NOW, cadence={"Retail": timedelta(days=1)}, default_cadence="3d")
    assert letters.parameters["cadence"] == {"Retail": "24h"}
    contact: wire.Contact = {"developer_id": letters[0]["developer_id"] or "", "at": "2026-11-25T12:00:00Z", "channel": "mail"}
    assert len(portal.reports.follow_ups(now=NOW, contacts=[contact])) == len(letters) - 1


def test_wrong_parameters_are_refused_with_a_word(portal: Portal) -> None:
    def code(ask: Any) -> str:
        with pytest.raises(GatepassError) as caught:
            ask()
        return caught.value.code

    ask = portal.reports
    assert code(lambda: ask.funnel(now=datetime(2026, 11, 26))) == "time_zone_missing"
    assert code(lambda: ask.funnel(now="yesterday")) == "body_invalid"
    assert code(lambda: ask.funnel(team="Raeders")) == "team_unknown"
    assert code(lambda: ask.blocked_developers(older_than=timedelta(hours=-1))) == "span_negative"
    assert code(lambda: ask.developers(status="requested")) == "body_invalid"  # type: ignore[arg-type]
    assert code(lambda: ask.developers(search=7)) == "body_invalid"  # type: ignore[arg-type]


def test_flat_rows_have_the_same_columns_whether_there_are_rows_or_none(portal: Portal) -> None:
    for report in reports(portal).values():
        columns = report.columns()
        assert len(set(columns)) == len(columns)
        assert all(list(row) == columns for row in report.to_dicts())
    assert "resource_name" in portal.reports.blocked_developers(now=NOW).columns()
    assert "registrations_pending" in portal.reports.developers(now=NOW).columns()


def test_rows_are_found_whatever_stands_in_them(document: dict[str, Any]) -> None:
    evil = ['},{"cause":"no_team"', '"rows":[{', '\\"},{\\"stage\\":', "]}", "\\", '"', "ä\u2028𝄞"]
    developers = [
        {**developer, "full_name": name} for developer, name in zip(document["developers"], [*evil, *evil])
    ]
    applications = [{**application, "name": evil[n % len(evil)]} for n, application in enumerate(document["applications"])]
    portal = Portal.load({**document, "developers": developers, "applications": applications})
    for name in ROW_TYPES:
        text = portal._ask("report", json.dumps({"report": name, "now": NOW, "owners": {"Orders": "rows@x.example"}, "search": ""}).encode())
        report: Report[Any] = Report(text)
        assert report.document == json.loads(text)
        assert list(report.document) == list(json.loads(text))
        assert report.to_json().encode() == text
        assert len(report) == len(report.document["rows"])


def test_csv_is_read_back_and_holds_no_formula(document: dict[str, Any], tmp_path: Path) -> None:
    hostile = {**document, "developers": [{**document["developers"][0], "full_name": "=HYPERLINK(\"x\")\x1b[31m"}, *document["developers"][1:]]}
    portal = Portal.load(hostile)
    report = portal.reports.developers(now=NOW)
    text = report.to_csv(tmp_path / "developers.csv")
    assert (tmp_path / "developers.csv").read_text() == text
    assert (tmp_path / "developers.csv").stat().st_mode & 0o077 == 0
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(report)
    assert rows[0]["developer_name"] == "'=HYPERLINK(\"x\")\ufffd[31m"
    assert rows[0]["completeness"] == "complete"
    with pytest.raises(GatepassError) as caught:
        report.to_csv(tmp_path / "nowhere" / "developers.csv")
    assert caught.value.code == "file_unwritable"


def test_roles_off_are_an_assumption(document: dict[str, Any]) -> None:
    portal = Portal.load({**document, "portal": {**document["portal"], "rbac_enabled": False}})
    report = portal.reports.needs_consume_permission(now=NOW)
    assert (len(report), report.assumptions) == (0, ["rbac_disabled"])
    funnel = portal.reports.funnel(now=NOW)
    assert [row["developers"] for row in funnel if row["step"] in ("in_team", "may_consume")] == [None, None]
