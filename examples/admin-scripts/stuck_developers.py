"""The two reports: who lacks a permission, and whose application has been stuck for two days.

    KONNECT_TOKEN=… python stuck_developers.py "Shop developers" --region eu

pip install "gatepass[konnect]". With --snapshot FILE it reads a file and asks nobody.
"""

import argparse
import sys
from datetime import timedelta

from gatepass import GatepassError, Konnect, Portal

arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
arguments.add_argument("portal", nargs="?", help="the portal's name or id")
arguments.add_argument("--region", default="us")
arguments.add_argument("--base-url", help="instead of https://REGION.api.konghq.com")
arguments.add_argument("--snapshot", help="a file that was exported before")
given = arguments.parse_args()

try:
    if given.snapshot:
        portal = Portal.load(given.snapshot)
    else:
        with Konnect(region=given.region, base_url=given.base_url) as konnect:
            portal = konnect.export(given.portal or "")
    missing = portal.reports.needs_consume_permission()
    print(f"{len(missing)} developers own an application and may consume nothing:")
    for row in missing:
        print(f"  {row['email'] or row['team_name']}: {row['cause']}")
    blocked = portal.reports.blocked_developers(older_than=timedelta(hours=48))
    print(f"{len(blocked)} applications of two days and more are stuck:")
    for item in blocked:
        print(f"  {item['email'] or item['team_name']}, {item['application_name']}: {item['stage']}")
    print(f"{portal.name}, {portal.completeness} as of {portal.as_of_text}")
except GatepassError as error:
    sys.exit(f"error: {error}")
