"""Checks of requests before they are sent."""

from __future__ import annotations

import pytest

from gatepass import GatepassError, validate


def test_a_request_that_fits() -> None:
    checked = validate.request("sign_up", {"email": "ada@shop.example", "full_name": "Ada Stern"})
    assert checked["fits"]
    assert checked["problems"] == []


def test_everything_that_is_wrong_is_told_at_once() -> None:
    checked = validate.request("sign_up", {"email": "nobody", "full_name": 5})
    assert not checked["fits"]
    assert {problem["path"] for problem in checked["problems"]} >= {"/email", "/full_name"}
    assert all(problem["code"] and problem["remedy"] for problem in checked["problems"])
    assert not validate.request("sign_up", None)["fits"]


def test_forms() -> None:
    names = [entry["name"] for entry in validate.types()]
    assert {"sign_up", "application", "team"} <= set(names)
    assert validate.schema("application", api="v3", by="admin")["type"] == "object"
    with pytest.raises(GatepassError):
        validate.schema("nothing")
    with pytest.raises(GatepassError) as caught:
        validate.request("application", {"name": float("inf")})
    assert caught.value.code == "not_json"


def test_domains_of_addresses() -> None:
    assert validate.domain_of("ada@Shop.Example") == "shop.example"
    with pytest.raises(GatepassError) as caught:
        validate.domain_of("ada@@shop.example")
    assert caught.value.code
