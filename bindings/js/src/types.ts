// Generated from the Rust types by `cargo xtask schema`; do not edit.

/** A row of `access_matrix`: one pair. */
export interface AccessCell {
  /** Whether it comes only from a role on everything (`*`). */
  by_wildcard: boolean;
  /** Whether the resource is published. */
  published: boolean;
  /** The resource. */
  resource_id: ResourceId;
  /** Its name. */
  resource_name: string;
  /** The best role the team has on it. */
  role: RoleWord;
  /** The team. */
  team_id: TeamId;
  /** Its name. */
  team_name: string;
}

/** What somebody wants to do. */
export type Action = "consume" | "register" | "view" | "log_in" | "create_application" | "create_credential";

/** Which API a snapshot was read from. */
export type Api = "v2" | "v3" | "gateway-2.8";

/** The API that a portal is managed through. */
export type ApiWord = "v2" | "v3";

/** An application. */
export interface ApplicationEntry {
  developer_id: DeveloperId | null;
  id: ApplicationId;
  name: string;
  status: string;
  team_id: TeamId | null;
}

/** The id of an application. */
export type ApplicationId = string;

/** An application in a row. */
export interface ApplicationName {
  /** The id. */
  application_id: ApplicationId;
  /** The name, as its developer typed it. */
  application_name: string;
}

/** A plan about to be carried out. */
export interface ApplyBegun {
  handle: number;
  /** What carrying it out would do, change by change. */
  outline: OutlineLine[];
}

/** What to do next. */
export type ApplyStep = {
  entries: JournalEntry[];
  step: "record";
} | {
  request: KonnectRequest;
  step: "send";
} | {
  step: "wait";
  until: Timestamp | null;
} | {
  step: "done";
  summary: ApplySummary;
};

/** What became of a plan. */
export interface ApplySummary {
  /** Changes that were there already. */
  already: number;
  /** Changes made in an earlier run, by the journal. */
  before: number;
  /** Changes left to people. */
  left: number;
  /** Changes made in this run. */
  made: number;
  /** Subject by subject, in the plan's order. */
  subjects: SubjectOutcome[];
  /** Whether every subject is done. */
  success: boolean;
}

/** Something a decision takes for granted that Konnect does not document. */
export type Assumption = "entity_wildcard";

/** Whom `follow_ups` writes to. */
export type Audience = "developers" | "owners";

/** A row of `blocked_developers`. */
export interface BlockedApplication {
  /** What the fixes allow: `consume`, or `register` where nothing is open for registration. */
  action: Action;
  /** Whole hours since then. */
  age_hours: number | null;
  /** The application. */
  application_id: ApplicationId;
  /** Its name. */
  application_name: string;
  /** When it was created; null if nothing says so. */
  created_at: Timestamp | null;
  /** Who owns it; null for a team. */
  developer_id: DeveloperId | null;
  /** The developer's name. */
  developer_name: string | null;
  /** The developer's e-mail address. */
  email: string | null;
  /** The fixes of the decision on this action, application and resource. */
  fixes: Fix[] | null;
  /** All its registrations. */
  registrations: RegistrationOf[];
  /** With what they allow it. */
  resource: ResourceName | null;
  /** How far it got. */
  stage: Stage;
  /** The team that owns it; null for a developer. */
  team_id: TeamId | null;
  /** The owning team's name. */
  team_name: string | null;
  /** The teams whose roles count. */
  teams: TeamName[];
}

/** What a bundle is asked with. */
export interface BundleBody {
  /** By which policy the gateway decides; `strict` if left out. */
  policy?: Policy | null;
}

/** How fresh a bundle is. */
export interface BundleTimestamp {
  /** When the crawl that wrote the snapshot began. */
  as_of: Timestamp;
  /** The name of the bundle's contents: the SHA-256 of its manifest in hexadecimal digits. */
  content_digest: string;
  /** As it stands in the header `Gatepass-Bundle-Timestamp` and in the file beside the bundle. */
  timestamp: string;
}

/** What a bundle's timestamp is asked with. */
export interface BundleTimestampBody {
  /** Which gateways it is for. */
  audience: string;
  /** By which policy the gateway decides; `strict` if left out. */
  policy?: Policy | null;
}

/** Every sentence that decisions and portal views use. */
export interface Catalogue {
  /** By action: what is said when it is allowed. */
  allowed: CatalogueEntry[];
  /** By reason: what is said when something is denied. */
  denied: CatalogueEntry[];
  /** By next step. */
  next_steps: CatalogueEntry[];
  /** By action: what is said instead of the reason when nobody is signed in. */
  signed_out: CatalogueEntry[];
}

/** A sentence and its code. */
export interface CatalogueEntry {
  /** The code: an action that is allowed, a reason, or a next step. */
  code: string;
  /** The sentence, with `{application}`, `{developer}`, `{team}` and `{resource}` for names. */
  text: string;
}

