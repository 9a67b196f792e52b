"""What crosses to and from the module, as it is written on the wire.

Generated from the Rust types by `cargo xtask schema`; do not edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, List, Literal, TypedDict, Union

if TYPE_CHECKING:
    from typing_extensions import NotRequired, TypeAlias


class AccessCell(TypedDict):
    """A row of `access_matrix`: one pair."""
    by_wildcard: bool
    """Whether it comes only from a role on everything (`*`)."""
    published: bool
    """Whether the resource is published."""
    resource_id: ResourceId
    """The resource."""
    resource_name: str
    """Its name."""
    role: RoleWord
    """The best role the team has on it."""
    team_id: TeamId
    """The team."""
    team_name: str
    """Its name."""


Action: TypeAlias = Literal["consume", "register", "view", "log_in", "create_application", "create_credential"]
"""What somebody wants to do."""


Api: TypeAlias = Literal["v2", "v3", "gateway-2.8"]
"""Which API a snapshot was read from."""


ApiWord: TypeAlias = Literal["v2", "v3"]
"""The API that a portal is managed through."""


class ApplicationEntry(TypedDict):
    """An application."""
    developer_id: Union[DeveloperId, None]
    id: ApplicationId
    name: str
    status: str
    team_id: Union[TeamId, None]


ApplicationId: TypeAlias = "str"
"""The id of an application."""


class ApplicationName(TypedDict):
    """An application in a row."""
    application_id: ApplicationId
    """The id."""
    application_name: str
    """The name, as its developer typed it."""


class ApplyBegun(TypedDict):
    """A plan about to be carried out."""
    handle: int
    outline: List[OutlineLine]
    """What carrying it out would do, change by change."""


class RecordApplyStep(TypedDict):
    entries: List[JournalEntry]
    step: Literal["record"]


class SendApplyStep(TypedDict):
    request: KonnectRequest
    step: Literal["send"]


class WaitApplyStep(TypedDict):
    step: Literal["wait"]
    until: Union[Timestamp, None]


class DoneApplyStep(TypedDict):
    step: Literal["done"]
    summary: ApplySummary


ApplyStep: TypeAlias = "Union[RecordApplyStep, SendApplyStep, WaitApplyStep, DoneApplyStep]"
"""What to do next."""


class ApplySummary(TypedDict):
    """What became of a plan."""
    already: int
    """Changes that were there already."""
    before: int
    """Changes made in an earlier run, by the journal."""
    left: int
    """Changes left to people."""
    made: int
    """Changes made in this run."""
    subjects: List[SubjectOutcome]
    """Subject by subject, in the plan's order."""
    success: bool
    """Whether every subject is done."""


Assumption: TypeAlias = Literal["entity_wildcard"]
"""Something a decision takes for granted that Konnect does not document."""


Audience: TypeAlias = Literal["developers", "owners"]
"""Whom `follow_ups` writes to."""


class BlockedApplication(TypedDict):
    """A row of `blocked_developers`."""
    action: Action
    """What the fixes allow: `consume`, or `register` where nothing is open for registration."""
    age_hours: Union[int, None]
    """Whole hours since then."""
    application_id: ApplicationId
    """The application."""
    application_name: str
    """Its name."""
    created_at: Union[Timestamp, None]
    """When it was created; null if nothing says so."""
    developer_id: Union[DeveloperId, None]
    """Who owns it; null for a team."""
    developer_name: Union[str, None]
    """The developer's name."""
    email: Union[str, None]
    """The developer's e-mail address."""
    fixes: Union[List[Fix], None]
    """The fixes of the decision on this action, application and resource."""
    registrations: List[RegistrationOf]
    """All its registrations."""
    resource: Union[ResourceName, None]
    """With what they allow it."""
    stage: Stage
    """How far it got."""
    team_id: Union[TeamId, None]
    """The team that owns it; null for a developer."""
    team_name: Union[str, None]
    """The owning team's name."""
    teams: List[TeamName]
    """The teams whose roles count."""


class BundleBody(TypedDict):
    """What a bundle is asked with."""
    policy: NotRequired[Union[Policy, None]]
    """By which policy the gateway decides; `strict` if left out."""


class BundleTimestamp(TypedDict):
    """How fresh a bundle is."""
    as_of: Timestamp
    """When the crawl that wrote the snapshot began."""
    content_digest: str
    """The name of the bundle's contents: the SHA-256 of its manifest in hexadecimal digits."""
    timestamp: str
    """As it stands in the header `Gatepass-Bundle-Timestamp` and in the file beside the bundle."""


class BundleTimestampBody(TypedDict):
    """What a bundle's timestamp is asked with."""
    audience: str
    """Which gateways it is for."""
    policy: NotRequired[Union[Policy, None]]
    """By which policy the gateway decides; `strict` if left out."""


class Catalogue(TypedDict):
    """Every sentence that decisions and portal views use."""
    allowed: List[CatalogueEntry]
    """By action: what is said when it is allowed."""
    denied: List[CatalogueEntry]
    """By reason: what is said when something is denied."""
    next_steps: List[CatalogueEntry]
    """By next step."""
    signed_out: List[CatalogueEntry]
    """By action: what is said instead of the reason when nobody is signed in."""


class CatalogueEntry(TypedDict):
    """A sentence and its code."""
    code: str
    """The code: an action that is allowed, a reason, or a next step."""
    text: str
    """The sentence, with `{application}`, `{developer}`, `{team}` and `{resource}` for names."""


class ApproveDeveloperChange(TypedDict):
    change: Literal["approve_developer"]
    developer_id: DeveloperId
    """Who."""


class RejectDeveloperChange(TypedDict):
    change: Literal["reject_developer"]
    developer_id: DeveloperId
    """Who."""


class RevokeDeveloperChange(TypedDict):
    change: Literal["revoke_developer"]
    developer_id: DeveloperId
    """Who."""


class DeleteDeveloperChange(TypedDict):
    change: Literal["delete_developer"]
    developer_id: DeveloperId
    """Who."""


class ApproveApplicationChange(TypedDict):
    application_id: ApplicationId
    """Which."""
    change: Literal["approve_application"]


class RejectApplicationChange(TypedDict):
    application_id: ApplicationId
    """Which."""
    change: Literal["reject_application"]


class RevokeApplicationChange(TypedDict):
    application_id: ApplicationId
    """Which."""
    change: Literal["revoke_application"]


class DeleteApplicationChange(TypedDict):
    application_id: ApplicationId
    """Which."""
    change: Literal["delete_application"]


class ApproveRegistrationChange(TypedDict):
    change: Literal["approve_registration"]
    registration_id: RegistrationId
    """Which."""


class RejectRegistrationChange(TypedDict):
    change: Literal["reject_registration"]
    registration_id: RegistrationId
    """Which."""


class RevokeRegistrationChange(TypedDict):
    change: Literal["revoke_registration"]
    registration_id: RegistrationId
    """Which."""


