"""A portal of Konnect on this machine, for the tests: the repository's own emulator."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

TOKEN = "kpat_emulator"


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    base_url: str
    portal: str

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Asks its own doors, which need no token, and the API with it."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {TOKEN}", "content-type": "application/json"}
        with urlopen(Request(self.base_url + path, data, headers, method=method)) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def faults(self, **faults: Any) -> None:
        """Puts faults in force."""
        self.ask("POST", "/_emulator/faults", faults)

    def requests(self) -> dict[str, int]:
        """How many requests came, by operation."""
        counts: dict[str, int] = self.ask("GET", "/_emulator/log")["counts"]
        return counts


@contextmanager
def emulator(*arguments: str) -> Iterator[Emulator]:
    """Starts an emulator, and stops it."""
    program = os.environ.get("GATEPASS_EMULATOR")
    if not program:
        raise RuntimeError("GATEPASS_EMULATOR is not set; run these tests with `cargo xtask python`, or build gatepass-emulator and name it there")
    with subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            started = json.loads(process.stdout.readline())
            yield Emulator(started["base_url"], started["portals"][0]["id"])
        finally:
            process.terminate()