/** A change to a portal. On the wire `{"change": "approve_registration", "registration_id": "…"}`. */
export type Change = {
  change: "approve_developer";
  /** Who. */
  developer_id: DeveloperId;
} | {
  change: "reject_developer";
  /** Who. */
  developer_id: DeveloperId;
} | {
  change: "revoke_developer";
  /** Who. */
  developer_id: DeveloperId;
} | {
  change: "delete_developer";
  /** Who. */
  developer_id: DeveloperId;
} | {
  /** Which. */
  application_id: ApplicationId;
  change: "approve_application";
} | {
  /** Which. */
  application_id: ApplicationId;
  change: "reject_application";
} | {
  /** Which. */
  application_id: ApplicationId;
  change: "revoke_application";
} | {
  /** Which. */
  application_id: ApplicationId;
  change: "delete_application";
} | {
  change: "approve_registration";
  /** Which. */
  registration_id: RegistrationId;
} | {
  change: "reject_registration";
  /** Which. */
  registration_id: RegistrationId;
} | {
  change: "revoke_registration";
  /** Which. */
  registration_id: RegistrationId;
} | {
  /** Of which application. */
  application_id: ApplicationId;
  change: "create_registration";
  /** For what. */
  resource_id: ResourceId;
} | {
  change: "delete_registration";
  /** Which. */
  registration_id: RegistrationId;
} | RoleAssignment & {
  change: "assign_role";
} | RoleAssignment & {
  change: "unassign_role";
} | {
  change: "add_to_team";
  /** Whom. */
  developer_id: DeveloperId;
  /** To which team. */
  team_id: TeamId;
} | {
  change: "map_group";
  /** Whose group. */
  developer_id: DeveloperId;
  /** To which team. */
  team_id: TeamId;
} | {
  change: "remove_from_team";
  /** Whom. */
  developer_id: DeveloperId;
  /** Of which team. */
  team_id: TeamId;
} | {
  change: "create_team";
  /** Its member. */
  developer_id: DeveloperId;
  /** What the role is on. */
  entity_id: EntityId;
  /** The region's code, or `*`. */
  entity_region: string;
  /** The entity's type: always `Services`. */
  entity_type_name: string;
  /** The role's name. */
  role_name: RoleName;
} | {
  change: "publish_resource";
  /** Which. */
  resource_id: ResourceId;
} | {
  change: "enable_registration";
  /** Which. */
  resource_id: ResourceId;
} | {
  /** Of which application. */
  application_id: ApplicationId;
  change: "renew_credential";
};

/** What a check of a request found. */
export interface CheckedRequest {
  /** Whether it can be sent: no problem has severity `error`. */
  fits: boolean;
  /** The form that it was compared with, in words; null if there is none. */
  form: string | null;
  /** How many problems there are in all. */
  problem_count: number;
  /** What is wrong, gravest first; at most 100. */
  problems: Problem[];
}

/** How much of the portal a snapshot is known to hold. */
export type Completeness = "complete" | "unverified" | "partial";

/** That somebody was written to. */
export interface Contact {
  /** When. */
  at: Timestamp;
  /** How: `mail`, `slack`, whatever the log says. */
  channel: string;
  /** Who. */
  developer_id: DeveloperId;
}

/** What is in a portal, as ids and names. */
export interface Contents {
  applications: ApplicationEntry[];
  developers: DeveloperEntry[];
  registrations: RegistrationEntry[];
  resources: ResourceEntry[];
  teams: TeamEntry[];
}

/** What an export is begun with: one of `portal_id` and `portal_name` is needed. */
export interface CrawlBody {
  /** Go on when a list cannot be read, and mark it partial. */
  allow_partial?: boolean | null;
  /** Through which API; `v3` if left out. */
  api?: ApiWord | null;
  /** How many objects to ask for at once; 100 if left out. */
  page_size?: number | null;
  /** The portal's id. */
  portal_id?: PortalId | null;
  /** The portal's name, exactly. */
  portal_name?: string | null;
  /** Replaces names and local parts of e-mail addresses by pseudonyms made with this secret. */
  redact_secret?: string | null;
  /** The portal's region, for the snapshot. */
  region?: Region | null;
}

/** What is worth a look in an export. */
export interface CrawlNotes {
  notices: Notice[];
  partial: PartialList[];
}

/** How far an export is. Totals grow while lists are found. */
export interface CrawlProgress {
  items_done: number;
  items_total: number;
  lists_done: number;
  lists_total: number;
  requests: number;
}

/** What to do next. */
export type CrawlStep = {
  progress: CrawlProgress;
  requests: KonnectRequest[];
  step: "send";
} | {
  progress: CrawlProgress;
  step: "wait";
  until: Timestamp | null;
} | {
  progress: CrawlProgress;
  step: "done";
};

/** A decision and its explanation. Every field is always present on the wire. */
export interface Decision {
  /** What was asked. */
  action: Action;
  /** The application that was asked about. */
  application_id: ApplicationId | null;
  /** When the crawl that wrote the snapshot began. */
  as_of: Timestamp;
  /** What was taken for granted. */
  assumptions: Assumption[];
  /** All reasons of a denial that can be known, in listing order. */
  blockers: Reason[];
  /** How much of the portal the snapshot is known to hold. */
  completeness: Completeness;
  /** Allow or deny. */
  decision: Verdict;
  /** Who asks, or the developer who owns the application. */
  developer_id: DeveloperId | null;
  /** A smallest set of changes after which the same question is allowed; `None` if no listed change helps. */
  fixes: Fix[] | null;
  /** The status with which a gateway answers a denial. */
  http_status: number | null;
  /** One English sentence: lower case, no full stop, names in backticks. */
  message: string;
  /** The names in the message, for translations. */
  params: { [key: string]: string };
  /** Under which policy. */
  policy: Policy;
  /** The first reason of a denial. */
  reason: Reason | null;
  /** The registration that counted. */
  registration_id: RegistrationId | null;
  /** For an allowed `register`: what happens to the registration. */
  registration_outcome: RegistrationOutcome | null;
  /** The resource that was asked about. */
  resource_id: ResourceId | null;
  /** The team that owns the application. */
  team_id: TeamId | null;
  /** What to know about an allowed question. */
  warnings: Warning[];
}