class CreateRegistrationChange(TypedDict):
    application_id: ApplicationId
    """Of which application."""
    change: Literal["create_registration"]
    resource_id: ResourceId
    """For what."""


class DeleteRegistrationChange(TypedDict):
    change: Literal["delete_registration"]
    registration_id: RegistrationId
    """Which."""


class AssignRoleChange(TypedDict):
    entity_id: EntityId
    """What the role is on."""
    entity_region: str
    """The region's code, or `*`."""
    entity_type_name: str
    """The entity's type: always `Services`."""
    role_name: RoleName
    """The role's name."""
    team_id: TeamId
    """The team."""
    change: Literal["assign_role"]


class UnassignRoleChange(TypedDict):
    entity_id: EntityId
    """What the role is on."""
    entity_region: str
    """The region's code, or `*`."""
    entity_type_name: str
    """The entity's type: always `Services`."""
    role_name: RoleName
    """The role's name."""
    team_id: TeamId
    """The team."""
    change: Literal["unassign_role"]


class AddToTeamChange(TypedDict):
    change: Literal["add_to_team"]
    developer_id: DeveloperId
    """Whom."""
    team_id: TeamId
    """To which team."""


class MapGroupChange(TypedDict):
    change: Literal["map_group"]
    developer_id: DeveloperId
    """Whose group."""
    team_id: TeamId
    """To which team."""


class RemoveFromTeamChange(TypedDict):
    change: Literal["remove_from_team"]
    developer_id: DeveloperId
    """Whom."""
    team_id: TeamId
    """Of which team."""


class CreateTeamChange(TypedDict):
    change: Literal["create_team"]
    developer_id: DeveloperId
    """Its member."""
    entity_id: EntityId
    """What the role is on."""
    entity_region: str
    """The region's code, or `*`."""
    entity_type_name: str
    """The entity's type: always `Services`."""
    role_name: RoleName
    """The role's name."""


class PublishResourceChange(TypedDict):
    change: Literal["publish_resource"]
    resource_id: ResourceId
    """Which."""


class EnableRegistrationChange(TypedDict):
    change: Literal["enable_registration"]
    resource_id: ResourceId
    """Which."""


class RenewCredentialChange(TypedDict):
    application_id: ApplicationId
    """Of which application."""
    change: Literal["renew_credential"]


Change: TypeAlias = "Union[ApproveDeveloperChange, RejectDeveloperChange, RevokeDeveloperChange, DeleteDeveloperChange, ApproveApplicationChange, RejectApplicationChange, RevokeApplicationChange, DeleteApplicationChange, ApproveRegistrationChange, RejectRegistrationChange, RevokeRegistrationChange, CreateRegistrationChange, DeleteRegistrationChange, AssignRoleChange, UnassignRoleChange, AddToTeamChange, MapGroupChange, RemoveFromTeamChange, CreateTeamChange, PublishResourceChange, EnableRegistrationChange, RenewCredentialChange]"
"""A change to a portal. On the wire `{"change": "approve_registration", "registration_id": "…"}`."""


class CheckedRequest(TypedDict):
    """What a check of a request found."""
    fits: bool
    """Whether it can be sent: no problem has severity `error`."""
    form: Union[str, None]
    """The form that it was compared with, in words; null if there is none."""
    problem_count: int
    """How many problems there are in all."""
    problems: List[Problem]
    """What is wrong, gravest first; at most 100."""


Completeness: TypeAlias = Literal["complete", "unverified", "partial"]
"""How much of the portal a snapshot is known to hold."""


class Contact(TypedDict):
    """That somebody was written to."""
    at: Timestamp
    """When."""
    channel: str
    """How: `mail`, `slack`, whatever the log says."""
    developer_id: DeveloperId
    """Who."""


class Contents(TypedDict):
    """What is in a portal, as ids and names."""
    applications: List[ApplicationEntry]
    developers: List[DeveloperEntry]
    registrations: List[RegistrationEntry]
    resources: List[ResourceEntry]
    teams: List[TeamEntry]


class CrawlBody(TypedDict):
    """What an export is begun with: one of `portal_id` and `portal_name` is needed."""
    allow_partial: NotRequired[Union[bool, None]]
    """Go on when a list cannot be read, and mark it partial."""
    api: NotRequired[Union[ApiWord, None]]
    """Through which API; `v3` if left out."""
    page_size: NotRequired[Union[int, None]]
    """How many objects to ask for at once; 100 if left out."""
    portal_id: NotRequired[Union[PortalId, None]]
    """The portal's id."""
    portal_name: NotRequired[Union[str, None]]
    """The portal's name, exactly."""
    redact_secret: NotRequired[Union[str, None]]
    """Replaces names and local parts of e-mail addresses by pseudonyms made with this secret."""
    region: NotRequired[Union[Region, None]]
    """The portal's region, for the snapshot."""


class CrawlNotes(TypedDict):
    """What is worth a look in an export."""
    notices: List[Notice]
    partial: List[PartialList]


class CrawlProgress(TypedDict):
    """How far an export is. Totals grow while lists are found."""
    items_done: int
    items_total: int
    lists_done: int
    lists_total: int
    requests: int


class SendCrawlStep(TypedDict):
    progress: CrawlProgress
    requests: List[KonnectRequest]
    step: Literal["send"]


class WaitCrawlStep(TypedDict):
    progress: CrawlProgress
    step: Literal["wait"]
    until: Union[Timestamp, None]


class DoneCrawlStep(TypedDict):
    progress: CrawlProgress
    step: Literal["done"]


CrawlStep: TypeAlias = "Union[SendCrawlStep, WaitCrawlStep, DoneCrawlStep]"
"""What to do next."""


class Decision(TypedDict):
    """A decision and its explanation. Every field is always present on the wire."""
    action: Action
    """What was asked."""
    application_id: Union[ApplicationId, None]
    """The application that was asked about."""
    as_of: Timestamp
    """When the crawl that wrote the snapshot began."""
    assumptions: List[Assumption]
    """What was taken for granted."""
    blockers: List[Reason]
    """All reasons of a denial that can be known, in listing order."""
    completeness: Completeness
    """How much of the portal the snapshot is known to hold."""
    decision: Verdict
    """Allow or deny."""
    developer_id: Union[DeveloperId, None]
    """Who asks, or the developer who owns the application."""
    fixes: Union[List[Fix], None]
    """A smallest set of changes after which the same question is allowed; `None` if no listed change helps."""
    http_status: Union[int, None]
    """The status with which a gateway answers a denial."""
    message: str
    """One English sentence: lower case, no full stop, names in backticks."""
    params: Dict[str, str]
    """The names in the message, for translations."""
    policy: Policy
    """Under which policy."""
    reason: Union[Reason, None]
    """The first reason of a denial."""
    registration_id: Union[RegistrationId, None]
    """The registration that counted."""
    registration_outcome: Union[RegistrationOutcome, None]
    """For an allowed `register`: what happens to the registration."""
    resource_id: Union[ResourceId, None]
    """The resource that was asked about."""
    team_id: Union[TeamId, None]
    """The team that owns the application."""
    warnings: List[Warning]
    """What to know about an allowed question."""


