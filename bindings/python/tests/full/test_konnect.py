"""Export and apply against the emulator, over real HTTP."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gatepass import GatepassError, Konnect, Plan, Portal
from gatepass._http import Secret, base_url

from .emulator import TOKEN, Emulator, emulator

SMALL = ("--developers", "40", "--teams", "7", "--applications", "40", "--registrations", "60")


@pytest.fixture
def running(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with emulator(*SMALL, "--api", getattr(request, "param", "v2")) as found:
        yield found


def konnect(running: Emulator, **own: Any) -> Konnect:
    return Konnect(TOKEN, "eu", base_url=running.base_url, **own)


@pytest.mark.parametrize("running", ["v2", "v3"], indirect=True)
def test_an_export_is_whole_and_its_owners_only(running: Emulator, tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    with konnect(running) as client:
        portal = client.export(running.portal, path=path)
        assert portal.completeness == "complete"
        assert portal.region == "eu"
        assert len(portal.contents()["developers"]) == 40
        assert len(portal.contents()["registrations"]) == 60
        assert client.export(portal.name).contents() == portal.contents()
    assert path.stat().st_mode & 0o077 == 0
    assert Portal.load(path).contents() == portal.contents()
    assert TOKEN.encode() not in path.read_bytes()


def test_an_export_survives_what_passes(running: Emulator) -> None:
    running.faults(
        seed=3,
        errors={"rate": 0.2, "statuses": [500, 503], "html": True},
        throttle={"rate": 0.05, "retry_after": 0},
        drop=0.1,
        truncate=0.1,
        most_in_a_row=2,
    )
    with konnect(running) as client:
        assert client.export(running.portal).completeness == "complete"


def test_a_list_that_stays_incomplete_is_no_export(running: Emulator, tmp_path: Path) -> None:
    running.faults(total=3)
    path = tmp_path / "snapshot.json"
    with konnect(running) as client:
        with pytest.raises(GatepassError) as caught:
            client.export(running.portal, path=path)
        assert caught.value.code == "export_partial"
        assert not path.exists()
        portal = client.export(running.portal, path=path, allow_partial=True)
        assert portal.completeness == "partial"
        assert Portal.load(path, allow_partial=True).completeness == "partial"


def test_what_is_wrong_is_said_and_the_token_never(running: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with konnect(running) as client, pytest.raises(GatepassError) as caught:
        client.export("Nowhere")
    assert caught.value.code == "portal_unknown"
    with konnect(running) as client, pytest.raises(GatepassError, match="neither v3 nor v2"):
        client.export("00000000-0000-4000-8000-000000000000")
    secret = "kpat_0123456789wrong"
    with Konnect(secret, "eu", base_url=running.base_url) as client:
        with pytest.raises(GatepassError) as caught:
            client.export(running.portal)
        shown = f"{client!r} {vars(client)!r} {vars(client._client)!r} {caught.value} {caplog.text}"
    assert "401" in str(caught.value)
    assert secret not in shown
    with Konnect(TOKEN, "eu", base_url="http://127.0.0.1:9", timeout=1) as client:
        client._client.send = lambda request: {"failure": {"kind": "other", "message": "no route"}}  # type: ignore[method-assign]
        with pytest.raises(GatepassError, match="no route"):
            client.export(running.portal)


def test_redirects_are_not_followed(running: Emulator) -> None:
    asked: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(302, headers={"location": "https://evil.example/"})

    own = httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=True)
    with konnect(running, client=own) as client, pytest.raises(GatepassError, match="302"):
        client.export(running.portal, api="v2")
    assert {url.host for url in asked} == {"127.0.0.1"}
    assert not own.is_closed


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("http://eu.api.konghq.com", "base_url_invalid"),
        ("http://localhost.example", "base_url_invalid"),
        ("http://127.0.0.1@evil.example", "base_url_invalid"),
        ("https://kpat_x@eu.api.konghq.com", "base_url_invalid"),
        ("https://eu.api.konghq.com/?a=b", "base_url_invalid"),
        ("https://eu.api.konghq.com/v3/", "base_url_invalid"),
        ("ftp://eu.api.konghq.com", "base_url_invalid"),
        ("eu.api.konghq.com", "base_url_invalid"),
        ("https://[::1", "base_url_invalid"),
        ("", "base_url_invalid"),
    ],
)
def test_a_token_goes_over_https_only(given: str, code: str) -> None:
    with pytest.raises(GatepassError) as caught:
        base_url(given, "eu")
    assert caught.value.code == code


def test_good_addresses() -> None:
    assert base_url(None, "eu") == ("https://eu.api.konghq.com", False)
    assert base_url("http://127.0.0.1:8080/", "eu") == ("http://127.0.0.1:8080", True)
    assert base_url("http://[::1]:80", None)[1]
    assert base_url("https://x.example/k/", None) == ("https://x.example/k", False)
    with pytest.raises(GatepassError) as caught:
        Konnect("kpat_x")
    assert caught.value.code == "region_missing"


def test_a_secret_is_one_line_and_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KONNECT_TOKEN", raising=False)
    for given, code in ((None, "token_missing"), ("  \n", "token_missing"), ("a\nb", "token_odd"), ("kpat_ä", "token_odd")):
        with pytest.raises(GatepassError) as caught:
            Secret(given)
        assert caught.value.code == code
    monkeypatch.setenv("KONNECT_TOKEN", " kpat_x\n")
    assert Secret(None).expose() == "kpat_x"
    assert "kpat_x" not in repr(Secret(None))


RULES = {
    "emails_verified_by": "portal",
    "trusted": [
        {"domain": "shop.example", "include_subdomains": True, "team": "Internal"},
        {"domain": "partner.example", "team": "Partners"},
    ],
    "otherwise": "hold",
    "require_ready_team": False,
}


def statuses(running: Emulator) -> dict[str, str]:
    found, number = {}, 1
    while page := running.ask("GET", f"/v2/portals/{running.portal}/developers?page%5Bsize%5D=100&page%5Bnumber%5D={number}")["data"]:
        found.update({developer["id"]: developer["status"] for developer in page})
        number += 1
    return found


@pytest.fixture
def waiting(running: Emulator) -> Emulator:
    """A portal in which somebody of each trusted domain, and of another, waits."""
    for number, domain in enumerate(("shop.example", "eng.shop.example", "partner.example", "elsewhere.example")):
        person = {"email": f"new{number}@{domain}", "full_name": f"New {number}", "portal_id": running.portal}
        running.ask("POST", "/_emulator/developers", person)
    return running


def test_a_dry_run_asks_nothing_and_a_run_changes_each_once(waiting: Emulator, tmp_path: Path) -> None:
    with konnect(waiting) as client:
        portal = client.export(waiting.portal)
        plan = portal.plan_approvals(RULES)
        approvals = [change["developer_id"] for change in plan.changes if change["change"] == "approve_developer"]
        assert approvals
        before = statuses(waiting)
        waiting.ask("DELETE", "/_emulator/log")
        outline = client.apply(plan)
        assert outline.dry_run and outline.ok
        assert [line["what"]["change"] for line in outline.summary["changes"]] == [change["change"] for change in plan.changes]
        assert all(line["request"].startswith(("POST", "PATCH")) for line in outline.summary["changes"])
        assert not waiting.requests()
        with pytest.raises(GatepassError) as caught:
            client.apply(plan, dry_run=False)
        assert caught.value.code == "journal_missing"
        plan.save(tmp_path / "plan.json")
        applied = client.apply(tmp_path / "plan.json", dry_run=False)
        applied.check()
        assert applied.ok
        after = statuses(waiting)
        changed = {developer for developer, status in after.items() if before[developer] != status}
        assert changed == set(approvals)
        journal = tmp_path / "plan.journal.jsonl"
        assert journal.stat().st_mode & 0o077 == 0
        entries = [json.loads(line) for line in journal.read_text().splitlines()]
        assert entries[0]["entry"] == "begin"
        assert TOKEN not in journal.read_text()
        # Once more: everything is done, by the journal; and without it, by what is there.
        waiting.ask("DELETE", "/_emulator/log")
        client.apply(tmp_path / "plan.json", dry_run=False).check()
        assert not [name for name in waiting.requests() if name.startswith(("update", "add"))]
        assert statuses(waiting) == after


def test_a_run_that_was_stopped_goes_on(waiting: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with konnect(waiting) as client:
        plan = client.export(waiting.portal).plan_approvals(RULES)
        plan.save(tmp_path / "plan.json")
        send, sent = client._client.send, 0

        def stopping(request: dict[str, Any]) -> dict[str, Any]:
            nonlocal sent
            sent += 1
            if sent == 4:
                raise KeyboardInterrupt
            return send(request)

        monkeypatch.setattr(client._client, "send", stopping)
        with pytest.raises(KeyboardInterrupt):
            client.apply(plan, dry_run=False)
        monkeypatch.setattr(client._client, "send", send)
        journal = tmp_path / "plan.journal.jsonl"
        # Half a line, as a machine that lost its power would leave it.
        with journal.open("a") as file:
            file.write('{"entry":"do')
        client.apply(plan, dry_run=False).check()
        for line in journal.read_text().splitlines():
            json.loads(line)
        wanted = {change["developer_id"] for change in plan.changes if change["change"] == "approve_developer"}
        assert {developer for developer, status in statuses(waiting).items() if status == "approved"} >= wanted


def test_who_has_moved_is_left_alone(waiting: Emulator, tmp_path: Path) -> None:
    with konnect(waiting) as client:
        plan = client.export(waiting.portal).plan_approvals(RULES)
        developer = next(change["developer_id"] for change in plan.changes if change["change"] == "approve_developer")
        waiting.ask("PATCH", f"/v2/portals/{waiting.portal}/developers/{developer}", {"status": "revoked"})
        applied = client.apply(plan, dry_run=False, journal=tmp_path / "journal.jsonl")
        assert not applied.ok
        with pytest.raises(GatepassError) as caught:
            applied.check()
        assert caught.value.code == "plan_unfinished"
        assert statuses(waiting)[developer] == "revoked"


def test_a_damaged_journal_is_refused(waiting: Emulator, tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    journal.write_text("nothing\n")
    with konnect(waiting) as client:
        plan = client.export(waiting.portal).plan_approvals(RULES)
        with pytest.raises(GatepassError, match="line 1 of the journal"):
            client.apply(plan, dry_run=False, journal=journal)
    with pytest.raises(GatepassError) as caught:
        Plan(b'{"format": "gatepass.plan/0"}')
    assert caught.value.code == "plan_invalid"


def script(root: Path, name: str, *arguments: str) -> tuple[int, str, str]:
    command = [sys.executable, str(root / "examples/admin-scripts" / name), *arguments]
    environment = {**os.environ, "KONNECT_TOKEN": TOKEN}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_the_hourly_approval(root: Path, waiting: Emulator, tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(RULES))
    base = (waiting.portal, "--region", "eu", "--base-url", waiting.base_url, "--plan", str(tmp_path / "plan.json"), "--rules", str(rules))
    before = statuses(waiting)
    code, out, err = script(root, "auto_approve.py", *base)
    assert (code, err) == (0, ""), err
    found = re.search(r"(\d+) changes would be made, (\d+) held", out)
    assert found and int(found[1]) > 0
    assert statuses(waiting) == before
    code, out, err = script(root, "auto_approve.py", *base, "--yes")
    assert (code, err) == (0, ""), err
    after = statuses(waiting)
    assert sum(after[developer] != before[developer] for developer in after) > 0
    # The next hour there is nothing left to do.
    code, out, err = script(root, "auto_approve.py", *base, "--yes")
    assert code == 0 and "0 changes made" in out, out + err
    assert statuses(waiting) == after


def test_the_two_reports(root: Path, running: Emulator, snapshot: Path) -> None:
    code, out, err = script(root, "stuck_developers.py", running.portal, "--region", "eu", "--base-url", running.base_url)
    assert (code, err) == (0, "")
    assert "applications of two days and more are stuck:" in out
    assert "complete as of" in out
    code, out, _ = script(root, "stuck_developers.py", "--snapshot", str(snapshot))
    assert code == 0 and "ada@shop.example, Loyalty: waiting_for_approval" in out
    code, out, err = script(root, "stuck_developers.py", "Nowhere", "--region", "eu", "--base-url", running.base_url)
    assert code == 1 and "portal_unknown" in err


def test_scripts_are_short(root: Path) -> None:
    for path in sorted((root / "examples/admin-scripts").glob("*.py")):
        assert len(path.read_text().splitlines()) <= 40, path.name