/** The answer to one of many questions: a decision, or why it is no question. */
export type DecisionOrError = Decision | QuestionErrorAnswer;

/** A developer. */
export interface DeveloperEntry {
  email: string;
  id: DeveloperId;
  name: string;
  status: string;
}

/** The id of a developer of the portal. */
export type DeveloperId = string;

/** A row of `developers`. */
export interface DeveloperRow {
  /** The applications they own; not those of their teams. */
  applications: ApplicationName[];
  /** Why they cannot log in; null if they can. */
  cause: Reason | null;
  /** When they signed up. */
  created_at: Timestamp | null;
  /** Who. */
  developer_id: DeveloperId;
  /** The name, as typed at sign-up. */
  developer_name: string;
  /** The e-mail address, as typed at sign-up. */
  email: string;
  /** What lets them log in; `[]` if they can. */
  fixes: Fix[] | null;
  /** The registrations of those applications. */
  registrations: RegistrationCounts;
  /** The status, as Konnect's word; `unrecognized` if it is none. */
  status: Status;
  /** The teams they are in. */
  teams: TeamName[];
  /** When the developer last changed. */
  updated_at: Timestamp | null;
}

/** A status to choose developers by. */
export type DeveloperStatusWord = "approved" | "pending" | "rejected" | "revoked";

/** How many pairs of an application and a resource differ. */
export interface DiffCounts {
  /** Denied before, allowed after. */
  gained: number;
  /** Allowed before, denied after. */
  lost: number;
  /** Denied before and after, for another first reason. */
  reason_changed: number;
}

/**
 * A pair of an application and a resource whose decision differs. Names and owner are as they are after, or, of
 * what is gone, as they were. Every member is always present on the wire.
 */
export interface DiffRow {
  /** The application. */
  application_id: ApplicationId;
  /** Its name. */
  application_name: string;
  /** How it differs. */
  change: Difference;
  /** The developer who owns it. */
  developer_id: DeveloperId | null;
  /** Their name. */
  developer_name: string | null;
  /** Why it is denied; null if it is allowed. */
  reason_after: Reason | null;
  /** Why it was denied; null if it was allowed. */
  reason_before: Reason | null;
  /** The resource. */
  resource_id: ResourceId;
  /** Its name. */
  resource_name: string;
  /** The team that owns it. */
  team_id: TeamId | null;
  /** Its name. */
  team_name: string | null;
}

/** What one side was made of. */
export interface DiffSide {
  /** When the crawl that wrote the snapshot began. */
  as_of: Timestamp;
  /** How much of the portal the snapshot is known to hold. */
  completeness: Completeness;
  /** Under which policy it is decided. */
  policy: Policy;
  /** The portal. */
  portal_id: PortalId;
  /** Whether roles are consulted. */
  rbac_enabled: boolean;
}

/** How a decision differs. */
export type Difference = "gained" | "lost" | "reason_changed";

/** The parameters as a report repeats them: with the snapshot and `now`, all that its bytes depend on. */
export interface EchoedParameters {
  audience: Audience;
  cadence: { [key: string]: Span };
  contacts: number;
  default_cadence: Span;
  include_without_application: boolean;
  older_than: Span;
  owners: { [key: string]: string };
  redact: boolean;
  search: string | null;
  sort: Sort | null;
  status: Status | null;
  teams: string[];
}

/** The domain of an e-mail address. */
export interface EmailDomain {
  /** The domain, in lower case; an internationalized one in its ASCII form. */
  domain: string;
}

/** The id that role assignments name: an API product (v2), an API or an API package (v3). */
export type EntityId = string;

/** Who can carry out a change. */
export type Executable = "v2" | "v3" | "both" | "developer" | "manual";

/** A decision with its text. */
export interface Explanation {
  /** What was asked. */
  action: Action;
  /** The application that was asked about. */
  application_id: ApplicationId | null;
  /** When the crawl that wrote the snapshot began. */
  as_of: Timestamp;
  /** What was taken for granted. */
  assumptions: Assumption[];
  /** All reasons of a denial that can be known, in listing order. */
  blockers: Reason[];
  /** How much of the portal the snapshot is known to hold. */
  completeness: Completeness;
  /** Allow or deny. */
  decision: Verdict;
  /** Who asks, or the developer who owns the application. */
  developer_id: DeveloperId | null;
  /** A smallest set of changes after which the same question is allowed; `None` if no listed change helps. */
  fixes: Fix[] | null;
  /** The status with which a gateway answers a denial. */
  http_status: number | null;
  /** One English sentence: lower case, no full stop, names in backticks. */
  message: string;
  /** The names in the message, for translations. */
  params: { [key: string]: string };
  /** Under which policy. */
  policy: Policy;
  /** The first reason of a denial. */
  reason: Reason | null;
  /** The registration that counted. */
  registration_id: RegistrationId | null;
  /** For an allowed `register`: what happens to the registration. */
  registration_outcome: RegistrationOutcome | null;
  /** The resource that was asked about. */
  resource_id: ResourceId | null;
  /** The team that owns the application. */
  team_id: TeamId | null;
  /** What `gatepass decide` shows at a shell. */
  text: string;
  /** What to know about an allowed question. */
  warnings: Warning[];
}