DecisionOrError: TypeAlias = "Union[Decision, QuestionErrorAnswer]"
"""The answer to one of many questions: a decision, or why it is no question."""


class DeveloperEntry(TypedDict):
    """A developer."""
    email: str
    id: DeveloperId
    name: str
    status: str


DeveloperId: TypeAlias = "str"
"""The id of a developer of the portal."""


class DeveloperRow(TypedDict):
    """A row of `developers`."""
    applications: List[ApplicationName]
    """The applications they own; not those of their teams."""
    cause: Union[Reason, None]
    """Why they cannot log in; null if they can."""
    created_at: Union[Timestamp, None]
    """When they signed up."""
    developer_id: DeveloperId
    """Who."""
    developer_name: str
    """The name, as typed at sign-up."""
    email: str
    """The e-mail address, as typed at sign-up."""
    fixes: Union[List[Fix], None]
    """What lets them log in; `[]` if they can."""
    registrations: RegistrationCounts
    """The registrations of those applications."""
    status: Status
    """The status, as Konnect's word; `unrecognized` if it is none."""
    teams: List[TeamName]
    """The teams they are in."""
    updated_at: Union[Timestamp, None]
    """When the developer last changed."""


DeveloperStatusWord: TypeAlias = Literal["approved", "pending", "rejected", "revoked"]
"""A status to choose developers by."""


class DiffCounts(TypedDict):
    """How many pairs of an application and a resource differ."""
    gained: int
    """Denied before, allowed after."""
    lost: int
    """Allowed before, denied after."""
    reason_changed: int
    """Denied before and after, for another first reason."""


class DiffRow(TypedDict):
    """A pair of an application and a resource whose decision differs. Names and owner are as they are after, or, of
    what is gone, as they were. Every member is always present on the wire.
    """
    application_id: ApplicationId
    """The application."""
    application_name: str
    """Its name."""
    change: Difference
    """How it differs."""
    developer_id: Union[DeveloperId, None]
    """The developer who owns it."""
    developer_name: Union[str, None]
    """Their name."""
    reason_after: Union[Reason, None]
    """Why it is denied; null if it is allowed."""
    reason_before: Union[Reason, None]
    """Why it was denied; null if it was allowed."""
    resource_id: ResourceId
    """The resource."""
    resource_name: str
    """Its name."""
    team_id: Union[TeamId, None]
    """The team that owns it."""
    team_name: Union[str, None]
    """Its name."""


class DiffSide(TypedDict):
    """What one side was made of."""
    as_of: Timestamp
    """When the crawl that wrote the snapshot began."""
    completeness: Completeness
    """How much of the portal the snapshot is known to hold."""
    policy: Policy
    """Under which policy it is decided."""
    portal_id: PortalId
    """The portal."""
    rbac_enabled: bool
    """Whether roles are consulted."""


Difference: TypeAlias = Literal["gained", "lost", "reason_changed"]
"""How a decision differs."""


class EchoedParameters(TypedDict):
    """The parameters as a report repeats them: with the snapshot and `now`, all that its bytes depend on."""
    audience: Audience
    cadence: Dict[str, Span]
    contacts: int
    default_cadence: Span
    include_without_application: bool
    older_than: Span
    owners: Dict[str, str]
    redact: bool
    search: Union[str, None]
    sort: Union[Sort, None]
    status: Union[Status, None]
    teams: List[str]


class EmailDomain(TypedDict):
    """The domain of an e-mail address."""
    domain: str
    """The domain, in lower case; an internationalized one in its ASCII form."""


EntityId: TypeAlias = "str"
"""The id that role assignments name: an API product (v2), an API or an API package (v3)."""


Executable: TypeAlias = Literal["v2", "v3", "both", "developer", "manual"]
"""Who can carry out a change."""


class Explanation(TypedDict):
    """A decision with its text."""
    action: Action
    """What was asked."""
    application_id: Union[ApplicationId, None]
    """The application that was asked about."""
    as_of: Timestamp
    """When the crawl that wrote the snapshot began."""
    assumptions: List[Assumption]
    """What was taken for granted."""
    blockers: List[Reason]
    """All reasons of a denial that can be known, in listing order."""
    completeness: Completeness
    """How much of the portal the snapshot is known to hold."""
    decision: Verdict
    """Allow or deny."""
    developer_id: Union[DeveloperId, None]
    """Who asks, or the developer who owns the application."""
    fixes: Union[List[Fix], None]
    """A smallest set of changes after which the same question is allowed; `None` if no listed change helps."""
    http_status: Union[int, None]
    """The status with which a gateway answers a denial."""
    message: str
    """One English sentence: lower case, no full stop, names in backticks."""
    params: Dict[str, str]
    """The names in the message, for translations."""
    policy: Policy
    """Under which policy."""
    reason: Union[Reason, None]
    """The first reason of a denial."""
    registration_id: Union[RegistrationId, None]
    """The registration that counted."""
    registration_outcome: Union[RegistrationOutcome, None]
    """For an allowed `register`: what happens to the registration."""
    resource_id: Union[ResourceId, None]
    """The resource that was asked about."""
    team_id: Union[TeamId, None]
    """The team that owns the application."""
    text: str
    """What `gatepass decide` shows at a shell."""
    warnings: List[Warning]
    """What to know about an allowed question."""


class ApproveDeveloperFix(TypedDict):
    change: Literal["approve_developer"]
    developer_id: DeveloperId
    """Who."""
    executable: Executable


class RejectDeveloperFix(TypedDict):
    change: Literal["reject_developer"]
    developer_id: DeveloperId
    """Who."""
    executable: Executable


class RevokeDeveloperFix(TypedDict):
    change: Literal["revoke_developer"]
    developer_id: DeveloperId
    """Who."""
    executable: Executable


class DeleteDeveloperFix(TypedDict):
    change: Literal["delete_developer"]
    developer_id: DeveloperId
    """Who."""
    executable: Executable


class ApproveApplicationFix(TypedDict):
    application_id: ApplicationId
    """Which."""
    change: Literal["approve_application"]
    executable: Executable


class RejectApplicationFix(TypedDict):
    application_id: ApplicationId
    """Which."""
    change: Literal["reject_application"]
    executable: Executable


class RevokeApplicationFix(TypedDict):
    application_id: ApplicationId
    """Which."""
    change: Literal["revoke_application"]
    executable: Executable


class DeleteApplicationFix(TypedDict):
    application_id: ApplicationId
    """Which."""
    change: Literal["delete_application"]
    executable: Executable


class ApproveRegistrationFix(TypedDict):
    change: Literal["approve_registration"]
    registration_id: RegistrationId
    """Which."""
    executable: Executable


class RejectRegistrationFix(TypedDict):
    change: Literal["reject_registration"]
    registration_id: RegistrationId
    """Which."""
    executable: Executable


