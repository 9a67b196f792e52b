//! Portals, and the versions of API products in them.

use super::{PORTAL_V2, PORTAL_V3, admin, request, v2, v3};
use crate::validate::RequestType;
use crate::validate::format::Format;
use crate::validate::schema::{
    LABELS, LABELS_UPDATE, Object, Shape, UUID, closed, formatted_to, list_of, optional, read_only, required,
    text,
};

pub(super) const LABELS_ALONE: RequestType =
    request("labels", "labels alone", &[admin(&[], &LABELS), admin(&[], &LABELS_UPDATE)]);

pub(super) const PORTAL: RequestType = request(
    "portal",
    "a portal",
    &[
        admin(&[v3(PORTAL_V3, "create-portal")], &Shape::Object(&PORTAL_BODY_V3)),
        admin(&[v2(PORTAL_V2, "create-portal")], &Shape::Object(&PORTAL_BODY_V2)),
    ],
);
const NAME: Shape = text(1, 255);
const DOMAIN: Shape = formatted_to(Format::Hostname, 1024);
const VISIBILITY: Shape = Shape::Word(&["public", "private"]);
const PORTAL_BODY_V3: Object = closed(&[
    read_only("id"),
    read_only("created_at"),
    read_only("updated_at"),
    required("name", NAME),
    optional("display_name", NAME),
    optional("description", text(0, 512)).nullable(),
    optional("authentication_enabled", Shape::Flag),
    optional("rbac_enabled", Shape::Flag),
    optional("sipr_enabled", Shape::Flag),
    optional("default_api_visibility", VISIBILITY),
    optional("default_page_visibility", VISIBILITY),
    optional("default_application_auth_strategy_id", UUID).nullable(),
    optional("auto_approve_developers", Shape::Flag),
    optional("auto_approve_applications", Shape::Flag),
    read_only("default_domain"),
    read_only("canonical_domain"),
    optional("labels", LABELS_UPDATE).nullable(),
    optional("notifications_developer_pii_visibility_enabled", Shape::Flag),
]);
const PORTAL_BODY_V2: Object = closed(&[
    required("name", NAME),
    optional("display_name", NAME),
    optional("description", text(0, 512)).nullable(),
    optional("is_public", Shape::Flag),
    optional("rbac_enabled", Shape::Flag),
    optional("auto_approve_applications", Shape::Flag),
    optional("auto_approve_developers", Shape::Flag),
    optional("custom_domain", DOMAIN).nullable(),
    optional("custom_client_domain", DOMAIN).nullable(),
    optional("default_application_auth_strategy_id", UUID).nullable(),
    optional("labels", LABELS),
]);

pub(super) const PORTAL_UPDATE: RequestType = request(
    "portal_update",
    "changes to a portal",
    &[
        admin(&[v3(PORTAL_V3, "update-portal")], &Shape::Object(&PORTAL_UPDATE_V3)),
        admin(&[v2(PORTAL_V2, "update-portal")], &Shape::Object(&PORTAL_UPDATE_V2)),
    ],
);
const PORTAL_UPDATE_V3: Object = closed(&[
    read_only("id"),
    read_only("created_at"),
    read_only("updated_at"),
    optional("name", NAME),
    optional("display_name", NAME),
    optional("description", text(0, 512)).nullable(),
    optional("authentication_enabled", Shape::Flag),
    optional("rbac_enabled", Shape::Flag),
    optional("sipr_enabled", Shape::Flag),
    optional("default_api_visibility", VISIBILITY),
    optional("default_page_visibility", VISIBILITY),
    optional("default_application_auth_strategy_id", UUID).nullable(),
    optional("auto_approve_developers", Shape::Flag),
    optional("auto_approve_applications", Shape::Flag),
    read_only("default_domain"),
    read_only("canonical_domain"),
    optional("labels", LABELS_UPDATE).nullable(),
    optional("notifications_developer_pii_visibility_enabled", Shape::Flag),
]);
const PORTAL_UPDATE_V2: Object = closed(&[
    optional("name", NAME),
    optional("display_name", NAME),
    optional("description", text(0, 512)).nullable(),
    optional("is_public", Shape::Flag),
    optional("rbac_enabled", Shape::Flag),
    optional("auto_approve_applications", Shape::Flag),
    optional("auto_approve_developers", Shape::Flag),
    optional("custom_domain", DOMAIN).nullable(),
    optional("custom_client_domain", DOMAIN).nullable(),
    optional("default_application_auth_strategy_id", UUID).nullable(),
    optional("labels", LABELS_UPDATE).nullable(),
]);

pub(super) const PORTAL_PRODUCT_VERSION: RequestType = request(
    "portal_product_version",
    "a product version's place in a portal",
    &[admin(&[v2(PORTAL_V2, "create-portal-product-version")], &Shape::Object(&PRODUCT_VERSION))],
);
const PUBLISH_STATUS: Shape = Shape::Word(&["published", "unpublished"]);
const STRATEGY_IDS: Shape = list_of(&UUID, 0, 1);
const PRODUCT_VERSION: Object = closed(&[
    required("publish_status", PUBLISH_STATUS),
    required("product_version_id", UUID),
    required("auth_strategy_ids", STRATEGY_IDS),
    required("application_registration_enabled", Shape::Flag),
    required("auto_approve_registration", Shape::Flag),
    required("deprecated", Shape::Flag),
]);

pub(super) const PORTAL_PRODUCT_VERSION_UPDATE: RequestType = request(
    "portal_product_version_update",
    "changes to a product version in a portal",
    &[admin(&[v2(PORTAL_V2, "update-portal-product-version")], &Shape::Object(&PRODUCT_VERSION_UPDATE))],
);
const PRODUCT_VERSION_UPDATE: Object = closed(&[
    optional("publish_status", PUBLISH_STATUS),
    optional("auth_strategy_ids", STRATEGY_IDS),
    optional("application_registration_enabled", Shape::Flag),
    optional("auto_approve_registration", Shape::Flag),
    optional("deprecated", Shape::Flag),
    optional("notify_developers", Shape::Flag),
]);

pub(super) const PORTAL_PRODUCT_VERSION_REPLACEMENT: RequestType = request(
    "portal_product_version_replacement",
    "a product version in a portal, set anew",
    &[admin(
        &[v2(PORTAL_V2, "replace-portal-product-version")],
        &Shape::Object(&PRODUCT_VERSION_REPLACEMENT),
    )],
);
const PRODUCT_VERSION_REPLACEMENT: Object = closed(&[
    required("publish_status", PUBLISH_STATUS),
    required("auth_strategy_ids", STRATEGY_IDS),
    required("application_registration_enabled", Shape::Flag),
    required("auto_approve_registration", Shape::Flag),
    required("deprecated", Shape::Flag),
    optional("notify_developers", Shape::Flag),
]);
