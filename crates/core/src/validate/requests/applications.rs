//! Applications, their registrations and credentials.

use super::people::STATUS_BODY;
use super::{CLIENT_V2, CLIENT_V3, PORTAL_V2, PORTAL_V3, admin, developer, request, v2, v3};
use crate::validate::RequestType;
use crate::validate::format::Format;
use crate::validate::schema::{
    ANY_TEXT, LABELS_UPDATE, Object, Shape, UUID, closed, formatted, list, optional, required, text,
};

const URI: Shape = formatted(Format::Uri);
const SHORT: Shape = text(0, 255);

pub(super) const APPLICATION: RequestType = request(
    "application",
    "an application",
    &[
        developer(&[v3(CLIENT_V3, "create-application")], &Shape::Object(&CLIENT_APPLICATION_V3)),
        developer(&[v2(CLIENT_V2, "create-application")], &Shape::Object(&CLIENT_APPLICATION_V2)),
        admin(&[v3(PORTAL_V3, "create-application")], &Shape::Object(&ADMIN_APPLICATION)),
    ],
);
const CLIENT_APPLICATION_V3: Object = closed(&[
    required("name", SHORT),
    optional("description", SHORT),
    optional("client_id", SHORT),
    optional("redirect_uri", URI),
    optional("auth_strategy_id", UUID).nullable(),
    optional("scopes", list(&ANY_TEXT)),
    optional("team_id", UUID).nullable(),
]);
const CLIENT_APPLICATION_V2: Object = closed(&[
    required("name", SHORT),
    optional("description", SHORT),
    optional("reference_id", SHORT),
    optional("redirect_uri", URI),
    optional("auth_strategy_id", UUID).nullable(),
    optional("scopes", list(&ANY_TEXT)),
]);
const ADMIN_APPLICATION: Object = closed(&[
    required("name", SHORT),
    optional("description", SHORT),
    optional("labels", LABELS_UPDATE).nullable(),
    optional("dcr_client_id", SHORT),
    optional("client_id", SHORT),
    optional("auth_strategy_id", UUID),
    required("owner", Shape::Object(&OWNER)),
]);
const OWNER: Object = closed(&[required("type", Shape::Word(&["developer", "team"])), required("id", UUID)]);

pub(super) const APPLICATION_UPDATE: RequestType = request(
    "application_update",
    "changes to an application",
    &[
        developer(&[v3(CLIENT_V3, "update-application")], &Shape::Object(&CLIENT_APPLICATION_UPDATE_V3)),
        developer(&[v2(CLIENT_V2, "update-application")], &Shape::Object(&CLIENT_APPLICATION_UPDATE_V2)),
        admin(&[v3(PORTAL_V3, "update-application")], &Shape::Object(&ADMIN_APPLICATION_UPDATE)),
    ],
);
const CLIENT_APPLICATION_UPDATE_V3: Object = closed(&[
    optional("name", SHORT),
    optional("description", SHORT),
    optional("client_id", SHORT),
    optional("redirect_uri", URI).nullable(),
    optional("scopes", list(&ANY_TEXT)),
    optional("team_id", UUID).nullable(),
]);
const CLIENT_APPLICATION_UPDATE_V2: Object = closed(&[
    optional("name", SHORT),
    optional("description", SHORT),
    optional("reference_id", SHORT),
    optional("redirect_uri", URI),
    optional("scopes", list(&ANY_TEXT)),
]);
const ADMIN_APPLICATION_UPDATE: Object = closed(&[optional("owner", Shape::Object(&OWNER))]);

pub(super) const REGISTRATION: RequestType = request(
    "registration",
    "an application's registration",
    &[
        developer(
            &[v3(CLIENT_V3, "create-application-registration")],
            &Shape::Object(&CLIENT_REGISTRATION_V3),
        ),
        developer(
            &[v2(CLIENT_V2, "create-application-registration")],
            &Shape::Object(&CLIENT_REGISTRATION_V2),
        ),
        admin(&[v3(PORTAL_V3, "create-application-registration")], &Shape::Object(&ADMIN_REGISTRATION)),
    ],
);
const CLIENT_REGISTRATION_V3: Object = closed(&[required("api_id", UUID)]);
const CLIENT_REGISTRATION_V2: Object =
    closed(&[required("product_version_id", UUID), optional("scopes", list(&ANY_TEXT))]);
const ADMIN_REGISTRATION: Object =
    closed(&[required("api_id", UUID), optional("status", Shape::Word(&["approved", "pending"]))]);

pub(super) const REGISTRATION_STATUS: RequestType = request(
    "registration_status",
    "a registration's new status",
    &[admin(
        &[v2(PORTAL_V2, "update-application-registration"), v3(PORTAL_V3, "update-application-registration")],
        &Shape::Object(&STATUS_BODY),
    )],
);

pub(super) const REGISTRATION_CONSUMER: RequestType = request(
    "registration_consumer",
    "the gateway consumer of a registration",
    &[admin(&[v3(PORTAL_V3, "update-application-registration-consumer")], &Shape::Object(&CONSUMER))],
);
const CONSUMER: Object = closed(&[required("id", UUID)]);

pub(super) const CREDENTIAL: RequestType = request(
    "credential",
    "a new credential of an application",
    &[developer(
        &[v2(CLIENT_V2, "create-credential"), v3(CLIENT_V3, "create-credential")],
        &Shape::Object(&CREDENTIAL_BODY),
    )],
);
const CREDENTIAL_BODY: Object = closed(&[optional("display_name", SHORT)]);

pub(super) const CREDENTIAL_UPDATE: RequestType = request(
    "credential_update",
    "a credential's new name",
    &[developer(
        &[v2(CLIENT_V2, "update-credential"), v3(CLIENT_V3, "update-credential")],
        &Shape::Object(&CREDENTIAL_UPDATE_BODY),
    )],
);
const CREDENTIAL_UPDATE_BODY: Object = closed(&[required("display_name", SHORT)]);
