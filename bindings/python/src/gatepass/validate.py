"""Checks of request bodies before they are sent, as `gatepass check --type` makes them.

    >>> from gatepass import validate
    >>> checked = validate.request("application", {"name": ""}, api="v3", by="developer")
    >>> checked["fits"], checked["problems"][0]["path"]
    (False, '/name')
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, cast

from ._body import body as as_json
from ._engine import ENGINE

if TYPE_CHECKING:
    from . import wire

__all__ = ["domain_of", "request", "schema", "types"]


def types() -> list[wire.RequestTypeEntry]:
    """The kinds of requests: `sign_up`, `application`, `team`, …"""
    return cast("list[wire.RequestTypeEntry]", json.loads(ENGINE.call(None, "request_types")))


def request(
    type: str, body: Any, *, api: Literal["v2", "v3"] | None = None, by: Literal["developer", "admin"] | None = None
) -> wire.CheckedRequest:
    """Everything that is wrong with the body of a request.

    Args:
        type: One of `types()`.
        body: What would be sent: a dict, or whatever else JSON can say.
        api: Of which generation of the portal's API, where the form differs.
        by: Who sends it, where the form differs.

    Raises:
        GatepassError: If there is no such kind of request, or the body is nothing that JSON can say.
    """
    return cast("wire.CheckedRequest", _ask("check_request", {"type": type, "body": body, "api": api, "by": by}))


def schema(
    type: str, *, api: Literal["v2", "v3"] | None = None, by: Literal["developer", "admin"] | None = None
) -> dict[str, Any]:
    """The form of a request as JSON Schema.

    Raises:
        GatepassError: If there is no such kind of request, or none of that choice.
    """
    return cast("dict[str, Any]", _ask("request_schema", {"type": type, "api": api, "by": by}))


def domain_of(email: str) -> str:
    """The domain of an e-mail address as rules of approval compare it, in lower case.

    Raises:
        GatepassError: With the code of what is odd about the address; nobody is approved by such a one.
    """
    return cast("wire.EmailDomain", _ask("email_domain", {"email": email}))["domain"]


def _ask(method: str, given: dict[str, Any]) -> Any:
    return json.loads(ENGINE.call(None, method, as_json(given)))