class RevokeRegistrationFix(TypedDict):
    change: Literal["revoke_registration"]
    registration_id: RegistrationId
    """Which."""
    executable: Executable


class CreateRegistrationFix(TypedDict):
    application_id: ApplicationId
    """Of which application."""
    change: Literal["create_registration"]
    resource_id: ResourceId
    """For what."""
    executable: Executable


class DeleteRegistrationFix(TypedDict):
    change: Literal["delete_registration"]
    registration_id: RegistrationId
    """Which."""
    executable: Executable


class AssignRoleFix(TypedDict):
    entity_id: EntityId
    """What the role is on."""
    entity_region: str
    """The region's code, or `*`."""
    entity_type_name: str
    """The entity's type: always `Services`."""
    role_name: RoleName
    """The role's name."""
    team_id: TeamId
    """The team."""
    change: Literal["assign_role"]
    executable: Executable


class UnassignRoleFix(TypedDict):
    entity_id: EntityId
    """What the role is on."""
    entity_region: str
    """The region's code, or `*`."""
    entity_type_name: str
    """The entity's type: always `Services`."""
    role_name: RoleName
    """The role's name."""
    team_id: TeamId
    """The team."""
    change: Literal["unassign_role"]
    executable: Executable


class AddToTeamFix(TypedDict):
    change: Literal["add_to_team"]
    developer_id: DeveloperId
    """Whom."""
    team_id: TeamId
    """To which team."""
    executable: Executable


class MapGroupFix(TypedDict):
    change: Literal["map_group"]
    developer_id: DeveloperId
    """Whose group."""
    team_id: TeamId
    """To which team."""
    executable: Executable


class RemoveFromTeamFix(TypedDict):
    change: Literal["remove_from_team"]
    developer_id: DeveloperId
    """Whom."""
    team_id: TeamId
    """Of which team."""
    executable: Executable


class CreateTeamFix(TypedDict):
    change: Literal["create_team"]
    developer_id: DeveloperId
    """Its member."""
    entity_id: EntityId
    """What the role is on."""
    entity_region: str
    """The region's code, or `*`."""
    entity_type_name: str
    """The entity's type: always `Services`."""
    role_name: RoleName
    """The role's name."""
    executable: Executable


class PublishResourceFix(TypedDict):
    change: Literal["publish_resource"]
    resource_id: ResourceId
    """Which."""
    executable: Executable


class EnableRegistrationFix(TypedDict):
    change: Literal["enable_registration"]
    resource_id: ResourceId
    """Which."""
    executable: Executable


class RenewCredentialFix(TypedDict):
    application_id: ApplicationId
    """Of which application."""
    change: Literal["renew_credential"]
    executable: Executable


Fix: TypeAlias = "Union[ApproveDeveloperFix, RejectDeveloperFix, RevokeDeveloperFix, DeleteDeveloperFix, ApproveApplicationFix, RejectApplicationFix, RevokeApplicationFix, DeleteApplicationFix, ApproveRegistrationFix, RejectRegistrationFix, RevokeRegistrationFix, CreateRegistrationFix, DeleteRegistrationFix, AssignRoleFix, UnassignRoleFix, AddToTeamFix, MapGroupFix, RemoveFromTeamFix, CreateTeamFix, PublishResourceFix, EnableRegistrationFix, RenewCredentialFix]"
"""A change that is part of a remedy, and who can make it."""


class FollowUp(TypedDict):
    """A row of `follow_ups`: one letter."""
    body: str
    """The text."""
    cause: Stage
    """What it is about first."""
    developer_id: Union[DeveloperId, None]
    """The developer it goes to; null for an owner."""
    developer_name: Union[str, None]
    """The developer's name."""
    email: Union[str, None]
    """The address; null if no owner is named."""
    fixes: Union[List[Fix], None]
    """What the letter asks for."""
    items: List[FollowUpItem]
    """What it is about, oldest first."""
    last_contact: Union[Contact, None]
    """When the developer was last written to, and how."""
    mailto: Union[str, None]
    """The link that opens the letter; null if there is no ordinary address, or addresses are hidden."""
    product_id: Union[EntityId, None]
    """The product or API whose owner it goes to; null for a developer."""
    product_name: Union[str, None]
    """Its name."""
    subject: str
    """The subject."""
    teams: List[TeamName]
    """The teams the developer is in."""


class FollowUpItem(TypedDict):
    """One of the things a letter is about."""
    age_hours: Union[int, None]
    """Whole hours since then."""
    application_id: ApplicationId
    """The application."""
    application_name: str
    """Its name."""
    created_at: Union[Timestamp, None]
    """Since when it waits."""
    registration_id: Union[RegistrationId, None]
    """The registration that waits, in a letter to an owner."""
    resource_id: Union[ResourceId, None]
    """What to register for, or what the registration is for."""
    resource_name: Union[str, None]
    """Its name."""
    stage: Stage
    """How far the application got."""


class FunnelRow(TypedDict):
    """A row of `funnel`."""
    developers: Union[int, None]
    """How many developers took it and all before; null where the portal has no such step."""
    lost: Union[int, None]
    """How many took the step before, but not this one."""
    of_first: Union[float, None]
    """Their part of those who signed up, from 0 to 1."""
    of_previous: Union[float, None]
    """Their part of those who took the step before, from 0 to 1."""
    step: FunnelStep
    """The step."""


FunnelStep: TypeAlias = Literal["signed_up", "approved", "in_team", "may_consume", "has_application", "registered", "approved_registration"]
"""A step on the way to a working application."""


class Held(TypedDict):
    """Why a subject is left to people."""
    code: str
    """A stable code in `snake_case`."""
    message: str
    """What is the matter: lower case, no full stop, outside text in backticks."""


class BeginJournalEntry(TypedDict):
    api: str
    """`v2` or `v3`."""
    at: str
    """When."""
    entry: Literal["begin"]
    format: str
    """Always `gatepass.journal/1`."""
    plan: str
    """What identifies the plan."""
    portal_id: str
    """The portal's id."""


class CheckedJournalEntry(TypedDict):
    at: str
    """When."""
    before: object
    """What was there."""
    developer_id: Union[DeveloperId, None]
    """Whom it is about."""
    entry: Literal["checked"]
    subject: int
    """Which subject."""


class SendingJournalEntry(TypedDict):
    at: str
    """When."""
    before: object
    """What was there."""
    body: object
    """The body."""
    change: int
    """Which change."""
    entry: Literal["sending"]
    method: str
    """The method."""
    path: str
    """The path."""
    subject: int
    """Which subject."""


class DoneJournalEntry(TypedDict):
    after: object
    """What is there now, as far as the API said."""
    at: str
    """When."""
    change: int
    """Which change."""
    entry: Literal["done"]
    made: Made
    """By whom."""
    subject: int
    """Which subject."""
    what: object
    """The change itself."""