/** A change that is part of a remedy, and who can make it. */
export type Fix = Change & {
  executable: Executable;
};

/** A row of `follow_ups`: one letter. */
export interface FollowUp {
  /** The text. */
  body: string;
  /** What it is about first. */
  cause: Stage;
  /** The developer it goes to; null for an owner. */
  developer_id: DeveloperId | null;
  /** The developer's name. */
  developer_name: string | null;
  /** The address; null if no owner is named. */
  email: string | null;
  /** What the letter asks for. */
  fixes: Fix[] | null;
  /** What it is about, oldest first. */
  items: FollowUpItem[];
  /** When the developer was last written to, and how. */
  last_contact: Contact | null;
  /** The link that opens the letter; null if there is no ordinary address, or addresses are hidden. */
  mailto: string | null;
  /** The product or API whose owner it goes to; null for a developer. */
  product_id: EntityId | null;
  /** Its name. */
  product_name: string | null;
  /** The subject. */
  subject: string;
  /** The teams the developer is in. */
  teams: TeamName[];
}

/** One of the things a letter is about. */
export interface FollowUpItem {
  /** Whole hours since then. */
  age_hours: number | null;
  /** The application. */
  application_id: ApplicationId;
  /** Its name. */
  application_name: string;
  /** Since when it waits. */
  created_at: Timestamp | null;
  /** The registration that waits, in a letter to an owner. */
  registration_id: RegistrationId | null;
  /** What to register for, or what the registration is for. */
  resource_id: ResourceId | null;
  /** Its name. */
  resource_name: string | null;
  /** How far the application got. */
  stage: Stage;
}

/** A row of `funnel`. */
export interface FunnelRow {
  /** How many developers took it and all before; null where the portal has no such step. */
  developers: number | null;
  /** How many took the step before, but not this one. */
  lost: number | null;
  /** Their part of those who signed up, from 0 to 1. */
  of_first: number | null;
  /** Their part of those who took the step before, from 0 to 1. */
  of_previous: number | null;
  /** The step. */
  step: FunnelStep;
}

/** A step on the way to a working application. */
export type FunnelStep = "signed_up" | "approved" | "in_team" | "may_consume" | "has_application" | "registered" | "approved_registration";

/** Why a subject is left to people. */
export interface Held {
  /** A stable code in `snake_case`. */
  code: string;
  /** What is the matter: lower case, no full stop, outside text in backticks. */
  message: string;
}

/** One line of the journal. Subjects and changes are named by their positions in the plan, from 0. */
export type JournalEntry = {
  /** `v2` or `v3`. */
  api: string;
  /** When. */
  at: string;
  entry: "begin";
  /** Always `gatepass.journal/1`. */
  format: string;
  /** What identifies the plan. */
  plan: string;
  /** The portal's id. */
  portal_id: string;
} | {
  /** When. */
  at: string;
  /** What was there. */
  before: unknown;
  /** Whom it is about. */
  developer_id: DeveloperId | null;
  entry: "checked";
  /** Which subject. */
  subject: number;
} | {
  /** When. */
  at: string;
  /** What was there. */
  before: unknown;
  /** The body. */
  body: unknown;
  /** Which change. */
  change: number;
  entry: "sending";
  /** The method. */
  method: string;
  /** The path. */
  path: string;
  /** Which subject. */
  subject: number;
} | {
  /** What is there now, as far as the API said. */
  after: unknown;
  /** When. */
  at: string;
  /** Which change. */
  change: number;
  entry: "done";
  /** By whom. */
  made: Made;
  /** Which subject. */
  subject: number;
  /** The change itself. */
  what: unknown;
} | {
  /** Which change. */
  change: number;
  entry: "left";
  /** Who can make it. */
  executable: string;
  /** Where. */
  place: string;
  /** Which subject. */
  subject: number;
  /** The change itself. */
  what: unknown;
} | {
  /** When. */
  at: string;
  /** Which change. */
  change: number;
  entry: "failed";
  /** One line. */
  error: string;
  /** Which subject. */
  subject: number;
} | {
  /** When. */
  at: string;
  entry: "moved";
  /** One line. */
  error: string;
  /** Which subject. */
  subject: number;
};

/** A request, for the host to send with the base URL, the token and `Accept: application/json`. */
export interface KonnectRequest {
  body: string | null;
  id: number;
  idempotent: boolean;
  method: string;
  path: string;
}

/** Who made a change. */
export type Made = "now" | "already";

