"""A portal: loaded once from a snapshot, asked many times."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeVar, Union, cast, overload

from . import _html, wire
from ._body import body
from ._clock import now_or, parsed
from ._engine import ENGINE, Handle
from ._errors import GatepassError
from ._packed import packed
from ._plan import Plan, rules
from ._reports import Reports
from ._sources import BytesSource, DerivedSource, FileSource, Source, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

Snapshot = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview, "Mapping[str, Any]", BinaryIO]
Frame = TypeVar("Frame")


class Portal:
    """One Dev Portal, as its snapshot says. Make it with `Portal.load`.

    Every answer is the engine's: the same as the gateway's filter, the command line and the npm package give.
    """

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._opened = handle.opened

    @classmethod
    def load(cls, snapshot: Snapshot, *, allow_partial: bool = False) -> Portal:
        """Loads a snapshot, as `gatepass export` or `Konnect.export` wrote it.

        Args:
            snapshot: The path of the file (text or `Path`), its content (`bytes`), an open binary file, or a dict.
            allow_partial: Take a snapshot in which something is missing or wrong, too; what is doubtful then denies.

        Raises:
            GatepassError: `snapshot_refused` with all its `problems`; `file_unreadable` if there is no such file.

        >>> portal = Portal.load("snapshot.json")
        >>> portal.completeness
        'complete'
        """
        options = body({"allow_partial": bool(allow_partial)})
        return cls(ENGINE.open(_source(snapshot, options)))

    @property
    def id(self) -> str:
        """The portal's id."""
        return cast("str", self._opened["portal_id"])

    @property
    def name(self) -> str:
        """The portal's name."""
        return cast("str", self._opened["portal_name"])

    @property
    def api(self) -> str:
        """The API it was exported through: `v2`, `v3` or `gateway-2.8`."""
        return cast("str", self._opened["api"])

    @property
    def region(self) -> str | None:
        """Its region, such as `eu`."""
        return cast("str | None", self._opened["region"])

    @property
    def as_of(self) -> datetime:
        """When the export began: nothing in here is newer."""
        return parsed(self.as_of_text)

    @property
    def as_of_text(self) -> str:
        """The same as text."""
        return cast("str", self._opened["as_of"])

    @property
    def completeness(self) -> wire.Completeness:
        """`complete` if every list has as many items as the API said; `unverified` or `partial` otherwise."""
        return cast("wire.Completeness", self._opened["completeness"])

    @property
    def problems(self) -> list[wire.Problem]:
        """What is odd in the snapshot: records that deny because of it, and warnings. At most 100."""
        return cast("list[wire.Problem]", self._opened["problems"])

    @property
    def problem_count(self) -> int:
        """How many problems there are in truth."""
        return cast("int", self._opened["problem_count"])

    @property
    def reports(self) -> Reports:
        """The reports: `portal.reports.blocked_developers()` and eight more."""
        return Reports(lambda method, given: self._ask(method, body(given)))

    def contents(self) -> dict[str, list[dict[str, Any]]]:
        """Ids, names and statuses of `developers`, `teams`, `applications`, `resources` and `registrations`."""
        return cast("dict[str, list[dict[str, Any]]]", json.loads(self._ask("contents", b"{}")))

    def decide(
        self,
        *,
        application_id: str | None = None,
        resource_id: str | None = None,
        developer_id: str | None = None,
        action: wire.Action = "consume",
        policy: wire.Policy = "strict",
    ) -> wire.Decision:
        """Decides, with reason, all blockers, a sentence, and the smallest set of fixes.

        Args:
            application_id: For `consume`, `register` and `create_credential`.
            resource_id: The product version (v2), API or API package (v3), for `consume`, `register` and `view`.
            developer_id: Who asks; for `register` the owner if left out, for `view` nobody signed in.
            action: What is wanted.
            policy: `strict`, or `konnect` for what Konnect itself enforces when an application calls.

        Raises:
            GatepassError: If an id is no UUID, or one that the action needs is missing.
        """
        question = _question(application_id, resource_id, developer_id, action, policy)
        return cast("wire.Decision", json.loads(self._ask("decide", body(question))))

    def explain(
        self,
        *,
        application_id: str | None = None,
        resource_id: str | None = None,
        developer_id: str | None = None,
        action: wire.Action = "consume",
        policy: wire.Policy = "strict",
    ) -> str:
        """As `decide`, as the text that the command line shows.

        Raises:
            GatepassError: As `decide`.
        """
        question = _question(application_id, resource_id, developer_id, action, policy)
        return cast("str", json.loads(self._ask("explain", body(question)))["text"])

    @overload
    def decide_many(
        self, questions: Iterable[wire.QuestionBody | Mapping[str, Any]], *, action: wire.Action = ..., policy: wire.Policy = ...
    ) -> list[wire.Decision | wire.QuestionErrorAnswer]: ...
    @overload
    def decide_many(self, questions: Frame, *, action: wire.Action = ..., policy: wire.Policy = ...) -> Frame: ...
    def decide_many(self, questions: Any, *, action: wire.Action = "consume", policy: wire.Policy = "strict") -> Any:
        """Decides many questions, in order.

        Args:
            questions: A list of dicts with the arguments of `decide`; or a data frame (pandas, polars, Arrow) with
                columns `application_id` and `resource_id`, and if wanted `developer_id`, `action` and `policy`.
            action: For questions that name none.
            policy: For questions that name none.

        Returns:
            For a list, whole decisions; `{"error": {code, path, message}}` in the place of what is no question. For a
            data frame the same frame with the columns `decision`, `reason` and `error` added (a million rows a second
            where all ask the same action).

        Raises:
            GatepassError: If JSON cannot say a question, or a data frame has no such columns.
            ImportError: For a data frame without narwhals.
        """
        from . import _frames

        if _frames.is_frame(questions):
            from . import _many

            return _many.decided(questions, self._reasons, action, policy)
        asked = [_with_defaults(question, action, policy) for question in questions]
        return json.loads(self._ask("decide_many", body(asked)))

    def reasons_for(
        self,
        application_ids: Sequence[str],
        resource_ids: Sequence[str],
        *,
        action: wire.Action = "consume",
        policy: wire.Policy = "strict",
    ) -> list[str | None]:
        """The reasons alone for pairs of application and resource: `None` where it is allowed. The quickest way.

        Raises:
            GatepassError: If the lists differ in length, or an id is no UUID.
        """
        if len(application_ids) != len(resource_ids):
            message = f"there are {len(application_ids)} applications and {len(resource_ids)} resources; give pairs"
            raise GatepassError(message, code="lengths_differ")
        columns = {"application_id": application_ids, "resource_id": resource_ids}
        reasons: list[str | None] = []
        for position, (reason, error) in enumerate(zip(*self._reasons(columns, action, policy))):
            if error is not None:
                raise GatepassError(error["message"], code=error["code"], path=f"/{position}{error['path']}")
            reasons.append(reason)
        return reasons

    def plan_approvals(self, rules_: Mapping[str, Any] | str | os.PathLike[str]) -> Plan:
        """Plans who is approved into which team by these rules; what they leave open is held, with the reason.

        Args:
            rules_: The rules as a dict, or the path of a JSON, YAML or TOML file.

        Raises:
            GatepassError: With everything that is wrong with the rules.
        """
        given = dict(rules_) if not isinstance(rules_, (str, os.PathLike)) else rules(rules_)
        return Plan(self._ask("plan_approvals", body({"rules": given, "snapshot_sha256": self._digest()})))

    def plan_status(
        self,
        *,
        to: Literal["approved", "rejected", "revoked"],
        developer_id: str | None = None,
        application_id: str | None = None,
        registration_id: str | None = None,
        profile: wire.Profile | None = None,
        keep_registrations: bool = False,
    ) -> Plan:
        """Plans the change of one status: of the developer, application or registration that is named.

        Args:
            to: `approved`, `rejected` or `revoked`.
            profile: Whose rules hold; those of the API that the snapshot was read from if left out.
            keep_registrations: Leave the registrations of a developer who is rejected or revoked as they are.

        Raises:
            GatepassError: If there is no such subject, or if the profile forbids the change.
        """
        given = {
            "to": to,
            "developer_id": developer_id,
            "application_id": application_id,
            "registration_id": registration_id,
            "profile": profile,
            "keep_registrations": keep_registrations,
        }
        return Plan(self._ask("plan_status", body({**given, "snapshot_sha256": self._digest()})))

    def plan_revoke_stale(self, *, now: datetime | str | None = None, team: str | Iterable[str] | None = None) -> Plan:
        """Plans the revocation of what Konnect still lets through and the rule does not: the report `stale_access`.

        Args:
            now: The time at which credentials are expired or not; the present one if left out.
            team: Only what belongs to this team, or these, by name or id.

        Raises:
            GatepassError: If a team is named that the portal does not have.
        """
        teams = [team] if isinstance(team, str) else list(team or ())
        given = {"now": now_or(now), "team": teams, "snapshot_sha256": self._digest()}
        return Plan(self._ask("plan_revoke_stale", body(given)))

    def diff(
        self,
        other: Portal,
        *,
        policy: wire.Policy = "strict",
        other_policy: wire.Policy | None = None,
        only: Iterable[str] = (),
    ) -> dict[str, Any]:
        """Whose access changes from this portal to `other`: `counts`, `by_reason`, `by_team`, `by_resource`, `rows`.

        Args:
            other: Another snapshot of the portal, or what `what_if` gave.
            policy: Under which policy this portal decides.
            other_policy: Under which one `other` does; the same if left out.
            only: Only rows of these kinds: `gained`, `lost`, `reason_changed`.

        Raises:
            GatepassError: If a kind or a policy is none.
        """
        given = {"policy": policy, "other_policy": other_policy, "only": list(only)}
        # The other's number is looked up under the same lock, in the same instance.
        answer = ENGINE.call_with(self._handle, "diff", other._handle, "other", given)
        return cast("dict[str, Any]", json.loads(answer))

    def what_if(self, changes: Iterable[Mapping[str, Any]] = (), *, rbac: bool | None = None) -> Portal:
        """The portal as it would be after these changes; this one stays as it is.

        Args:
            changes: Such as `{"change": "approve_developer", "developer_id": "…"}`, or the `fixes` of a decision.
            rbac: Roles switched on or off.

        Raises:
            GatepassError: If a change names something that the portal does not have.
        """
        given: dict[str, Any] = {"changes": [_change(change) for change in changes]}
        if rbac is not None:
            given["rbac"] = bool(rbac)
        return Portal(ENGINE.open(DerivedSource(self._handle, "what_if", body(given))))

    def to_bundle(self, *, policy: wire.Policy = "strict") -> bytes:
        """The bundle for gateways, as `gatepass bundle build` makes it.

        Raises:
            GatepassError: If no bundle can be made, such as without a region.
        """
        return self._ask("to_bundle", body({"policy": policy}))

    def close(self) -> None:
        """Lets go of its memory now; otherwise that is done when nothing refers to it any more."""
        ENGINE.close(self._handle)

    def __enter__(self) -> Portal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        problems = f", {self.problem_count} problems" if self.problem_count else ""
        return f"<gatepass portal {self.name!r} {self.id}: {self.completeness} as of {self.as_of_text}{problems}>"

    def _repr_html_(self) -> str:
        return _html.portal(self)

    def _digest(self) -> str | None:
        # A plan names the snapshot it was made from; what was changed by `what_if` is no snapshot.
        source = self._handle.source
        return None if source is None or isinstance(source, DerivedSource) else source.sha256()

    def _ask(self, method: str, given: bytes) -> bytes:
        return ENGINE.call(self._handle, method, given)

    def _reasons(
        self, columns: Mapping[str, Sequence[Any]], action: str, policy: str
    ) -> tuple[Sequence[str | None], Sequence[Any]]:
        """The reasons and errors of questions in columns."""
        count = len(next(iter(columns.values()), ()))
        if set(columns) == {"application_id", "resource_id"}:
            small = packed(columns["application_id"], columns["resource_id"], action, policy)
            if small is not None:
                words = _reason_words()
                return [words[code] for code in self._ask("decide_packed", small)], [None] * count
        rows = (dict(zip(columns, values)) for values in zip(*columns.values()))
        answers = json.loads(self._ask("decide_many", body([_with_defaults(row, action, policy) for row in rows])))
        errors = [answer.get("error") for answer in answers]
        return [answer.get("reason") for answer in answers], errors