class LeftJournalEntry(TypedDict):
    change: int
    """Which change."""
    entry: Literal["left"]
    executable: str
    """Who can make it."""
    place: str
    """Where."""
    subject: int
    """Which subject."""
    what: object
    """The change itself."""


class FailedJournalEntry(TypedDict):
    at: str
    """When."""
    change: int
    """Which change."""
    entry: Literal["failed"]
    error: str
    """One line."""
    subject: int
    """Which subject."""


class MovedJournalEntry(TypedDict):
    at: str
    """When."""
    entry: Literal["moved"]
    error: str
    """One line."""
    subject: int
    """Which subject."""


JournalEntry: TypeAlias = "Union[BeginJournalEntry, CheckedJournalEntry, SendingJournalEntry, DoneJournalEntry, LeftJournalEntry, FailedJournalEntry, MovedJournalEntry]"
"""One line of the journal. Subjects and changes are named by their positions in the plan, from 0."""


class KonnectRequest(TypedDict):
    """A request, for the host to send with the base URL, the token and `Accept: application/json`."""
    body: Union[str, None]
    id: int
    idempotent: bool
    method: str
    path: str


Made: TypeAlias = Literal["now", "already"]
"""Who made a change."""


class MissingPermission(TypedDict):
    """A row of `needs_consume_permission`: a developer, or a team that owns applications itself."""
    applications: List[ApplicationName]
    """Their applications without an approved registration."""
    cause: PermissionCause
    """Why."""
    developer_id: Union[DeveloperId, None]
    """Who; null for a team."""
    developer_name: Union[str, None]
    """The developer's name."""
    email: Union[str, None]
    """The developer's e-mail address."""
    fixes: Union[List[Fix], None]
    """A smallest set of changes that gives API Consumer on a published resource; null if none can."""
    resource: Union[ResourceName, None]
    """What the fixes give API Consumer on."""
    team_id: Union[TeamId, None]
    """The team that owns the applications; null for a developer."""
    team_name: Union[str, None]
    """The owning team's name."""
    teams: List[TeamName]
    """The teams whose roles count."""


NextStep: TypeAlias = Literal["sign_in", "create_application", "register", "use_other_application", "call_the_api", "wait_for_approval", "ask_for_access", "ask_to_open_registration", "ask_to_publish", "ask_for_review", "report_problem"]
"""What to do next."""


class Notice(TypedDict):
    """Something worth a look."""
    code: str
    message: str


class Opened(TypedDict):
    """A portal that was opened, as hosts see it."""
    api: Api
    as_of: Timestamp
    completeness: Completeness
    handle: int
    portal_id: PortalId
    portal_name: str
    problem_count: int
    problems: List[Problem]
    region: Union[Region, None]
    sha256: Union[str, None]
    """The SHA-256 of the file in hexadecimal digits, if it was asked for."""


OutcomeWord: TypeAlias = Literal["done", "failed", "moved", "not_tried"]
"""How a subject ended."""


class OutlineLine(TypedDict):
    """One change of a plan, as a dry run lists it."""
    developer_id: Union[DeveloperId, None]
    """Whom it is about."""
    executable: Executable
    """Who can make it."""
    place: Union[str, None]
    """Where to make it, if no API does."""
    request: Union[str, None]
    """The first request that would be sent, if nothing stands there yet: method, path and body. Of a role
    to be removed, `{roleId}` stands for what only the API knows.
    """
    subject: int
    """Position of the subject."""
    what: object
    """The change."""


class PartialList(TypedDict):
    """A list that is not whole."""
    items: int
    list: str
    reason: str
    total: Union[int, None]


class PendingApproval(TypedDict):
    """A row of `pending_approvals`."""
    age_hours: Union[int, None]
    """Whole hours since then."""
    application_id: Union[ApplicationId, None]
    """The application that waits, or whose registration does."""
    application_name: Union[str, None]
    """Its name."""
    blockers: List[Reason]
    """For a registration: what would still deny the application's calls after it is approved."""
    created_at: Union[Timestamp, None]
    """Since when; null if nothing says so."""
    developer_id: Union[DeveloperId, None]
    """The developer who waits, or who owns what waits."""
    developer_name: Union[str, None]
    """The developer's name."""
    email: Union[str, None]
    """The developer's e-mail address."""
    fixes: Union[List[Fix], None]
    """The approval."""
    kind: PendingKind
    """What waits."""
    registration_id: Union[RegistrationId, None]
    """The registration, if it is one."""
    resource_id: Union[ResourceId, None]
    """What the registration is for."""
    resource_name: Union[str, None]
    """Its name; null for a resource that is elsewhere."""
    team_id: Union[TeamId, None]
    """The team that owns the application."""
    team_name: Union[str, None]
    """The owning team's name."""


PendingKind: TypeAlias = Literal["developer", "application", "registration"]
"""What waits."""


PermissionCause: TypeAlias = Literal["no_team", "team_without_roles", "viewer_only", "other_region", "no_published_resource", "no_matching_role"]
"""Why an owner has API Consumer on nothing published: the first that fits."""


class Plan(TypedDict):
    """What is to be changed in one portal, subject by subject."""
    api: Union[Api, None]
    format: Literal["gatepass.plan/1"]
    """The format."""
    portal_id: PortalId
    profile: Profile
    region: Union[Region, None]
    snapshot_sha256: Union[str, None]
    """The SHA-256 of the snapshot file that the plan was made from."""
    subjects: List[Subject]


