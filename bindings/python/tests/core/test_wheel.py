"""What the wheel is: pure, small, and with the npm package's own bytes in it."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import gatepass
from gatepass._engine import wasm


def test_the_wheel_carries_the_npm_packages_bytes() -> None:
    wheel, module = Path(os.environ["GATEPASS_WHEEL"]), Path(os.environ["GATEPASS_WASM"])
    assert wheel.name == f"gatepass-{gatepass.__version__}-py3-none-any.whl"
    assert wheel.stat().st_size <= 1_000_000
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        carried = archive.read("gatepass/gatepass_bg.wasm")
    digest = hashlib.sha256(module.read_bytes()).hexdigest()
    assert hashlib.sha256(carried).hexdigest() == digest
    # And it is the one that is installed, and runs.
    assert hashlib.sha256(wasm()).hexdigest() == gatepass.wasm_sha256() == digest
    assert "gatepass/py.typed" in names
    assert any(name.endswith("/LICENSE") for name in names)
    assert not [name for name in names if "test" in name or "__pycache__" in name]
    assert Path(gatepass.__file__).parent.name == "gatepass"
    assert "site-packages" in gatepass.__file__, "the tests run on the installed wheel"
