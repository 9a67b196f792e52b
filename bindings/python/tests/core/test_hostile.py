"""Nonsense into every function: an answer or `GatepassError`, and an engine that still works."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatepass import GatepassError, Portal
from gatepass._engine import ENGINE
from gatepass._plan import Plan

NOW = "2026-11-26T00:00:00Z"
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
METHODS = [
    "decide", "decide_many", "decide_packed", "explain", "report", "report_html", "contents", "to_bundle",
    "bundle_timestamp", "what_if", "plan_approvals", "plan_status", "plan_revoke_stale", "diff", "reasons",
    "report_names", "version", "validate", "email_domain", "access_for", "crawl_new", "crawl_next", "crawl_answer",
    "crawl_finish", "apply_new", "apply_next", "apply_answer", "page_read", "", "nothing",
]  # fmt: skip


@pytest.fixture(scope="module")
def loaded(snapshot: Any) -> Portal:
    return Portal.load(snapshot)


def survives(loaded: Portal, ask: Any) -> None:
    """Calls; what is raised is ours, and the engine was not replaced meanwhile."""
    instance = ENGINE._instance
    try:
        ask()
    except GatepassError as error:
        assert error.code not in ("engine_stopped", "unknown"), error
    assert ENGINE._instance == instance
    assert loaded.decide(resource_id="e0000000-0000-4000-8000-000000000001", action="view")["reason"]


@QUICK
@given(content=st.binary(max_size=200), partial=st.booleans())
def test_bytes_as_a_snapshot(loaded: Portal, content: bytes, partial: bool) -> None:
    survives(loaded, lambda: Portal.load(content, allow_partial=partial))


@QUICK
@given(name=st.sampled_from(["portal", "developers", "teams", "team_roles", "applications", "registrations", "credentials", "collected", "region"]), value=values)
def test_json_in_the_place_of_a_member(loaded: Portal, document: dict[str, Any], name: str, value: Any) -> None:
    survives(loaded, lambda: Portal.load({**document, name: value}, allow_partial=True).reports.funnel(now=NOW))


@QUICK
@given(method=st.sampled_from(METHODS), body=st.binary(max_size=100), bare=st.booleans())
def test_bytes_into_every_method(loaded: Portal, method: str, body: bytes, bare: bool) -> None:
    survives(loaded, lambda: ENGINE.call(None if bare else loaded._handle, method, body))


@QUICK
@given(method=st.sampled_from(METHODS), body=values, bare=st.booleans())
def test_json_into_every_method(loaded: Portal, method: str, body: Any, bare: bool) -> None:
    text = json.dumps(body).encode()
    survives(loaded, lambda: ENGINE.call(None if bare else loaded._handle, method, text))


@QUICK
@given(value=values, other=values)
def test_anything_into_the_python_functions(loaded: Portal, value: Any, other: Any) -> None:
    portal: Any = loaded
    for ask in (
        lambda: Portal.load(value),
        lambda: portal.decide(application_id=value, resource_id=other),
        lambda: portal.explain(developer_id=value, resource_id=other, action="view"),
        lambda: portal.decide_many([value, {"application_id": other}]),
        lambda: portal.reasons_for([value], [other]),
        lambda: portal.what_if([value, other]),
        lambda: portal.plan_approvals({"trusted": value, "otherwise": other}),
        lambda: portal.to_bundle(policy=value),
        lambda: portal.reports.developers(now=NOW, search=value, status=other),
        lambda: Plan(json.dumps(value).encode()),
    ):
        survives(loaded, ask)


def test_deep_nesting_is_refused(loaded: Portal) -> None:
    for text in (b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000):
        survives(loaded, lambda: Portal.load(text))  # noqa: B023
        survives(loaded, lambda: ENGINE.call(loaded._handle, "decide_many", text))  # noqa: B023