/** A row of `needs_consume_permission`: a developer, or a team that owns applications itself. */
export interface MissingPermission {
  /** Their applications without an approved registration. */
  applications: ApplicationName[];
  /** Why. */
  cause: PermissionCause;
  /** Who; null for a team. */
  developer_id: DeveloperId | null;
  /** The developer's name. */
  developer_name: string | null;
  /** The developer's e-mail address. */
  email: string | null;
  /** A smallest set of changes that gives API Consumer on a published resource; null if none can. */
  fixes: Fix[] | null;
  /** What the fixes give API Consumer on. */
  resource: ResourceName | null;
  /** The team that owns the applications; null for a developer. */
  team_id: TeamId | null;
  /** The owning team's name. */
  team_name: string | null;
  /** The teams whose roles count. */
  teams: TeamName[];
}

/** What to do next. */
export type NextStep = "sign_in" | "create_application" | "register" | "use_other_application" | "call_the_api" | "wait_for_approval" | "ask_for_access" | "ask_to_open_registration" | "ask_to_publish" | "ask_for_review" | "report_problem";

/** Something worth a look. */
export interface Notice {
  code: string;
  message: string;
}

/** A portal that was opened, as hosts see it. */
export interface Opened {
  api: Api;
  as_of: Timestamp;
  completeness: Completeness;
  handle: number;
  portal_id: PortalId;
  portal_name: string;
  problem_count: number;
  problems: Problem[];
  region: Region | null;
  /** The SHA-256 of the file in hexadecimal digits, if it was asked for. */
  sha256: string | null;
}

/** How a subject ended. */
export type OutcomeWord = "done" | "failed" | "moved" | "not_tried";

/** One change of a plan, as a dry run lists it. */
export interface OutlineLine {
  /** Whom it is about. */
  developer_id: DeveloperId | null;
  /** Who can make it. */
  executable: Executable;
  /** Where to make it, if no API does. */
  place: string | null;
  /**
   * The first request that would be sent, if nothing stands there yet: method, path and body. Of a role
   * to be removed, `{roleId}` stands for what only the API knows.
   */
  request: string | null;
  /** Position of the subject. */
  subject: number;
  /** The change. */
  what: unknown;
}

/** A list that is not whole. */
export interface PartialList {
  items: number;
  list: string;
  reason: string;
  total: number | null;
}

/** A row of `pending_approvals`. */
export interface PendingApproval {
  /** Whole hours since then. */
  age_hours: number | null;
  /** The application that waits, or whose registration does. */
  application_id: ApplicationId | null;
  /** Its name. */
  application_name: string | null;
  /** For a registration: what would still deny the application's calls after it is approved. */
  blockers: Reason[];
  /** Since when; null if nothing says so. */
  created_at: Timestamp | null;
  /** The developer who waits, or who owns what waits. */
  developer_id: DeveloperId | null;
  /** The developer's name. */
  developer_name: string | null;
  /** The developer's e-mail address. */
  email: string | null;
  /** The approval. */
  fixes: Fix[] | null;
  /** What waits. */
  kind: PendingKind;
  /** The registration, if it is one. */
  registration_id: RegistrationId | null;
  /** What the registration is for. */
  resource_id: ResourceId | null;
  /** Its name; null for a resource that is elsewhere. */
  resource_name: string | null;
  /** The team that owns the application. */
  team_id: TeamId | null;
  /** The owning team's name. */
  team_name: string | null;
}

/** What waits. */
export type PendingKind = "developer" | "application" | "registration";

/** Why an owner has API Consumer on nothing published: the first that fits. */
export type PermissionCause = "no_team" | "team_without_roles" | "viewer_only" | "other_region" | "no_published_resource" | "no_matching_role";

/** What is to be changed in one portal, subject by subject. */
export interface Plan {
  api: Api | null;
  /** The format. */
  format: "gatepass.plan/1";
  portal_id: PortalId;
  profile: Profile;
  region: Region | null;
  /** The SHA-256 of the snapshot file that the plan was made from. */
  snapshot_sha256: string | null;
  subjects: Subject[];
}

/** A change of a plan, and what carrying it out needs to know besides. */
export type PlannedChange = Change & {
  /** Of a v3 resource: whether it is an API package; APIs and packages are published under different paths. */
  api_package?: boolean;
  /** Of a registration: its application, which is part of its path. Found in the portal's list if absent. */
  application_id?: ApplicationId | null;
  /** Of `map_group`: the identity provider's group, which Konnect does not tell. */
  group?: string | null;
  /** Of a registration: its status when the plan was made. */
  seen?: string | null;
  /** Of `create_team`: the team's name. By default it says what role the team has on what. */
  team_name?: string | null;
};

/** Which lines of the table `consume` checks. */
export type Policy = "strict" | "konnect";

/** What a developer may do with a resource. Every member is always present on the wire. */
export interface PortalAccess {
  /** What was taken for granted. */
  assumptions: PortalAssumption[];
  /** May the application call it? */
  call: PortalVerdict;
  /** May they register the application for it? */
  register: PortalVerdict;
  /** May they see it? */
  view: PortalVerdict;
}

/** Something the answer takes for granted. */
export type PortalAssumption = "actions_unknown";

