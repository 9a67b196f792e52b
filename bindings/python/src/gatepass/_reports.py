"""The nine reports, each with the parameters that it reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Union

from . import wire
from ._clock import now_or, span
from ._report import Report

Ask = Callable[[str, dict[str, Any]], bytes]
Now = Union[datetime, str, None]
Teams = Union[str, Iterable[str], None]


class Reports:
    """The reports of a portal. Every one takes:

    - `now`: the time that ages are counted up to, with a time zone (or RFC 3339 text); the present one if left out. Give
      it, and the same file gives the same bytes tomorrow.
    - `team`: only what belongs to this team, or these, by name or id.
    - `redact`: made-up names and local parts of e-mail addresses; domains and ids stay.

    They raise `GatepassError` if a team, product or API is named that the portal does not have.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def needs_consume_permission(
        self, *, now: Now = None, team: Teams = None, include_without_application: bool = False, redact: bool = False
    ) -> Report[wire.MissingPermission]:
        """Report 1: approved developers whose application gets nowhere, because they may consume nothing published.

        With `include_without_application` also those who own no application yet.
        """
        own = {"include_without_application": include_without_application}
        return self._run("needs_consume_permission", now, team, redact, own)

    def blocked_developers(
        self, *, now: Now = None, older_than: timedelta | str = timedelta(hours=48), team: Teams = None, redact: bool = False
    ) -> Report[wire.BlockedApplication]:
        """Report 2: applications without an approved registration, though their owner may consume something.

        One row an application, with the stage at which it is stuck; only those created at least `older_than` ago.
        """
        return self._run("blocked_developers", now, team, redact, {"older_than": span(older_than)})

    def stale_access(self, *, now: Now = None, team: Teams = None, redact: bool = False) -> Report[wire.StaleAccess]:
        """What Konnect still lets through and the rule does not, such as the keys of a revoked developer."""
        return self._run("stale_access", now, team, redact, {})

    def pending_approvals(
        self, *, now: Now = None, team: Teams = None, redact: bool = False
    ) -> Report[wire.PendingApproval]:
        """Developers, applications and registrations that wait for an admin, oldest first."""
        return self._run("pending_approvals", now, team, redact, {})

    def team_readiness(self, *, now: Now = None, team: Teams = None, redact: bool = False) -> Report[wire.TeamReadiness]:
        """Teams that are no use to their members yet: no role on anything published, nobody approved."""
        return self._run("team_readiness", now, team, redact, {})

    def developers(
        self,
        *,
        now: Now = None,
        team: Teams = None,
        status: wire.DeveloperStatusWord | None = None,
        search: str | None = None,
        sort: str | None = None,
        redact: bool = False,
    ) -> Report[wire.DeveloperRow]:
        """Everybody who signed up, with teams, applications, and registrations by status.

        `search` looks in names, addresses and ids, whatever their case. `sort` is `created_at`, `updated_at`, `email`,
        `name` or `status`, with `-` before it the other way round.
        """
        return self._run("developers", now, team, redact, {"status": status, "search": search, "sort": sort})

    def funnel(self, *, now: Now = None, team: Teams = None, redact: bool = False) -> Report[wire.FunnelRow]:
        """How many got how far: signed up, approved, in a team, may consume, application, registered, approved."""
        return self._run("funnel", now, team, redact, {})

    def access_matrix(self, *, now: Now = None, team: Teams = None, redact: bool = False) -> Report[wire.AccessCell]:
        """Which team has which role on what."""
        return self._run("access_matrix", now, team, redact, {})

    def follow_ups(
        self,
        *,
        now: Now = None,
        older_than: timedelta | str = timedelta(hours=48),
        team: Teams = None,
        audience: wire.Audience = "developers",
        owners: Mapping[str, str] | None = None,
        cadence: Mapping[str, timedelta | str] | None = None,
        default_cadence: timedelta | str = timedelta(days=7),
        contacts: Iterable[wire.Contact] = (),
        redact: bool = False,
    ) -> Report[wire.FollowUp]:
        """Whom to write to now, with a letter and a link that opens it.

        `audience="owners"` writes to those whom developers wait for: `owners` says who that is, from product or API to
        e-mail address. Members of a team are written to at most once a `cadence`, everybody else once a
        `default_cadence`; `contacts` is the log of who was.
        """
        own = {
            "older_than": span(older_than),
            "audience": audience,
            "owners": dict(owners or {}),
            "cadence": {name: span(given) for name, given in (cadence or {}).items()},
            "default_cadence": span(default_cadence),
            "contacts": list(contacts),
        }
        return self._run("follow_ups", now, team, redact, own)

    def _run(self, name: str, now: Now, team: Teams, redact: bool, own: dict[str, Any]) -> Report[Any]:
        teams = [team] if isinstance(team, str) else list(team or ())
        body = {"report": name, "now": now_or(now), "team": teams, "redact": redact, **own}
        return Report(self._ask("report", body))
