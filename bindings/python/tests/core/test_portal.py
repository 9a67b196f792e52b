"""A portal: loading, asking, what if."""

from __future__ import annotations

import copy
import gc
import io
import json
import pickle
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

import gatepass
from gatepass import GatepassError, Portal

STOREFRONT = "a0000000-0000-4000-8000-000000000001"
LOYALTY = "a0000000-0000-4000-8000-000000000002"
ORDERS = "e0000000-0000-4000-8000-000000000001"
RETAIL = "c0000000-0000-4000-8000-000000000001"


def test_what_a_portal_is(portal: Portal) -> None:
    assert portal.name == "Shop developers"
    assert (portal.api, portal.region, portal.completeness) == ("v2", "eu", "complete")
    assert portal.as_of == datetime(2026, 11, 22, 10, tzinfo=timezone.utc)
    assert portal.problem_count == 7
    assert {problem["severity"] for problem in portal.problems} == {"record"}
    assert portal.id in repr(portal)


def test_every_form_of_a_snapshot_is_the_same_portal(snapshot: Path, document: dict[str, Any]) -> None:
    content = snapshot.read_bytes()
    forms: list[Any] = [
        str(snapshot), snapshot, content, bytearray(content), memoryview(content), document, io.BytesIO(content)
    ]
    texts = {Portal.load(form).reports.stale_access(now="2026-11-26T00:00:00Z").to_json() for form in forms}
    assert len(texts) == 1


def test_a_denial_says_why_and_what_would_help(portal: Portal) -> None:
    answer = portal.decide(application_id=LOYALTY, resource_id=ORDERS)
    assert (answer["decision"], answer["reason"], answer["http_status"]) == ("deny", "registration_pending", 403)
    assert answer["message"] == "registration of application `Loyalty` for `Orders v1` is waiting for approval"
    assert answer["fixes"] is not None
    assert [fix["change"] for fix in answer["fixes"]] == ["approve_registration"]
    assert portal.explain(application_id=LOYALTY, resource_id=ORDERS).startswith(
        "deny: registration of application `Loyalty` for `Orders v1` is waiting for approval\n"
    )
    assert portal.decide(application_id=STOREFRONT, resource_id=ORDERS)["decision"] == "allow"


def test_fixes_turn_a_denial_into_an_allow_and_leave_the_portal_as_it_was(portal: Portal) -> None:
    answer = portal.decide(application_id=LOYALTY, resource_id=ORDERS)
    after = portal.what_if(answer["fixes"] or [])
    assert after.decide(application_id=LOYALTY, resource_id=ORDERS)["decision"] == "allow"
    assert portal.decide(application_id=LOYALTY, resource_id=ORDERS) == answer


def test_a_difference_is_what_was_changed(portal: Portal) -> None:
    after = portal.what_if([{"change": "approve_registration", "registration_id": "90000000-0000-4000-8000-000000000005"}])
    found = portal.diff(after)
    assert found["format"] == "gatepass.diff/1"
    (row,) = found["rows"]
    assert (row["change"], row["application_id"], row["resource_id"]) == ("gained", LOYALTY, ORDERS)
    assert after.diff(portal)["rows"][0]["change"] == "lost"
    assert not portal.diff(portal)["rows"]
    assert not portal.diff(after, only=["lost"])["rows"]
    assert not portal.diff(portal, other_policy="konnect", only=["lost"])["rows"]
    assert portal.diff(portal, other_policy="konnect", only=["gained"])["rows"]
    with pytest.raises(GatepassError) as caught:
        portal.diff(after, only=["won"])
    assert caught.value.code == "body_invalid"


def test_roles_can_be_switched_off_and_on_again(portal: Portal) -> None:
    without = portal.what_if(rbac=False)
    assert "rbac_disabled" in without.reports.funnel().assumptions
    assert portal.diff(without)["counts"]["gained"] > 0
    assert not portal.diff(without.what_if(rbac=True))["rows"]


def test_a_change_that_names_nothing_is_refused(portal: Portal) -> None:
    with pytest.raises(GatepassError) as caught:
        portal.what_if([{"change": "approve_developer", "developer_id": STOREFRONT}])
    assert caught.value.code == "change_impossible"
    assert f"the snapshot has no developer `{STOREFRONT}`" in str(caught.value)


def test_many_questions_are_answered_in_order_each_for_itself(portal: Portal) -> None:
    answers = portal.decide_many(
        [
            {"application_id": STOREFRONT, "resource_id": ORDERS},
            {"application_id": "nobody", "resource_id": ORDERS},
            {"application_id": LOYALTY, "resource_id": ORDERS, "policy": "konnect"},
            {"developer_id": None, "resource_id": ORDERS, "action": "view"},
        ]
    )
    assert answers[0] == portal.decide(application_id=STOREFRONT, resource_id=ORDERS)
    assert answers[1] == {
        "error": {"code": "uuid_invalid", "path": "/application_id", "message": "`nobody` is not a UUID"}
    }
    assert answers[2] == portal.decide(application_id=LOYALTY, resource_id=ORDERS, policy="konnect")
    assert answers[3] == portal.decide(resource_id=ORDERS, action="view")


def test_packed_answers_are_those_of_whole_decisions(portal: Portal, document: dict[str, Any]) -> None:
    applications = [application["id"] for application in document["applications"]]
    resources = [version["id"] for version in document["product_versions"]]
    pairs = [(application, resource) for application in applications for resource in resources]
    assert len(pairs) > 50
    for action in ("consume", "register"):
        for policy in ("strict", "konnect"):
            asked = [
                {"application_id": a, "resource_id": r, "action": action, "policy": policy} for a, r in pairs
            ]
            whole = [answer.get("reason") for answer in portal.decide_many(asked)]
            quick = portal.reasons_for(*map(list, zip(*pairs)), action=action, policy=policy)
            assert quick == whole
            assert len(set(whole)) > 5


