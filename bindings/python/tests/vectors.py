"""The vectors that every host runs byte for byte: `tests/vectors/calls/*.json`."""

from __future__ import annotations

import json
import os

from gatepass import GatepassError
from gatepass._engine import ENGINE
from gatepass._sources import BytesSource


def wire(error: GatepassError) -> str:
    """An error as the engine wrote it: compact, members in their order."""
    names = ("code", "message", "path", "problems", "problem_count")
    return json.dumps({name: getattr(error, name) for name in names}, ensure_ascii=False, separators=(",", ":"))


def files(root: str) -> list[str]:
    """The vector files; there must be some."""
    folder = os.path.join(root, "tests", "vectors", "calls")
    found = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".json"))
    assert found, f"there are no vectors in {folder}"
    return found


def check(root: str, path: str) -> int:
    """Runs the calls of a file; how many there were."""
    with open(path, encoding="utf-8") as file:
        vector = json.load(file)
    handle = None
    if vector["snapshot"] is not None:
        with open(os.path.join(root, "tests", "vectors", "snapshots", vector["snapshot"]), "rb") as file:
            handle = ENGINE.open(BytesSource(b"{}", file.read()))
    for number, call in enumerate(vector["calls"]):
        place = f"{vector['name']}, call {number}: {call['method']}"
        try:
            answer = ENGINE.call(handle, call["method"], call["body"].encode())
        except GatepassError as error:
            assert wire(error) == call.get("error"), f"{place} was refused: {error}"
        else:
            assert answer.decode() == call.get("answer"), place
    return len(vector["calls"])


def check_all(root: str) -> int:
    """Runs every file; how many calls there were."""
    return sum(check(root, path) for path in files(root))