/** The whole as one JSON document. Its rows are made while it is written. Every member is always present. */
export interface PortalDiff {
  /** With what. */
  after: DiffSide;
  /** How many applications were compared, on either side. */
  applications: number;
  /** What was taken for granted. */
  assumptions: Assumption[];
  /** What was compared. */
  before: DiffSide;
  /** By the reasons before and after. */
  by_reason: ReasonCounts[];
  /** By resource. */
  by_resource: ResourceCounts[];
  /** By the teams behind the application. */
  by_team: TeamCounts[];
  /** The worse of both sides. */
  completeness: Completeness;
  /** How many pairs differ. */
  counts: DiffCounts;
  /** [`DIFF_FORMAT`]. */
  format: string;
  /** How many resources were compared, on either side. */
  resources: number;
  /** The rows of these differences. */
  rows: DiffRow[];
}

/** The id of a Dev Portal. */
export type PortalId = string;

/** May they, and if not: why, and what next. Every member is always present on the wire. */
export interface PortalVerdict {
  /** Whether it is allowed. */
  allowed: boolean;
  /** All reasons of a denial, in listing order. */
  blockers: Reason[];
  /** The first reason of a denial: a stable code. */
  code: Reason | null;
  /** One English sentence: lower case, no full stop, names in backticks. */
  message: string;
  /** What to do about a denial; null if nobody can do anything, or if nothing is denied. */
  next_step: SuggestedStep | null;
  /** The names in the message, for translations. */
  params: { [key: string]: string };
  /** For an allowed `register`: what happens to the registration, if the resource says so. */
  registration_outcome: RegistrationOutcome | null;
  /** What to know about something allowed. */
  warnings: Warning[];
}

/** One thing that is wrong with an input. */
export interface Problem {
  /** A stable code in `snake_case`. */
  code: string;
  /** What: lower case, no full stop, outside text in backticks. */
  message: string;
  /** Where: a JSON pointer (RFC 6901); empty for the whole input. */
  path: string;
  /** What to do about it. */
  remedy: string;
  /** How much it matters. */
  severity: Severity;
}

/** Which transitions of a status a plan may use: the generations of Kong's documentation do not agree. */
export type Profile = "konnect-api" | "konnect-2022" | "gateway-2.8" | "dev-portal";

/** A question. Which ids are needed depends on the action. */
export interface QuestionBody {
  /** What is wanted; `consume` if left out. */
  action?: Action | null;
  /** The application: for `consume`, `register` and `create_credential`. */
  application_id?: ApplicationId | null;
  /** The developer who asks; for `register` and `create_credential` the owner if left out, for `view` nobody. */
  developer_id?: DeveloperId | null;
  /** Which lines of the table `consume` checks; `strict` if left out. */
  policy?: Policy | null;
  /** The resource: for `consume`, `register` and `view`. */
  resource_id?: ResourceId | null;
}

/** Why one of many questions has no decision. */
export interface QuestionErrorAnswer {
  error: QuestionRefusal;
}

/** Why something is no question. */
export interface QuestionRefusal {
  code: string;
  message: string;
  path: string;
}

/** What a team lacks: the first that fits. */
export type ReadinessCause = "no_viewer" | "no_consumer" | "no_approved_member";

/** Why something was denied: a stable code. */
export type Reason = "bundle_stale" | "resource_unknown" | "resource_unrecognized" | "portal_public" | "credential_missing" | "credential_ambiguous" | "credential_unknown" | "credential_unrecognized" | "credential_revoked" | "credential_expired" | "application_unknown" | "application_pending" | "application_rejected" | "application_revoked" | "application_unrecognized" | "owner_unknown" | "developer_pending" | "developer_rejected" | "developer_revoked" | "developer_unrecognized" | "not_team_member" | "resource_unpublished" | "registration_disabled" | "strategy_mismatch" | "registration_missing" | "registration_pending" | "registration_rejected" | "registration_revoked" | "registration_unrecognized" | "role_missing" | "role_viewer_only" | "registration_exists";

/** How many pairs went from one reason to another; null is allowed. */
export interface ReasonCounts {
  /** How they differ. */
  change: Difference;
  /** How many. */
  pairs: number;
  /** Why they are denied; null if they are allowed. */
  reason_after: Reason | null;
  /** Why they were denied; null if they were allowed. */
  reason_before: Reason | null;
}

/** A reason. */
export interface ReasonEntry {
  code: Reason;
  http_status: number;
  summary: string;
}

/** Why a call was refused: on the wire `{"code", "message", "path", "problems", "problem_count"}`. */
export interface Refusal {
  code: string;
  message: string;
  path: string;
  problem_count: number;
  problems: Problem[];
}

/** A region of Konnect. */
export type Region = "au" | "eu" | "in" | "me" | "sg" | "us";

/** Registrations by status: all of them, counted one by one. */
export interface RegistrationCounts {
  /** Approved. */
  approved: number;
  /** Waiting for approval. */
  pending: number;
  /** Rejected. */
  rejected: number;
  /** Revoked. */
  revoked: number;
  /** With a status nobody knows. */
  unrecognized: number;
}

/** A registration. */
export interface RegistrationEntry {
  application_id: ApplicationId | null;
  id: RegistrationId;
  resource_id: ResourceId | null;
  status: string;
}

/** The id of an application's registration for a resource. */
export type RegistrationId = string;

