"""The engine under threads, forks, traps, interrupts, and with and without its cache."""

from __future__ import annotations

import gc
import os
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gatepass import GatepassError, Portal, wasm_sha256
from gatepass._cache import CompiledCache
from gatepass._engine import ENGINE

NOW = "2026-11-26T00:00:00Z"
LOYALTY = "a0000000-0000-4000-8000-000000000002"
ORDERS = "e0000000-0000-4000-8000-000000000001"


def reason(portal: Portal) -> str | None:
    return portal.decide(application_id=LOYALTY, resource_id=ORDERS)["reason"]


def trap() -> None:
    """Makes the engine read outside of its memory, as a fault in it might."""
    with pytest.raises(GatepassError) as caught:
        ENGINE._guarded(lambda: ENGINE._running().call("gatepass_call", 0, 0xFFFF_0000, 0x1_0000, 0, 0))
    assert caught.value.code == "engine_stopped"


def test_a_trapped_engine_is_replaced_and_portals_go_on(snapshot: Path, document: dict[str, Any]) -> None:
    portals = [Portal.load(snapshot), Portal.load(snapshot.read_bytes()), Portal.load(document)]
    after = portals[0].what_if([{"change": "approve_registration", "registration_id": "90000000-0000-4000-8000-000000000005"}])
    before = [portal.reports.stale_access(now=NOW).to_json() for portal in portals]
    trap()
    assert reason(after) is None
    trap()
    assert [portal.reports.stale_access(now=NOW).to_json() for portal in portals] == before
    assert reason(portals[0]) == "registration_pending"
    # The numbers of the engine that is gone mean nothing to the new one.
    del after, portals
    gc.collect()
    assert reason(Portal.load(snapshot)) == "registration_pending"


def test_a_file_that_has_changed_is_not_taken_for_the_same(snapshot: Path, tmp_path: Path) -> None:
    copy = tmp_path / "snapshot.json"
    copy.write_bytes(snapshot.read_bytes())
    portal = Portal.load(copy)
    copy.write_bytes(snapshot.read_bytes() + b"\n")
    assert reason(portal) == "registration_pending"
    trap()
    with pytest.raises(GatepassError) as caught:
        reason(portal)
    assert caught.value.code == "file_changed"


def test_an_interrupt_leaves_a_working_engine(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = ENGINE._machine
    assert machine is not None

    def interrupted(pointer: int, length: int) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(machine, "read", interrupted)
    with pytest.raises(KeyboardInterrupt):
        reason(portal)
    assert reason(portal) == "registration_pending"


def test_threads_share_the_engine(snapshot: Path) -> None:
    portal = Portal.load(snapshot)
    expected = portal.reports.stale_access(now=NOW).to_json()
    barrier = threading.Barrier(8)

    def work(number: int) -> bool:
        barrier.wait()
        own = Portal.load(snapshot)
        for _ in range(25):
            if number % 2 == 0:
                own = own.what_if()
            if reason(own) != "registration_pending" or portal.reports.stale_access(now=NOW).to_json() != expected:
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_fork_has_an_engine_of_its_own_even_while_others_use_it(portal: Portal, snapshot: Path) -> None:
    over = threading.Event()

    def busy() -> None:
        while not over.is_set():
            portal.reports.stale_access(now=NOW)

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        for _ in range(5):
            child = os.fork()
            if child == 0:
                try:
                    good = reason(portal) == "registration_pending"
                    trap()
                    good = good and reason(Portal.load(snapshot)) == "registration_pending"
                except BaseException:
                    good = False
                os._exit(0 if good else 1)
            _, status = os.waitpid(child, 0)
            assert os.waitstatus_to_exitcode(status) == 0
    finally:
        over.set()
        thread.join()
    assert reason(portal) == "registration_pending"


def test_a_thousand_loads_leave_nothing_behind(snapshot: Path) -> None:
    def loads(count: int) -> int:
        for _ in range(count):
            Portal.load(snapshot).what_if()
        gc.collect()
        assert ENGINE._machine is not None
        return ENGINE._machine.size()

    held = Portal.load(snapshot)
    before = loads(50)
    assert loads(1000) == before
    assert reason(held) == "registration_pending"


def test_memory_is_given_back_when_nothing_large_is_held_any_more(snapshot: Path) -> None:
    code = """
import json, sys
from gatepass import Portal
from gatepass._engine import ENGINE
document = json.load(open(sys.argv[1]))
document["portal"]["filler"] = "x" * (40 << 20)
with Portal.load(document):
    assert ENGINE._machine.size() > 40 << 20
assert ENGINE._machine is None
"""
    subprocess.run([sys.executable, "-c", code, str(snapshot)], check=True)


needs_owners = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="without owners of files nothing is kept")


@needs_owners
def test_the_cache_keeps_what_it_was_given_for_its_owner_only(tmp_path: Path) -> None:
    cache = CompiledCache(tmp_path / "gatepass")
    assert cache.get("key") is None
    assert not (tmp_path / "gatepass").exists()
    cache.put("key", b"module")
    assert cache.get("key") == b"module"
    assert cache.get("other") is None
    assert stat.S_IMODE((tmp_path / "gatepass").stat().st_mode) == 0o700
    (file,) = (tmp_path / "gatepass").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for number in range(20):
        cache.put(f"key {number}", b"module")
    assert len(list((tmp_path / "gatepass").iterdir())) == 4
    assert cache.get("key 19") == b"module"


@needs_owners
@pytest.mark.parametrize("doubt", ["folder open", "folder is a link", "file open", "file is a link", "file damaged"])
def test_the_cache_trusts_nothing_that_another_could_have_written(tmp_path: Path, doubt: str) -> None:
    folder = tmp_path / "gatepass"
    cache = CompiledCache(folder)
    cache.put("key", b"module")
    (file,) = folder.iterdir()
    if doubt == "folder open":
        folder.chmod(0o755)
    elif doubt == "folder is a link":
        folder.rename(tmp_path / "elsewhere")
        folder.symlink_to(tmp_path / "elsewhere")
    elif doubt == "file open":
        file.chmod(0o644)
    elif doubt == "file is a link":
        file.rename(tmp_path / "elsewhere")
        file.symlink_to(tmp_path / "elsewhere")
    else:
        file.write_bytes(file.read_bytes()[:-1] + b"!")
    assert cache.get("key") is None


def test_the_engine_works_where_nothing_can_be_kept(snapshot: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.write_text("not a folder")
    code = "import sys; from gatepass import Portal; print(Portal.load(sys.argv[1]).name)"
    environment = {**os.environ, "HOME": str(closed), "XDG_CACHE_HOME": str(closed)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(snapshot)], env=environment, check=True, capture_output=True, text=True
    )
    assert done.stdout == "Shop developers\n"


@needs_owners
def test_a_second_process_uses_what_the_first_one_compiled(snapshot: Path, tmp_path: Path) -> None:
    code = """
import sys, wasmtime
if sys.argv[2] == "kept":
    def compiled(*_): raise AssertionError("compiled again")
    class Module(wasmtime.Module):
        __init__ = compiled
    wasmtime.Module = Module
from gatepass import Portal
print(Portal.load(sys.argv[1]).name)
"""
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    for state in ("empty", "kept"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(snapshot), state], env=environment, check=True, capture_output=True, text=True
        )
        assert done.stdout == "Shop developers\n"


def test_importing_the_package_runs_nothing() -> None:
    code = "import sys, gatepass; assert not {'wasmtime', 'httpx', 'narwhals', 'altair', 'pandas'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_digest_is_that_of_the_bytes() -> None:
    assert len(wasm_sha256()) == 64