_REASONS: list[str | None] = []


def _reason_words() -> list[str | None]:
    if not _REASONS:
        _REASONS[:] = [None, *(reason["code"] for reason in reasons())]
    return _REASONS


def reasons() -> list[wire.ReasonEntry]:
    """Every reason for which something can be denied, in listing order, with its HTTP status and a summary."""
    return cast("list[wire.ReasonEntry]", json.loads(ENGINE.call(None, "reasons")))


def _source(snapshot: Snapshot, options: bytes) -> Source:
    if isinstance(snapshot, (bytes, bytearray, memoryview)):
        return BytesSource(options, bytes(snapshot))
    if isinstance(snapshot, (str, os.PathLike)):
        path = Path(snapshot)
        try:
            return FileSource.of(path, options)
        except ValueError as error:
            # A path with a null character, which no file has.
            if isinstance(error, GatepassError):
                raise
            raise unreadable(path, OSError(str(error))) from error
    if hasattr(snapshot, "read"):
        content = snapshot.read()
        if not isinstance(content, bytes):
            raise GatepassError("the file is open as text; open it with mode `rb`", code="file_as_text")
        return BytesSource(options, content)
    if not hasattr(snapshot, "keys"):
        kind = type(snapshot).__name__
        message = f"a `{kind}` is no snapshot; give a path, bytes, an open file or a dict"
        raise GatepassError(message, code="wrong_type")
    return BytesSource(options, body(snapshot))


def _question(
    application_id: str | None, resource_id: str | None, developer_id: str | None, action: str, policy: str
) -> dict[str, Any]:
    ids = {"application_id": application_id, "resource_id": resource_id, "developer_id": developer_id}
    return {name: str(value) for name, value in ids.items() if value is not None} | {"action": action, "policy": policy}


def _with_defaults(question: Any, action: str, policy: str) -> Any:
    if not isinstance(question, dict) or ("action" in question and "policy" in question):
        return question
    return {"action": action, "policy": policy, **question}


def _change(change: Any) -> Any:
    """A fix is a change, and who can carry it out besides."""
    if not isinstance(change, dict):
        return change
    return {name: value for name, value in change.items() if name != "executable"}