/** A registration in a row. */
export interface RegistrationOf {
  /** The id. */
  registration_id: RegistrationId;
  /** What it is for. */
  resource_id: ResourceId;
  /** Its name; null for a resource that is elsewhere. */
  resource_name: string | null;
  /** The status, as Konnect's word; `unrecognized` if it is none. */
  status: Status;
}

/** What happens to a registration that is asked for. */
export type RegistrationOutcome = "approved" | "pending";

/** A report. Every member is always present on the wire. */
export interface Report {
  /** When the crawl that wrote the snapshot began. */
  as_of: Timestamp;
  /** What was taken for granted. */
  assumptions: ReportAssumption[];
  /** How much of the portal the snapshot is known to hold. */
  completeness: Completeness;
  /** [`REPORT_FORMAT`]. */
  format: string;
  /** The time it is about. */
  now: Timestamp;
  /** What it was asked with. */
  parameters: EchoedParameters;
  /** Which report. */
  report: ReportName;
  /** The rows. */
  rows: Rows;
}

/** Something a report takes for granted, or does without. */
export type ReportAssumption = "rbac_disabled" | "entity_wildcard" | "age_unknown";

/** What a report is asked with; the rest is named as the options of `gatepass report`. */
export interface ReportBody {
  /** `follow_ups`: whom to write to. */
  audience?: Audience | null;
  /** `follow_ups`: how often members of a team are written to at most. */
  cadence?: { [key: string]: Span } | null;
  /** `follow_ups`: who was written to. */
  contacts?: Contact[] | null;
  /** `follow_ups`: how often everybody else is written to at most. */
  default_cadence?: Span | null;
  /** `needs_consume_permission`: also developers who own no application. */
  include_without_application?: boolean | null;
  /** The time the report is about; ages are counted up to it. */
  now: string;
  /** How old an application must be before its developer counts as blocked; `48h` if left out. */
  older_than?: Span | null;
  /** `follow_ups`: who owns a product or API: from its name or id to an e-mail address. */
  owners?: { [key: string]: string } | null;
  /** Hide names behind made-up ones. */
  redact?: boolean | null;
  /** Which report. */
  report: "needs_consume_permission" | "blocked_developers" | "stale_access" | "pending_approvals" | "team_readiness" | "developers" | "funnel" | "access_matrix" | "follow_ups";
  /** `developers`: only those with this text in name, e-mail address or id. */
  search?: string | null;
  /** `developers`: their order. */
  sort?: Sort | null;
  /** `developers`: only those with this status. */
  status?: DeveloperStatusWord | null;
  /** Only what belongs to these teams. */
  team?: TeamChoice | null;
}

/** The reports. */
export type ReportName = "needs_consume_permission" | "blocked_developers" | "stale_access" | "pending_approvals" | "team_readiness" | "developers" | "funnel" | "access_matrix" | "follow_ups";

/** The row of each report, by the report's name. */
export interface ReportRowTypes {
  access_matrix: AccessCell;
  blocked_developers: BlockedApplication;
  developers: DeveloperRow;
  follow_ups: FollowUp;
  funnel: FunnelRow;
  needs_consume_permission: MissingPermission;
  pending_approvals: PendingApproval;
  stale_access: StaleAccess;
  team_readiness: TeamReadiness;
}

/** A kind of request. */
export interface RequestTypeEntry {
  /** What it is, in a few words. */
  about: string;
  /** What `gatepass check --type` calls it. */
  name: string;
}

/** How many pairs of a resource differ. */
export interface ResourceCounts {
  /** Denied before, allowed after. */
  gained: number;
  /** Allowed before, denied after. */
  lost: number;
  /** Denied before and after, for another first reason. */
  reason_changed: number;
  /** The resource. */
  resource_id: ResourceId;
  /** Its name. */
  resource_name: string;
}

/** A resource. */
export interface ResourceEntry {
  deprecated: boolean;
  entity_id: EntityId | null;
  id: ResourceId;
  kind: string;
  name: string;
  registration_enabled: boolean;
  status: string;
}

/** The id of what an application registers for: a product version (v2), an API or an API package (v3). */
export type ResourceId = string;

/** A resource in a row. */
export interface ResourceName {
  /** The id. */
  resource_id: ResourceId;
  /** The name, with the version. */
  resource_name: string;
}

/** A role of a team on an entity, as Konnect's assigned-roles API takes it. */
export interface RoleAssignment {
  /** What the role is on. */
  entity_id: EntityId;
  /** The region's code, or `*`. */
  entity_region: string;
  /** The entity's type: always `Services`. */
  entity_type_name: string;
  /** The role's name. */
  role_name: RoleName;
  /** The team. */
  team_id: TeamId;
}

/** The names of Konnect's two portal roles. */
export type RoleName = "API Viewer" | "API Consumer";

/** A role as a word. */
export type RoleWord = "none" | "viewer" | "consumer";

/** The rows of a report: one type each. */
export type Rows = MissingPermission[] | BlockedApplication[] | StaleAccess[] | PendingApproval[] | TeamReadiness[] | DeveloperRow[] | FunnelRow[] | AccessCell[] | FollowUp[];

/** How much a problem matters. */
export type Severity = "error" | "record" | "warning";

/** A sort key; with `-` before it the other way round. */
export type Sort = "created_at" | "-created_at" | "updated_at" | "-updated_at" | "email" | "-email" | "name" | "-name" | "status" | "-status";

