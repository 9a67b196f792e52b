"""Who may call what in a Kong Konnect Dev Portal, why not, and what would change that: offline, from one file.

    >>> from gatepass import Portal
    >>> portal = Portal.load("snapshot.json")
    >>> answer = portal.decide(application_id="a0000000-…", resource_id="e0000000-…")
    >>> answer["decision"], answer["reason"]
    ('deny', 'registration_pending')
    >>> portal.reports.blocked_developers().to_pandas()

The parts:

- `Portal`: a snapshot, loaded once: `decide`, `decide_many`, `explain`, `reports`, `plan_approvals`, `diff`, `what_if`.
- `Report`: the rows of a report: a sequence of dicts with `to_pandas()`, `to_polars()`, `to_arrow()`, `to_csv()`,
  `to_excel()` and `plot()`.
- `Konnect`: exports a portal to a snapshot, and applies plans (needs the extra `konnect`).
- `Plan`: what would be changed, for whom, and why.
- `gatepass.validate`: checks of request bodies, and the domain of an e-mail address.
- `GatepassError`: what is raised, with `code`, `path` and `problems`.
- `gatepass.wire`: what the dicts hold.

Every rule is in `gatepass_bg.wasm`, which is byte for byte the one of the npm package: the same question has the same
answer in a notebook, in a browser, at a shell and at the gateway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import validate
from ._engine import wasm_sha256
from ._errors import GatepassError
from ._plan import Plan
from ._portal import Portal, reasons
from ._report import Report
from ._reports import Reports

if TYPE_CHECKING:
    from ._konnect import Konnect

__version__ = "0.1.0"

__all__ = ["GatepassError", "Konnect", "Plan", "Portal", "Report", "Reports", "reasons", "validate", "wasm_sha256"]


def __getattr__(name: str) -> Any:
    # Only who speaks with Konnect needs an HTTP client.
    if name == "Konnect":
        from ._konnect import Konnect

        return Konnect
    raise AttributeError(f"module `gatepass` has no attribute `{name}`")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