def test_ids_in_odd_clothes_never_shift_their_neighbours(portal: Portal) -> None:
    odd = [
        STOREFRONT.upper(),
        STOREFRONT.replace("-", ""),
        f" {STOREFRONT[1:]}",
        STOREFRONT[:35] + " ",
        "-" + STOREFRONT.replace("-", "")[:-4] + "-----00000"[:7],
        "",
        "x" * 36,
        "ä" * 36,
    ]
    for name in odd:
        asked = [{"application_id": i, "resource_id": ORDERS} for i in (name, LOYALTY)]
        whole = portal.decide_many(asked)
        try:
            quick = portal.reasons_for([name, LOYALTY], [ORDERS, ORDERS])
        except GatepassError as error:
            assert whole[0]["error"]["code"] == error.code  # type: ignore[typeddict-item]
            assert error.path == "/0/application_id"
        else:
            assert quick == [answer["reason"] for answer in whole]  # type: ignore[typeddict-item]
    with pytest.raises(GatepassError, match="1 applications and 2 resources"):
        portal.reasons_for([LOYALTY], [ORDERS, ORDERS])
    assert portal.reasons_for([], []) == []


def test_a_refused_snapshot_tells_everything_at_once(root: Path) -> None:
    with pytest.raises(GatepassError) as caught:
        Portal.load(root / "tests/vectors/snapshots/broken.json")
    error = caught.value
    assert error.code == "snapshot_refused"
    assert error.problem_count >= len(error.problems) > 5
    assert {"severity", "code", "path", "message", "remedy"} == set(error.problems[0])
    assert error.problems[0]["remedy"] in str(error)
    assert isinstance(error, ValueError)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.code, again.problems) == (str(error), error.code, error.problems)


def test_a_partial_snapshot_is_taken_only_when_asked_for(document: dict[str, Any]) -> None:
    counted = {**document["collected"], "developers": {"total": 900, "items": len(document["developers"])}}
    with pytest.raises(GatepassError, match="partial"):
        Portal.load({**document, "collected": counted})
    portal = Portal.load({**document, "collected": counted}, allow_partial=True)
    assert portal.completeness == "partial"
    assert "rows may be missing" in portal.reports.funnel(now="2026-11-26T00:00:00Z")._repr_html_()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("nowhere.json", "file_unreadable"),
        ("null\0character", "file_unreadable"),
        (Path("/"), "file_unreadable"),
        (b"", "snapshot_refused"),
        (b"[]", "snapshot_refused"),
        ({"format": float("nan")}, "not_json"),
        ({"format": object()}, "not_json"),
        ({"format": "\ud800"}, "not_json"),
        (None, "wrong_type"),
        (7, "wrong_type"),
        (["a"], "wrong_type"),
        (io.StringIO("{}"), "file_as_text"),
    ],
)
def test_what_is_no_snapshot_is_refused_with_a_word(given: Any, code: str) -> None:
    with pytest.raises(GatepassError) as caught:
        Portal.load(given)
    assert caught.value.code == code


def test_a_portal_that_was_closed_says_so(snapshot: Path) -> None:
    with Portal.load(snapshot) as portal:
        after = portal.what_if()
    with pytest.raises(GatepassError) as caught:
        portal.contents()
    assert caught.value.code == "handle_lost"
    portal.close()
    # What was made of it has its own life.
    assert after.contents()["teams"]


def test_contents_are_what_is_in_the_snapshot(portal: Portal, document: dict[str, Any]) -> None:
    contents = portal.contents()
    for ours, theirs in (("developers", "developers"), ("teams", "teams"), ("applications", "applications")):
        assert {entry["id"] for entry in contents[ours]} == {entry["id"] for entry in document[theirs]}


def test_a_bundle_is_made(portal: Portal) -> None:
    assert len(portal.to_bundle()) > 1000
    assert portal.to_bundle() == portal.to_bundle()
    with pytest.raises(GatepassError):
        portal.to_bundle(policy="lax")  # type: ignore[arg-type]


def test_reasons_are_listed() -> None:
    reasons = gatepass.reasons()
    assert reasons[0]["code"] == "bundle_stale"
    assert reasons[0]["http_status"] == 503
    assert len({reason["code"] for reason in reasons}) == len(reasons) > 30


def test_what_a_notebook_shows_is_escaped(document: dict[str, Any]) -> None:
    hostile = copy.deepcopy(document)
    hostile["portal"]["name"] = "<script>alert(1)</script>"
    for developer in hostile["developers"]:
        developer["full_name"] = "<img src=x onerror=alert(1)>\u202e"
    portal = Portal.load(hostile)
    shown = portal._repr_html_() + portal.reports.blocked_developers(now="2026-11-26T00:00:00Z")._repr_html_()
    assert "<script" not in shown
    assert "<img" not in shown
    assert "\u202e" not in shown
    assert "&lt;img" in shown


def test_ten_thousand_decisions_leave_nothing_behind(portal: Portal) -> None:
    from gatepass._engine import ENGINE

    def size() -> int:
        gc.collect()
        assert ENGINE._machine is not None
        return ENGINE._machine.size()

    for _ in range(100):
        portal.decide(application_id=LOYALTY, resource_id=ORDERS)
    before = size()
    for _ in range(5000):
        portal.decide(application_id=LOYALTY, resource_id=ORDERS)
    assert size() == before


def test_json_text_stays_as_it_is(portal: Portal) -> None:
    report = portal.reports.funnel(now="2026-11-26T00:00:00Z")
    assert json.loads(report.to_json()) == report.document