class ApproveDeveloperPlannedChange(TypedDict):
    change: Literal["approve_developer"]
    developer_id: DeveloperId
    """Who."""
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class RejectDeveloperPlannedChange(TypedDict):
    change: Literal["reject_developer"]
    developer_id: DeveloperId
    """Who."""
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class RevokeDeveloperPlannedChange(TypedDict):
    change: Literal["revoke_developer"]
    developer_id: DeveloperId
    """Who."""
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class DeleteDeveloperPlannedChange(TypedDict):
    change: Literal["delete_developer"]
    developer_id: DeveloperId
    """Who."""
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class ApproveApplicationPlannedChange(TypedDict):
    application_id: ApplicationId
    """Which."""
    change: Literal["approve_application"]
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class RejectApplicationPlannedChange(TypedDict):
    application_id: ApplicationId
    """Which."""
    change: Literal["reject_application"]
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class RevokeApplicationPlannedChange(TypedDict):
    application_id: ApplicationId
    """Which."""
    change: Literal["revoke_application"]
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class DeleteApplicationPlannedChange(TypedDict):
    application_id: ApplicationId
    """Which."""
    change: Literal["delete_application"]
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class ApproveRegistrationPlannedChange(TypedDict):
    change: Literal["approve_registration"]
    registration_id: RegistrationId
    """Which."""
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class RejectRegistrationPlannedChange(TypedDict):
    change: Literal["reject_registration"]
    registration_id: RegistrationId
    """Which."""
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class RevokeRegistrationPlannedChange(TypedDict):
    change: Literal["revoke_registration"]
    registration_id: RegistrationId
    """Which."""
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class CreateRegistrationPlannedChange(TypedDict):
    application_id: ApplicationId
    """Of which application."""
    change: Literal["create_registration"]
    resource_id: ResourceId
    """For what."""
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class DeleteRegistrationPlannedChange(TypedDict):
    change: Literal["delete_registration"]
    registration_id: RegistrationId
    """Which."""
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class AssignRolePlannedChange(TypedDict):
    entity_id: EntityId
    """What the role is on."""
    entity_region: str
    """The region's code, or `*`."""
    entity_type_name: str
    """The entity's type: always `Services`."""
    role_name: RoleName
    """The role's name."""
    team_id: TeamId
    """The team."""
    change: Literal["assign_role"]
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class UnassignRolePlannedChange(TypedDict):
    entity_id: EntityId
    """What the role is on."""
    entity_region: str
    """The region's code, or `*`."""
    entity_type_name: str
    """The entity's type: always `Services`."""
    role_name: RoleName
    """The role's name."""
    team_id: TeamId
    """The team."""
    change: Literal["unassign_role"]
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class AddToTeamPlannedChange(TypedDict):
    change: Literal["add_to_team"]
    developer_id: DeveloperId
    """Whom."""
    team_id: TeamId
    """To which team."""
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class MapGroupPlannedChange(TypedDict):
    change: Literal["map_group"]
    developer_id: DeveloperId
    """Whose group."""
    team_id: TeamId
    """To which team."""
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class RemoveFromTeamPlannedChange(TypedDict):
    change: Literal["remove_from_team"]
    developer_id: DeveloperId
    """Whom."""
    team_id: TeamId
    """Of which team."""
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class CreateTeamPlannedChange(TypedDict):
    change: Literal["create_team"]
    developer_id: DeveloperId
    """Its member."""
    entity_id: EntityId
    """What the role is on."""
    entity_region: str
    """The region's code, or `*`."""
    entity_type_name: str
    """The entity's type: always `Services`."""
    role_name: RoleName
    """The role's name."""
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class PublishResourcePlannedChange(TypedDict):
    change: Literal["publish_resource"]
    resource_id: ResourceId
    """Which."""
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class EnableRegistrationPlannedChange(TypedDict):
    change: Literal["enable_registration"]
    resource_id: ResourceId
    """Which."""
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """Of a registration: its application, which is part of its path. Found in the portal's list if absent."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


class RenewCredentialPlannedChange(TypedDict):
    application_id: ApplicationId
    """Of which application."""
    change: Literal["renew_credential"]
    api_package: NotRequired[bool]
    """Of a v3 resource: whether it is an API package; APIs and packages are published under different paths."""
    group: NotRequired[Union[str, None]]
    """Of `map_group`: the identity provider's group, which Konnect does not tell."""
    seen: NotRequired[Union[str, None]]
    """Of a registration: its status when the plan was made."""
    team_name: NotRequired[Union[str, None]]
    """Of `create_team`: the team's name. By default it says what role the team has on what."""


PlannedChange: TypeAlias = "Union[ApproveDeveloperPlannedChange, RejectDeveloperPlannedChange, RevokeDeveloperPlannedChange, DeleteDeveloperPlannedChange, ApproveApplicationPlannedChange, RejectApplicationPlannedChange, RevokeApplicationPlannedChange, DeleteApplicationPlannedChange, ApproveRegistrationPlannedChange, RejectRegistrationPlannedChange, RevokeRegistrationPlannedChange, CreateRegistrationPlannedChange, DeleteRegistrationPlannedChange, AssignRolePlannedChange, UnassignRolePlannedChange, AddToTeamPlannedChange, MapGroupPlannedChange, RemoveFromTeamPlannedChange, CreateTeamPlannedChange, PublishResourcePlannedChange, EnableRegistrationPlannedChange, RenewCredentialPlannedChange]"
"""A change of a plan, and what carrying it out needs to know besides."""


Policy: TypeAlias = Literal["strict", "konnect"]
"""Which lines of the table `consume` checks."""


class PortalAccess(TypedDict):
    """What a developer may do with a resource. Every member is always present on the wire."""
    assumptions: List[PortalAssumption]
    """What was taken for granted."""
    call: PortalVerdict
    """May the application call it?"""
    register: PortalVerdict
    """May they register the application for it?"""
    view: PortalVerdict
    """May they see it?"""


PortalAssumption: TypeAlias = Literal["actions_unknown"]
"""Something the answer takes for granted."""


class PortalDiff(TypedDict):
    """The whole as one JSON document. Its rows are made while it is written. Every member is always present."""
    after: DiffSide
    """With what."""
    applications: int
    """How many applications were compared, on either side."""
    assumptions: List[Assumption]
    """What was taken for granted."""
    before: DiffSide
    """What was compared."""
    by_reason: List[ReasonCounts]
    """By the reasons before and after."""
    by_resource: List[ResourceCounts]
    """By resource."""
    by_team: List[TeamCounts]
    """By the teams behind the application."""
    completeness: Completeness
    """The worse of both sides."""
    counts: DiffCounts
    """How many pairs differ."""
    format: str
    """[`DIFF_FORMAT`]."""
    resources: int
    """How many resources were compared, on either side."""
    rows: List[DiffRow]
    """The rows of these differences."""


PortalId: TypeAlias = "str"
"""The id of a Dev Portal."""


class PortalVerdict(TypedDict):
    """May they, and if not: why, and what next. Every member is always present on the wire."""
    allowed: bool
    """Whether it is allowed."""
    blockers: List[Reason]
    """All reasons of a denial, in listing order."""
    code: Union[Reason, None]
    """The first reason of a denial: a stable code."""
    message: str
    """One English sentence: lower case, no full stop, names in backticks."""
    next_step: Union[SuggestedStep, None]
    """What to do about a denial; null if nobody can do anything, or if nothing is denied."""
    params: Dict[str, str]
    """The names in the message, for translations."""
    registration_outcome: Union[RegistrationOutcome, None]
    """For an allowed `register`: what happens to the registration, if the resource says so."""
    warnings: List[Warning]
    """What to know about something allowed."""


class Problem(TypedDict):
    """One thing that is wrong with an input."""
    code: str
    """A stable code in `snake_case`."""
    message: str
    """What: lower case, no full stop, outside text in backticks."""
    path: str
    """Where: a JSON pointer (RFC 6901); empty for the whole input."""
    remedy: str
    """What to do about it."""
    severity: Severity
    """How much it matters."""


Profile: TypeAlias = Literal["konnect-api", "konnect-2022", "gateway-2.8", "dev-portal"]
"""Which transitions of a status a plan may use: the generations of Kong's documentation do not agree."""


