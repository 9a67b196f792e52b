"""Reports 1 and 2 in plain Python, for the comparison in docs/BENCHMARKS.md: what a careful script would do.

    python reports.py json   FILE NOW    # the standard library: json, dicts
    python reports.py orjson FILE NOW    # orjson, garbage collector off
    python reports.py polars FILE NOW    # orjson, then polars data frames

Each prints the number of rows of each report and the digest of their keys, so that the four programs can be seen to
agree (`cargo run --release --example reports` is the fourth; `--check` reads what it writes with `--json`). No fixes are computed and
nothing is validated here: both would cost Python more.
"""

import hashlib
import json
import sys
from collections import defaultdict
from datetime import datetime, timedelta

HOURS = timedelta(hours=48)


def time(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def answer(report_1, report_2):
    for name, keys in (("needs_consume_permission", report_1), ("blocked_developers", report_2)):
        digest = hashlib.sha256("\n".join(sorted(keys)).encode()).hexdigest()[:16]
        print(f"{name}: {len(keys)} rows, {digest}")


def plain(portal, now):
    """Dicts and sets, one pass over each list."""
    region = portal["region"]
    published = {}
    here = set()
    for version in portal["product_versions"]:
        here.add(version["product_id"])
        if version.get("publish_status") == "published":
            open_ = version.get("application_registration_enabled") is True
            published[version["product_id"]] = published.get(version["product_id"], False) or open_

    # What a team's roles amount to; a developer has the union.
    ASSIGNED, VIEWER, CONSUMER, OPEN, ELSEWHERE, HERE = 1, 2, 4, 8, 16, 32
    team_bits = {}
    for team, roles in portal["team_roles"].items():
        bits = ASSIGNED if roles else 0
        for role in roles:
            name, entity = role["role_name"], role["entity_id"]
            if name not in ("API Viewer", "API Consumer"):
                continue
            if role["entity_region"] in (region, "*"):
                if entity in here:
                    bits |= HERE
                if entity in published:
                    bits |= VIEWER
                    if name == "API Consumer":
                        bits |= CONSUMER
                        if published[entity]:
                            bits |= OPEN
            elif entity in published:
                bits |= ELSEWHERE
        team_bits[team] = bits
    developer_bits = defaultdict(int)
    in_team = set()
    for team, members in portal["team_developers"].items():
        for member in members:
            developer_bits[member["id"]] |= team_bits.get(team, 0)
            in_team.add(member["id"])

    approved = {developer["id"]: developer for developer in portal["developers"] if developer["status"] == "approved"}

    # Of several registrations for one resource the more restrictive counts.
    rank = {"approved": 0, "pending": 1, "rejected": 2, "revoked": 3}
    pairs = {}
    for registration in portal["registrations"]:
        pair = registration["application"]["id"], registration["product_version"]["id"]
        status = registration["status"]
        if pair not in pairs or rank.get(pairs[pair], 4) < rank.get(status, 4):
            pairs[pair] = status
    statuses = defaultdict(set)
    for (application, _), status in pairs.items():
        statuses[application].add(status)

    owners = {}
    report_2 = []
    border = now - HOURS
    for application in portal["applications"]:
        own, developer = statuses.get(application["id"], ()), application["developer"]["id"]
        if "approved" in own or developer not in approved:
            continue
        bits = developer_bits[developer]
        if not bits & CONSUMER:
            owners.setdefault(developer, []).append(application["id"])
            continue
        if time(application["created_at"]) > border:
            continue
        if "pending" in own:
            stage = "waiting_for_approval"
        elif own:
            stage = "rejected_or_revoked"
        elif not bits & OPEN:
            stage = "nothing_to_register_for"
        else:
            stage = "never_registered"
        report_2.append(f"{stage} {application['id']}")

    report_1 = []
    for developer in owners:
        bits = developer_bits[developer]
        if developer not in in_team:
            cause = "no_team"
        elif not bits & ASSIGNED:
            cause = "team_without_roles"
        elif bits & VIEWER:
            cause = "viewer_only"
        elif bits & ELSEWHERE:
            cause = "other_region"
        elif bits & HERE:
            cause = "no_published_resource"
        else:
            cause = "no_matching_role"
        report_1.append(f"{cause} {developer}")
    return report_1, report_2


def frames(portal, now):
    """The same with polars: joins and group-bys on data frames made from the lists."""
    import polars as pl

    versions = pl.DataFrame(
        [(v["product_id"], v.get("publish_status") == "published", v.get("application_registration_enabled") is True)
         for v in portal["product_versions"]], schema=["entity", "published", "open"], orient="row")
    entities = versions.group_by("entity").agg(
        pl.col("published").any(), (pl.col("published") & pl.col("open")).any().alias("open"))
    roles = pl.DataFrame(
        [(team, role["role_name"], role["entity_id"], role["entity_region"])
         for team, assigned in portal["team_roles"].items() for role in assigned],
        schema=["team", "role", "entity", "region"], orient="row").join(entities, on="entity", how="left")
    known = pl.col("role").is_in(["API Viewer", "API Consumer"])
    holds = known & pl.col("region").is_in([portal["region"], "*"])
    seen = holds & pl.col("published").fill_null(False)
    consumes = seen & (pl.col("role") == "API Consumer")
    flags = ["assigned", "viewer", "consumer", "open_", "elsewhere", "here"]
    teams = roles.group_by("team").agg(
        pl.lit(True).alias("assigned"), seen.any().alias("viewer"), consumes.any().alias("consumer"),
        (consumes & pl.col("open").fill_null(False)).any().alias("open_"),
        (known & ~holds & pl.col("published").fill_null(False)).any().alias("elsewhere"),
        (holds & pl.col("published").is_not_null()).any().alias("here"))
    members = pl.DataFrame(
        [(team, member["id"]) for team, members in portal["team_developers"].items() for member in members],
        schema=["team", "developer"], orient="row")
    access = members.join(teams, on="team", how="left").group_by("developer").agg(
        pl.lit(True).alias("in_team"), *[pl.col(flag).fill_null(False).any() for flag in flags])
    developers = pl.DataFrame({
        "developer": [d["id"] for d in portal["developers"]], "status": [d["status"] for d in portal["developers"]]})
    applications = pl.DataFrame({
        "application": [a["id"] for a in portal["applications"]],
        "developer": [a["developer"]["id"] for a in portal["applications"]],
        "created_at": [a["created_at"] for a in portal["applications"]]})
    rank = pl.col("status").replace_strict(
        {"approved": 0, "pending": 1, "rejected": 2, "revoked": 3}, default=4, return_dtype=pl.Int8)
    registered = pl.DataFrame({
        "application": [r["application"]["id"] for r in portal["registrations"]],
        "version": [r["product_version"]["id"] for r in portal["registrations"]],
        "status": [r["status"] for r in portal["registrations"]]})
    registered = registered.group_by("application", "version").agg(rank.max().alias("rank"))
    registered = registered.group_by("application").agg(
        (pl.col("rank") == 0).any().alias("approved"), (pl.col("rank") == 1).any().alias("pending"),
        pl.lit(True).alias("any"))
    no = ["in_team", *flags, "approved", "pending", "any"]
    open_ = (applications.join(developers.filter(pl.col("status") == "approved"), on="developer")
             .join(access, on="developer", how="left").join(registered, on="application", how="left")
             .with_columns(pl.col(no).fill_null(False)).filter(~pl.col("approved")))
    cause = (pl.when(~pl.col("in_team")).then(pl.lit("no_team"))
             .when(~pl.col("assigned")).then(pl.lit("team_without_roles"))
             .when(pl.col("viewer")).then(pl.lit("viewer_only"))
             .when(pl.col("elsewhere")).then(pl.lit("other_region"))
             .when(pl.col("here")).then(pl.lit("no_published_resource"))
             .otherwise(pl.lit("no_matching_role")))
    report_1 = open_.filter(~pl.col("consumer")).unique("developer").select(
        pl.format("{} {}", cause, "developer")).to_series().to_list()
    stage = (pl.when(pl.col("pending")).then(pl.lit("waiting_for_approval"))
             .when(pl.col("any")).then(pl.lit("rejected_or_revoked"))
             .when(~pl.col("open_")).then(pl.lit("nothing_to_register_for"))
             .otherwise(pl.lit("never_registered")))
    old = pl.col("created_at").str.to_datetime(time_zone="UTC") <= now - HOURS
    report_2 = open_.filter(pl.col("consumer") & old).select(
        pl.format("{} {}", stage, "application")).to_series().to_list()
    return report_1, report_2


def check(lines):
    """The rows that Gatepass wrote, as the same keys."""
    first, second = (json.loads(line)["rows"] for line in lines)
    return ([f"{row['cause']} {row['developer_id']}" for row in first],
            [f"{row['stage']} {row['application_id']}" for row in second])


def main():
    how, path, *rest = sys.argv[1:]
    if how == "--check":
        with open(path, "rb") as lines:
            return answer(*check(lines))
    now = time(rest[0])
    with open(path, "rb") as file:
        if how == "json":
            return answer(*plain(json.load(file), now))
        import gc

        import orjson

        gc.disable()
        portal = orjson.loads(file.read())
    return answer(*(frames if how == "polars" else plain)(portal, now))


if __name__ == "__main__":
    main()
