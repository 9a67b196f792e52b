"""Every example of the README is run, and prints what it says."""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

BLOCK = re.compile(r"^```(\S+)( no-run)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_readme_does_what_it_says(root: Path, snapshot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(snapshot, tmp_path / "snapshot.json")
    monkeypatch.chdir(tmp_path)
    text = (root / "bindings/python/README.md").read_text()
    names: dict[str, Any] = {}
    printed, ran, compared = "", 0, 0
    for kind, without_run, block in BLOCK.findall(text):
        if kind == "python":
            code = compile(block, f"README.md, block {ran}", "exec")
            if without_run:
                continue
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                exec(code, names)
            printed, ran = output.getvalue(), ran + 1
        elif kind == "text":
            assert printed == block
            compared += 1
    assert ran >= 7 and compared >= 6
    front = [block for kind, _, block in BLOCK.findall((root / "README.md").read_text()) if kind == "python"]
    assert len(front) == 1
    exec(compile(front[0], "the front page", "exec"), {})


def test_help_reads_well() -> None:
    import pydoc

    import gatepass

    text = pydoc.plain(pydoc.render_doc(gatepass))
    for word in ("Portal", "decide_many", "blocked_developers", "GatepassError", "Konnect"):
        assert word in text
    for public in gatepass.__all__:
        assert getattr(gatepass, public).__doc__, public