class QuestionBody(TypedDict):
    """A question. Which ids are needed depends on the action."""
    action: NotRequired[Union[Action, None]]
    """What is wanted; `consume` if left out."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """The application: for `consume`, `register` and `create_credential`."""
    developer_id: NotRequired[Union[DeveloperId, None]]
    """The developer who asks; for `register` and `create_credential` the owner if left out, for `view` nobody."""
    policy: NotRequired[Union[Policy, None]]
    """Which lines of the table `consume` checks; `strict` if left out."""
    resource_id: NotRequired[Union[ResourceId, None]]
    """The resource: for `consume`, `register` and `view`."""


class QuestionErrorAnswer(TypedDict):
    """Why one of many questions has no decision."""
    error: QuestionRefusal


class QuestionRefusal(TypedDict):
    """Why something is no question."""
    code: str
    message: str
    path: str


ReadinessCause: TypeAlias = Literal["no_viewer", "no_consumer", "no_approved_member"]
"""What a team lacks: the first that fits."""


Reason: TypeAlias = Literal["bundle_stale", "resource_unknown", "resource_unrecognized", "portal_public", "credential_missing", "credential_ambiguous", "credential_unknown", "credential_unrecognized", "credential_revoked", "credential_expired", "application_unknown", "application_pending", "application_rejected", "application_revoked", "application_unrecognized", "owner_unknown", "developer_pending", "developer_rejected", "developer_revoked", "developer_unrecognized", "not_team_member", "resource_unpublished", "registration_disabled", "strategy_mismatch", "registration_missing", "registration_pending", "registration_rejected", "registration_revoked", "registration_unrecognized", "role_missing", "role_viewer_only", "registration_exists"]
"""Why something was denied: a stable code."""


class ReasonCounts(TypedDict):
    """How many pairs went from one reason to another; null is allowed."""
    change: Difference
    """How they differ."""
    pairs: int
    """How many."""
    reason_after: Union[Reason, None]
    """Why they are denied; null if they are allowed."""
    reason_before: Union[Reason, None]
    """Why they were denied; null if they were allowed."""


class ReasonEntry(TypedDict):
    """A reason."""
    code: Reason
    http_status: int
    summary: str


class Refusal(TypedDict):
    """Why a call was refused: on the wire `{"code", "message", "path", "problems", "problem_count"}`."""
    code: str
    message: str
    path: str
    problem_count: int
    problems: List[Problem]


Region: TypeAlias = Literal["au", "eu", "in", "me", "sg", "us"]
"""A region of Konnect."""


class RegistrationCounts(TypedDict):
    """Registrations by status: all of them, counted one by one."""
    approved: int
    """Approved."""
    pending: int
    """Waiting for approval."""
    rejected: int
    """Rejected."""
    revoked: int
    """Revoked."""
    unrecognized: int
    """With a status nobody knows."""


class RegistrationEntry(TypedDict):
    """A registration."""
    application_id: Union[ApplicationId, None]
    id: RegistrationId
    resource_id: Union[ResourceId, None]
    status: str


RegistrationId: TypeAlias = "str"
"""The id of an application's registration for a resource."""


class RegistrationOf(TypedDict):
    """A registration in a row."""
    registration_id: RegistrationId
    """The id."""
    resource_id: ResourceId
    """What it is for."""
    resource_name: Union[str, None]
    """Its name; null for a resource that is elsewhere."""
    status: Status
    """The status, as Konnect's word; `unrecognized` if it is none."""


RegistrationOutcome: TypeAlias = Literal["approved", "pending"]
"""What happens to a registration that is asked for."""


class Report(TypedDict):
    """A report. Every member is always present on the wire."""
    as_of: Timestamp
    """When the crawl that wrote the snapshot began."""
    assumptions: List[ReportAssumption]
    """What was taken for granted."""
    completeness: Completeness
    """How much of the portal the snapshot is known to hold."""
    format: str
    """[`REPORT_FORMAT`]."""
    now: Timestamp
    """The time it is about."""
    parameters: EchoedParameters
    """What it was asked with."""
    report: ReportName
    """Which report."""
    rows: Rows
    """The rows."""


ReportAssumption: TypeAlias = Literal["rbac_disabled", "entity_wildcard", "age_unknown"]
"""Something a report takes for granted, or does without."""


class ReportBody(TypedDict):
    """What a report is asked with; the rest is named as the options of `gatepass report`."""
    audience: NotRequired[Union[Audience, None]]
    """`follow_ups`: whom to write to."""
    cadence: NotRequired[Union[Dict[str, Span], None]]
    """`follow_ups`: how often members of a team are written to at most."""
    contacts: NotRequired[Union[List[Contact], None]]
    """`follow_ups`: who was written to."""
    default_cadence: NotRequired[Union[Span, None]]
    """`follow_ups`: how often everybody else is written to at most."""
    include_without_application: NotRequired[Union[bool, None]]
    """`needs_consume_permission`: also developers who own no application."""
    now: str
    """The time the report is about; ages are counted up to it."""
    older_than: NotRequired[Union[Span, None]]
    """How old an application must be before its developer counts as blocked; `48h` if left out."""
    owners: NotRequired[Union[Dict[str, str], None]]
    """`follow_ups`: who owns a product or API: from its name or id to an e-mail address."""
    redact: NotRequired[Union[bool, None]]
    """Hide names behind made-up ones."""
    report: Literal["needs_consume_permission", "blocked_developers", "stale_access", "pending_approvals", "team_readiness", "developers", "funnel", "access_matrix", "follow_ups"]
    """Which report."""
    search: NotRequired[Union[str, None]]
    """`developers`: only those with this text in name, e-mail address or id."""
    sort: NotRequired[Union[Sort, None]]
    """`developers`: their order."""
    status: NotRequired[Union[DeveloperStatusWord, None]]
    """`developers`: only those with this status."""
    team: NotRequired[Union[TeamChoice, None]]
    """Only what belongs to these teams."""


ReportName: TypeAlias = Literal["needs_consume_permission", "blocked_developers", "stale_access", "pending_approvals", "team_readiness", "developers", "funnel", "access_matrix", "follow_ups"]
"""The reports."""


class ReportRowTypes(TypedDict):
    """The row of each report, by the report's name."""
    access_matrix: AccessCell
    blocked_developers: BlockedApplication
    developers: DeveloperRow
    follow_ups: FollowUp
    funnel: FunnelRow
    needs_consume_permission: MissingPermission
    pending_approvals: PendingApproval
    stale_access: StaleAccess
    team_readiness: TeamReadiness


class RequestTypeEntry(TypedDict):
    """A kind of request."""
    about: str
    """What it is, in a few words."""
    name: str
    """What `gatepass check --type` calls it."""


class ResourceCounts(TypedDict):
    """How many pairs of a resource differ."""
    gained: int
    """Denied before, allowed after."""
    lost: int
    """Allowed before, denied after."""
    reason_changed: int
    """Denied before and after, for another first reason."""
    resource_id: ResourceId
    """The resource."""
    resource_name: str
    """Its name."""


class ResourceEntry(TypedDict):
    """A resource."""
    deprecated: bool
    entity_id: Union[EntityId, None]
    id: ResourceId
    kind: str
    name: str
    registration_enabled: bool
    status: str


