"""The notebook runs from top to bottom, and is committed without what it printed."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import nbformat
import pytest
import vl_convert
from nbclient import NotebookClient


@pytest.mark.filterwarnings("ignore")
def test_the_notebook_runs(root: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    folder = root / "examples/notebook"
    notebook = nbformat.read(folder / "portal_access.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None, "commit it without outputs"
    shutil.copy(folder / "snapshot.json", tmp_path)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()

    charts = [
        data["image/svg+xml"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        for data in [output.get("data", {})]
        if "image/svg+xml" in data
    ]
    assert len(charts) == 4
    pictures = request.config.rootpath / ".charts"
    pictures.mkdir(exist_ok=True)
    for number, chart in enumerate(charts):
        png = vl_convert.svg_to_png("".join(chart), scale=2)
        width, height = struct.unpack(">II", png[16:24])
        assert width > 300 and height > 100
        (pictures / f"notebook-{number}.png").write_bytes(png)
    texts = [str(output.get("text", "")) for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any(text.startswith("deny: registration of application") for text in texts)
    assert any("pairs of application and resource stop" in text for text in texts)
    written = {path.name for path in (tmp_path / "out").iterdir()}
    names = ("needs_consume_permission", "blocked_developers", "stale_access")
    assert written == {f"{name}.{form}" for name in names for form in ("csv", "xlsx")}
