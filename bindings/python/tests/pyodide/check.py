"""Run in Pyodide by run.mjs: the same answers as everywhere else, byte for byte."""

import sys
import time

sys.path.insert(0, "/repository/bindings/python/tests")

from vectors import check_all

from gatepass import GatepassError, Portal
from gatepass._engine import ENGINE

EXAMPLE = "/repository/examples/gateway-envoy/snapshot.json"
NOW = "2026-11-26T00:00:00Z"

began = time.monotonic()
portal = Portal.load(EXAMPLE)
assert portal.name == "Shop developers"
assert len(portal.reports.blocked_developers(now=NOW)) == 5
answer = portal.decide(
    application_id="a0000000-0000-4000-8000-000000000002", resource_id="e0000000-0000-4000-8000-000000000001"
)
assert answer["reason"] == "registration_pending"
assert portal.what_if(answer["fixes"]).decide(
    application_id=answer["application_id"], resource_id=answer["resource_id"]
)["decision"] == "allow"
for nonsense in (b"", b"\xff", b"[" * 100_000, {"format": "gatepass.snapshot/1"}):
    try:
        Portal.load(nonsense)
    except GatepassError as error:
        assert error.code == "snapshot_refused", error
    else:
        raise AssertionError(nonsense)

# A trapped instance is thrown away, and the portal is loaded again.
try:
    ENGINE._guarded(lambda: ENGINE._running().call("gatepass_call", 0, 0xFFFF_0000, 0x1_0000, 0, 0))
except GatepassError as error:
    assert error.code == "engine_stopped", error
else:
    raise AssertionError("it read outside of its memory")
assert portal.decide(application_id=answer["application_id"], resource_id=answer["resource_id"]) == answer

calls = check_all("/repository")
print(f"Pyodide, Python {sys.version.split()[0]}: {calls} calls of the shared vectors, {time.monotonic() - began:.1f} s")