ResourceId: TypeAlias = "str"
"""The id of what an application registers for: a product version (v2), an API or an API package (v3)."""


class ResourceName(TypedDict):
    """A resource in a row."""
    resource_id: ResourceId
    """The id."""
    resource_name: str
    """The name, with the version."""


class RoleAssignment(TypedDict):
    """A role of a team on an entity, as Konnect's assigned-roles API takes it."""
    entity_id: EntityId
    """What the role is on."""
    entity_region: str
    """The region's code, or `*`."""
    entity_type_name: str
    """The entity's type: always `Services`."""
    role_name: RoleName
    """The role's name."""
    team_id: TeamId
    """The team."""


RoleName: TypeAlias = Literal["API Viewer", "API Consumer"]
"""The names of Konnect's two portal roles."""


RoleWord: TypeAlias = Literal["none", "viewer", "consumer"]
"""A role as a word."""


Rows: TypeAlias = "Union[List[MissingPermission], List[BlockedApplication], List[StaleAccess], List[PendingApproval], List[TeamReadiness], List[DeveloperRow], List[FunnelRow], List[AccessCell], List[FollowUp]]"
"""The rows of a report: one type each."""


Severity: TypeAlias = Literal["error", "record", "warning"]
"""How much a problem matters."""


Sort: TypeAlias = Literal["created_at", "-created_at", "updated_at", "-updated_at", "email", "-email", "name", "-name", "status", "-status"]
"""A sort key; with `-` before it the other way round."""


Span: TypeAlias = "str"
"""A span of time: `48h`, `7d`, `30m`, `45s`."""


Stage: TypeAlias = Literal["waiting_for_approval", "rejected_or_revoked", "nothing_to_register_for", "never_registered"]
"""How far the application got: the first that fits."""


class StaleAccess(TypedDict):
    """A row of `stale_access`."""
    application_id: Union[ApplicationId, None]
    """The application."""
    application_name: Union[str, None]
    """Its name."""
    blockers: List[Reason]
    """For a registration: all its blockers."""
    detail: str
    """In words: what is the matter, lower case, no full stop."""
    developer_id: Union[DeveloperId, None]
    """Who owns the application, or, for a team's credential, who was revoked."""
    developer_name: Union[str, None]
    """The developer's name."""
    email: Union[str, None]
    """The developer's e-mail address."""
    fixes: Union[List[Fix], None]
    """What ends the access; null if no listed change does."""
    kind: StaleKind
    """How."""
    reason: Union[Reason, None]
    """For a registration: the reason of the strict decision."""
    registration_id: Union[RegistrationId, None]
    """The registration; of several for one pair the first by id."""
    resource_id: Union[ResourceId, None]
    """The resource."""
    resource_name: Union[str, None]
    """Its name."""
    restore: Union[List[Fix], None]
    """For a registration: what makes the access good instead, as the strict decision says."""
    since: Union[Timestamp, None]
    """For a team's credential: when the member last changed, which a revocation does."""
    team_id: Union[TeamId, None]
    """The team that owns the application."""
    team_name: Union[str, None]
    """The owning team's name."""


StaleKind: TypeAlias = Literal["registration", "team_credential", "resource_open"]
"""How access is stale."""


Status: TypeAlias = Literal["approved", "pending", "rejected", "revoked", "unrecognized"]
"""The status of a developer or a registration: Konnect's word, or `unrecognized`."""


class StatusPlanBody(TypedDict):
    """Which subject is to be brought to which status: one of the ids is needed."""
    application_id: NotRequired[Union[ApplicationId, None]]
    """The application."""
    developer_id: NotRequired[Union[DeveloperId, None]]
    """The developer."""
    keep_registrations: NotRequired[Union[bool, None]]
    """Leave the registrations of a developer who is rejected or revoked as they are."""
    profile: NotRequired[Union[Profile, None]]
    """Whose rules hold; those of the API that the snapshot was read from if left out."""
    registration_id: NotRequired[Union[RegistrationId, None]]
    """The registration."""
    to: Literal["approved", "rejected", "revoked"]
    """The status wanted."""


class Subject(TypedDict):
    """One subject of a plan: changes that belong together, in their order."""
    changes: List[PlannedChange]
    """What to change."""
    developer_id: Union[DeveloperId, None]
    """Whom it is about, if it is about a developer."""
    held: Union[Held, None]
    """Why it is left to people, if it is. Nothing is changed then."""
    rule: Union[str, None]
    """Why it is in the plan: the rule that applies, such as the trusted domain."""
    seen: Union[str, None]
    """The developer's status when the plan was made. Without it nothing is compared."""


class SubjectOutcome(TypedDict):
    """What became of one subject."""
    developer_id: Union[DeveloperId, None]
    message: Union[str, None]
    """Why it is not done."""
    outcome: OutcomeWord


class SuggestedStep(TypedDict):
    """What to do about a denial."""
    code: NextStep
    """What: a stable code."""
    message: str
    """One English sentence for the developer: lower case, no full stop."""
    who: Who
    """Who must act."""


TeamChoice: TypeAlias = "Union[str, List[str]]"
"""A team, or some, each by name or id."""


class TeamCounts(TypedDict):
    """How many pairs of a team's applications differ."""
    gained: int
    """Denied before, allowed after."""
    lost: int
    """Allowed before, denied after."""
    reason_changed: int
    """Denied before and after, for another first reason."""
    team_id: Union[TeamId, None]
    """The team; null for applications that no team is behind."""
    team_name: Union[str, None]
    """Its name."""


class TeamEntry(TypedDict):
    """A team."""
    id: TeamId
    name: str


TeamId: TypeAlias = "str"
"""The id of a team of the portal."""


class TeamName(TypedDict):
    """A team in a row."""
    team_id: TeamId
    """The id."""
    team_name: str
    """The name."""


class TeamReadiness(TypedDict):
    """A row of `team_readiness`."""
    approved_members: int
    """How many of them are approved."""
    cause: ReadinessCause
    """What it lacks first."""
    causes: List[ReadinessCause]
    """Everything it lacks."""
    fixes: Union[List[Fix], None]
    """What cures the first cause; null if no listed change does."""
    groups: List[str]
    """The identity provider's groups that are mapped to it."""
    members: int
    """How many are in it."""
    resource: Union[ResourceName, None]
    """What the fixes give API Consumer on."""
    role_assignments: int
    """How many role assignments it has, those that mean nothing included."""
    team_id: TeamId
    """The team."""
    team_name: str
    """Its name."""


Timestamp: TypeAlias = "str"
"""A point in time, as RFC 3339 in UTC."""


Verdict: TypeAlias = Literal["allow", "deny"]
"""Allow or deny."""


class Version(TypedDict):
    """What this is."""
    abi: int
    report_format: str
    snapshot_format: str
    version: str


Warning: TypeAlias = Literal["resource_deprecated"]
"""Something to know about an allowed question."""


Who: TypeAlias = Literal["developer", "admin"]
"""Who must act."""
