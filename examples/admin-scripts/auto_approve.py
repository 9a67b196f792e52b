"""Approve developers of trusted domains into their teams, every hour; leave everybody else to people.

    0 * * * *  KONNECT_TOKEN=$(cat ~/.konnect-token) python auto_approve.py "Shop developers" --region eu --yes

pip install "gatepass[konnect,yaml]". Without --yes it only says what it would do. It ends with 1 if something failed.
"""

import argparse
import sys
from pathlib import Path

from gatepass import GatepassError, Konnect

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("portal", help="the portal's name or id")
arguments.add_argument("--region", default="us")
arguments.add_argument("--base-url", help="instead of https://REGION.api.konghq.com")
arguments.add_argument("--rules", type=Path, default=Path(__file__).with_name("rules.yaml"))
arguments.add_argument("--plan", default="plan.json", help="where the plan is kept, and its journal beside it")
arguments.add_argument("--yes", action="store_true", help="do it")
given = arguments.parse_args()

try:
    with Konnect(region=given.region, base_url=given.base_url) as konnect:
        plan = konnect.export(given.portal).plan_approvals(given.rules)
        for subject in plan.subjects:
            who, held = subject["developer_id"], subject.get("held")
            changes = ", ".join(change["change"] for change in subject["changes"])
            print(f"{who}  {'left to people: ' + held['message'] if held else changes}")
        plan.save(given.plan)
        # A journal is of one plan: of the plan's digest is its name.
        journal = Path(given.plan).with_name(f"journal-{plan.sha256[:12]}.jsonl")
        konnect.apply(plan, dry_run=not given.yes, journal=journal).check()
        print(f"{len(plan.changes)} changes {'made' if given.yes else 'would be made'}, {len(plan.held)} held")
except GatepassError as error:
    sys.exit(f"error: {error}")
