"""`python -m gatepass`."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

NOW = "2026-11-26T00:00:00Z"


def run(*arguments: str, standard_input: bytes = b"") -> tuple[int, str, str]:
    command = [sys.executable, "-m", "gatepass", *arguments]
    done = subprocess.run(command, input=standard_input, capture_output=True, check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_the_usual_reports_in_one_go(snapshot: Path) -> None:
    code, out, err = run("report", str(snapshot), "--now", NOW)
    assert code == 0
    for title in ("funnel: 7 rows", "pending_approvals: 4 rows", "needs_consume_permission: 0 rows", "blocked_developers: 5 rows"):
        assert title in out
    assert "nothing found" in out
    assert "complete as of 2026-11-22T10:00:00Z" in out
    assert "has 7 problems" in err


def test_every_form(snapshot: Path, tmp_path: Path) -> None:
    base = ("report", "blocked_developers", str(snapshot), "--now", NOW, "--output")
    document = json.loads(run(*base, "json")[1])
    assert document["format"] == "gatepass.report/1"
    lines = [json.loads(line) for line in run(*base, "jsonl")[1].splitlines()]
    assert lines[0]["row_count"] == len(lines) - 1 == len(document["rows"])
    assert lines[1:] == document["rows"]
    assert len(list(csv.DictReader(io.StringIO(run(*base, "csv")[1])))) == 5
    assert run(*base, "html", "-o", str(tmp_path / "page.html"))[1] == ""
    assert "<table>" in (tmp_path / "page.html").read_text()


def test_exit_codes(snapshot: Path, tmp_path: Path) -> None:
    assert run("report", "blocked_developers", str(snapshot), "--now", NOW, "--fail-on-findings")[0] == 2
    assert run("report", "needs_consume_permission", str(snapshot), "--now", NOW, "--fail-on-findings")[0] == 0
    code, out, err = run("report", str(tmp_path / "nowhere.json"))
    assert (code, out) == (1, "")
    assert "cannot read `" in err
    assert run("report")[0] == 1
    assert run("reprot", str(snapshot))[0] == 1
    assert "there is no report `blocked`" in run("report", "blocked", str(snapshot))[2]
    assert "[team_unknown]" in run("report", str(snapshot), "--team", "Raeders")[2]


def test_a_snapshot_comes_through_a_pipe(snapshot: Path) -> None:
    code, out, _ = run("report", "funnel", "-", "--now", NOW, standard_input=snapshot.read_bytes())
    assert code == 0
    assert "signed_up" in out
