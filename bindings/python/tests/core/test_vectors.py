"""The shared vectors, byte for byte."""

from __future__ import annotations

from pathlib import Path

from ..vectors import check_all


def test_every_call_is_answered_as_in_rust_and_node(root: Path) -> None:
    assert check_all(str(root)) > 0
