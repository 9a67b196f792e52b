"""What the tests share: the repository's snapshots, and a fixed time."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from gatepass import Portal

ROOT = Path(os.environ.get("GATEPASS_REPOSITORY", Path(__file__).resolve().parents[3]))
NOW = "2026-11-26T00:00:00Z"


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def snapshot() -> Path:
    """The portal of the gateway example: every reason is in there."""
    return ROOT / "examples/gateway-envoy/snapshot.json"


@pytest.fixture(scope="session")
def document(snapshot: Path) -> dict[str, Any]:
    """The same, read."""
    found: dict[str, Any] = json.loads(snapshot.read_bytes())
    return found


@pytest.fixture
def portal(snapshot: Path) -> Portal:
    """The same, loaded."""
    return Portal.load(snapshot)