/** A span of time: `48h`, `7d`, `30m`, `45s`. */
export type Span = string;

/** How far the application got: the first that fits. */
export type Stage = "waiting_for_approval" | "rejected_or_revoked" | "nothing_to_register_for" | "never_registered";

/** A row of `stale_access`. */
export interface StaleAccess {
  /** The application. */
  application_id: ApplicationId | null;
  /** Its name. */
  application_name: string | null;
  /** For a registration: all its blockers. */
  blockers: Reason[];
  /** In words: what is the matter, lower case, no full stop. */
  detail: string;
  /** Who owns the application, or, for a team's credential, who was revoked. */
  developer_id: DeveloperId | null;
  /** The developer's name. */
  developer_name: string | null;
  /** The developer's e-mail address. */
  email: string | null;
  /** What ends the access; null if no listed change does. */
  fixes: Fix[] | null;
  /** How. */
  kind: StaleKind;
  /** For a registration: the reason of the strict decision. */
  reason: Reason | null;
  /** The registration; of several for one pair the first by id. */
  registration_id: RegistrationId | null;
  /** The resource. */
  resource_id: ResourceId | null;
  /** Its name. */
  resource_name: string | null;
  /** For a registration: what makes the access good instead, as the strict decision says. */
  restore: Fix[] | null;
  /** For a team's credential: when the member last changed, which a revocation does. */
  since: Timestamp | null;
  /** The team that owns the application. */
  team_id: TeamId | null;
  /** The owning team's name. */
  team_name: string | null;
}

/** How access is stale. */
export type StaleKind = "registration" | "team_credential" | "resource_open";

/** The status of a developer or a registration: Konnect's word, or `unrecognized`. */
export type Status = "approved" | "pending" | "rejected" | "revoked" | "unrecognized";

/** Which subject is to be brought to which status: one of the ids is needed. */
export interface StatusPlanBody {
  /** The application. */
  application_id?: ApplicationId | null;
  /** The developer. */
  developer_id?: DeveloperId | null;
  /** Leave the registrations of a developer who is rejected or revoked as they are. */
  keep_registrations?: boolean | null;
  /** Whose rules hold; those of the API that the snapshot was read from if left out. */
  profile?: Profile | null;
  /** The registration. */
  registration_id?: RegistrationId | null;
  /** The status wanted. */
  to: "approved" | "rejected" | "revoked";
}

/** One subject of a plan: changes that belong together, in their order. */
export interface Subject {
  /** What to change. */
  changes: PlannedChange[];
  /** Whom it is about, if it is about a developer. */
  developer_id: DeveloperId | null;
  /** Why it is left to people, if it is. Nothing is changed then. */
  held: Held | null;
  /** Why it is in the plan: the rule that applies, such as the trusted domain. */
  rule: string | null;
  /** The developer's status when the plan was made. Without it nothing is compared. */
  seen: string | null;
}

/** What became of one subject. */
export interface SubjectOutcome {
  developer_id: DeveloperId | null;
  /** Why it is not done. */
  message: string | null;
  outcome: OutcomeWord;
}

/** What to do about a denial. */
export interface SuggestedStep {
  /** What: a stable code. */
  code: NextStep;
  /** One English sentence for the developer: lower case, no full stop. */
  message: string;
  /** Who must act. */
  who: Who;
}

/** A team, or some, each by name or id. */
export type TeamChoice = string | string[];

/** How many pairs of a team's applications differ. */
export interface TeamCounts {
  /** Denied before, allowed after. */
  gained: number;
  /** Allowed before, denied after. */
  lost: number;
  /** Denied before and after, for another first reason. */
  reason_changed: number;
  /** The team; null for applications that no team is behind. */
  team_id: TeamId | null;
  /** Its name. */
  team_name: string | null;
}

/** A team. */
export interface TeamEntry {
  id: TeamId;
  name: string;
}

/** The id of a team of the portal. */
export type TeamId = string;

/** A team in a row. */
export interface TeamName {
  /** The id. */
  team_id: TeamId;
  /** The name. */
  team_name: string;
}

/** A row of `team_readiness`. */
export interface TeamReadiness {
  /** How many of them are approved. */
  approved_members: number;
  /** What it lacks first. */
  cause: ReadinessCause;
  /** Everything it lacks. */
  causes: ReadinessCause[];
  /** What cures the first cause; null if no listed change does. */
  fixes: Fix[] | null;
  /** The identity provider's groups that are mapped to it. */
  groups: string[];
  /** How many are in it. */
  members: number;
  /** What the fixes give API Consumer on. */
  resource: ResourceName | null;
  /** How many role assignments it has, those that mean nothing included. */
  role_assignments: number;
  /** The team. */
  team_id: TeamId;
  /** Its name. */
  team_name: string;
}

/** A point in time, as RFC 3339 in UTC. */
export type Timestamp = string;

/** Allow or deny. */
export type Verdict = "allow" | "deny";

/** What this is. */
export interface Version {
  abi: number;
  report_format: string;
  snapshot_format: string;
  version: string;
}

/** Something to know about an allowed question. */
export type Warning = "resource_deprecated";

/** Who must act. */
export type Who = "developer" | "admin";
