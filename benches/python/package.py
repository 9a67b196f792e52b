"""Reports 1 and 2 with the PyPI package, for the comparison in docs/BENCHMARKS.md.

    python package.py reports FILE NOW    # prints rows and digests, as reports.py does
    python package.py warm    FILE NOW    # the same, asked again and again in one process; seconds
    python package.py decide  FILE        # decisions a second, and what the data frame around them costs
"""

import random
import sys
import time

import gatepass
from reports import answer


def reports(portal, now):
    first = portal.reports.needs_consume_permission(now=now)
    second = portal.reports.blocked_developers(now=now)
    return ([f"{row['cause']} {row['developer_id']}" for row in first],
            [f"{row['stage']} {row['application_id']}" for row in second])


def median(values):
    return sorted(values)[len(values) // 2]


def timed(work, rounds=7):
    times = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return f"{median(times):.3f} s of CPU ({min(times):.3f}–{max(times):.3f})"


def decide(portal):
    contents = portal.contents()
    applications = [entry["id"] for entry in contents["applications"]]
    resources = [entry["id"] for entry in contents["resources"]]
    count = 1_000_000
    orders = {
        "application by application": [applications[n // len(resources)] for n in range(count)],
        "in random order": random.Random(7).choices(applications, k=count),
    }
    asked = [resources[n % len(resources)] for n in range(count)]
    for order, column in orders.items():
        print(f"reasons_for, {count} pairs {order}: {timed(lambda: portal.reasons_for(column, asked))}")
    columns = {"application_id": orders["application by application"], "resource_id": asked}
    import pandas
    import polars

    frame, other = pandas.DataFrame(columns), polars.DataFrame(columns)
    print(f"decide_many, pandas, {count} rows: {timed(lambda: portal.decide_many(frame), 3)}")
    print(f"decide_many, polars, {count} rows: {timed(lambda: portal.decide_many(other), 3)}")
    few = [dict(zip(columns, pair)) for pair in list(zip(*columns.values()))[:10_000]]
    print(f"decide_many, {len(few)} dicts, whole decisions with fixes: {timed(lambda: portal.decide_many(few), 3)}")
    one = few[0]
    print(f"decide, 1000 times: {timed(lambda: [portal.decide(**one) for _ in range(1000)], 3)}")


def main():
    how, path, *rest = sys.argv[1:]
    portal = gatepass.Portal.load(path)
    if how == "reports":
        return answer(*reports(portal, rest[0]))
    if how == "warm":
        print(f"load: {timed(lambda: gatepass.Portal.load(path).close())}")
        print(f"reports 1 and 2, rows as dicts: {timed(lambda: reports(portal, rest[0]))}")
        return None
    return decide(portal)


if __name__ == "__main__":
    main()
