//! Developers and teams.

use super::{CLIENT_V2, CLIENT_V3, PORTAL_V2, PORTAL_V3, STATUSES, admin, developer, request, v2, v3};
use crate::validate::RequestType;
use crate::validate::format::{Format, Pattern};
use crate::validate::schema::{
    ANY_TEXT, EMAIL, Object, Shape, UUID, closed, formatted, formatted_to, list, matching, matching_text,
    open, optional, required, text,
};

const PASSWORD: Shape = formatted(Format::Password);

pub(super) const SIGN_UP: RequestType = request(
    "sign_up",
    "a developer's sign-up",
    &[developer(&[v2(CLIENT_V2, "register"), v3(CLIENT_V3, "register")], &Shape::Object(&SIGN_UP_BODY))],
);
const SIGN_UP_BODY: Object = closed(&[required("email", EMAIL), required("full_name", text(1, 256))]);

pub(super) const LOG_IN: RequestType = request(
    "log_in",
    "a developer's log-in",
    &[developer(
        &[v2(CLIENT_V2, "authenticate"), v3(CLIENT_V3, "authenticate")],
        &Shape::Object(&LOG_IN_BODY),
    )],
);
const LOG_IN_BODY: Object = closed(&[required("username", EMAIL), required("password", PASSWORD).secret()]);

pub(super) const FORGOT_PASSWORD: RequestType = request(
    "forgot_password",
    "asking for a new password",
    &[developer(
        &[v2(CLIENT_V2, "forgot-password"), v3(CLIENT_V3, "forgot-password")],
        &Shape::Object(&FORGOT_PASSWORD_BODY),
    )],
);
const FORGOT_PASSWORD_BODY: Object = closed(&[required("email", EMAIL)]);

pub(super) const RESET_PASSWORD: RequestType = request(
    "reset_password",
    "setting a new password",
    &[developer(
        &[v2(CLIENT_V2, "reset-password"), v3(CLIENT_V3, "reset-password")],
        &Shape::Object(&RESET_PASSWORD_BODY),
    )],
);
const RESET_PASSWORD_BODY: Object =
    closed(&[required("password", PASSWORD).secret(), required("token", UUID).secret()]);

pub(super) const VERIFY_EMAIL: RequestType = request(
    "verify_email",
    "proving an e-mail address",
    &[developer(
        &[v2(CLIENT_V2, "verify-email"), v3(CLIENT_V3, "verify-email")],
        &Shape::Object(&VERIFY_EMAIL_BODY),
    )],
);
const VERIFY_EMAIL_BODY: Object = closed(&[required("token", UUID).secret()]);

pub(super) const DEVELOPER: RequestType = request(
    "developer",
    "a developer made or invited by an admin",
    &[admin(&[v3(PORTAL_V3, "create-developer")], &Shape::Object(&DEVELOPER_BODY))],
);
const DEVELOPER_BODY: Object = closed(&[
    required("email", formatted_to(Format::Email, 255)),
    required("full_name", text(0, 255)),
    optional("status", STATUSES),
    optional("send_invitation_email", Shape::Flag),
]);

pub(super) const DEVELOPER_STATUS: RequestType = request(
    "developer_status",
    "a developer's new status",
    &[admin(
        &[v2(PORTAL_V2, "update-developer"), v3(PORTAL_V3, "update-developer")],
        &Shape::Object(&STATUS_BODY),
    )],
);
pub(super) const STATUS_BODY: Object = closed(&[optional("status", STATUSES)]);

pub(super) const TEAM: RequestType = request(
    "team",
    "a team",
    &[
        admin(&[v3(PORTAL_V3, "create-portal-team")], &Shape::Object(&TEAM_V3)),
        admin(&[v2(PORTAL_V2, "create-portal-team")], &Shape::Object(&TEAM_V2)),
    ],
);
const TEAM_NAME_V3: Shape = matching_text(Pattern::Anything, 1, 250);
const TEAM_V3: Object = closed(&[
    required("name", TEAM_NAME_V3),
    optional("description", text(1, 250)),
    optional("can_own_applications", Shape::Flag),
]);
const TEAM_V2: Object =
    open(&[required("name", matching(Pattern::Anything)), optional("description", text(0, 250))]);

pub(super) const TEAM_UPDATE: RequestType = request(
    "team_update",
    "changes to a team",
    &[
        admin(&[v3(PORTAL_V3, "update-portal-team")], &Shape::Object(&TEAM_UPDATE_V3)),
        admin(&[v2(PORTAL_V2, "update-portal-team")], &Shape::Object(&TEAM_UPDATE_V2)),
    ],
);
const TEAM_UPDATE_V3: Object = closed(&[
    optional("name", TEAM_NAME_V3),
    optional("description", text(1, 250)),
    optional("can_own_applications", Shape::Flag),
]);
const TEAM_UPDATE_V2: Object =
    open(&[optional("name", matching(Pattern::Anything)), optional("description", text(0, 250))]);

pub(super) const MEMBERSHIP: RequestType = request(
    "membership",
    "a developer's place in a team",
    &[admin(
        &[v2(PORTAL_V2, "add-developer-to-portal-team"), v3(PORTAL_V3, "add-developer-to-portal-team")],
        &Shape::Object(&MEMBERSHIP_BODY),
    )],
);
const MEMBERSHIP_BODY: Object = open(&[required("id", UUID)]);

pub(super) const ROLE_ASSIGNMENT: RequestType = request(
    "role_assignment",
    "a team's role on an entity",
    &[admin(
        &[v2(PORTAL_V2, "assign-role-to-portal-teams"), v3(PORTAL_V3, "assign-role-to-portal-teams")],
        &Shape::Object(&ROLE_ASSIGNMENT_BODY),
    )],
);
const ROLE_ASSIGNMENT_BODY: Object = open(&[
    required("role_name", Shape::Known(&["API Viewer", "API Consumer"])),
    required("entity_id", UUID),
    required("entity_type_name", Shape::Known(&["Services"])),
    required("entity_region", Shape::Word(&["us", "eu", "au", "me", "in", "sg", "*"])),
]);

pub(super) const GROUP_MAPPINGS: RequestType = request(
    "group_mappings",
    "which groups of the identity provider are which teams",
    &[admin(
        &[
            v2(PORTAL_V2, "update-portal-team-group-mappings"),
            v3(PORTAL_V3, "update-portal-team-group-mappings"),
        ],
        &Shape::Object(&GROUP_MAPPINGS_BODY),
    )],
);
const GROUP_MAPPINGS_BODY: Object = open(&[optional("data", list(&Shape::Object(&GROUP_MAPPING)))]);
const GROUP_MAPPING: Object = open(&[optional("team_id", UUID), optional("groups", list(&ANY_TEXT))]);
