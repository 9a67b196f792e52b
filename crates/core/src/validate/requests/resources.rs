//! What applications register for: API products and their versions (v2), APIs and API packages (v3).

use super::{BUILDER, PRODUCTS, admin, request, v2, v3};
use crate::validate::RequestType;
use crate::validate::format::Pattern;
use crate::validate::schema::{
    ANY_TEXT, ATTRIBUTES, LABELS, LABELS_UPDATE, Object, Shape, UUID, closed, list_of, matching, optional,
    read_only, required, set, text, text_from,
};

pub(super) const API_PRODUCT: RequestType = request(
    "api_product",
    "an API product",
    &[admin(&[v2(PRODUCTS, "create-api-product")], &Shape::Object(&PRODUCT))],
);
const PRODUCT: Object = closed(&[
    required("name", text(1, 100)),
    optional("description", ANY_TEXT).nullable(),
    optional("labels", LABELS),
    optional("public_labels", LABELS),
    optional("portal_ids", set(&UUID)),
]);

pub(super) const API_PRODUCT_UPDATE: RequestType = request(
    "api_product_update",
    "changes to an API product",
    &[admin(&[v2(PRODUCTS, "update-api-product")], &Shape::Object(&PRODUCT_UPDATE))],
);
const PRODUCT_UPDATE: Object = closed(&[
    optional("name", text(1, 100)),
    optional("description", ANY_TEXT).nullable(),
    optional("labels", LABELS_UPDATE).nullable(),
    optional("public_labels", LABELS_UPDATE),
    optional("portal_ids", set(&UUID)),
]);

pub(super) const API_PRODUCT_VERSION: RequestType = request(
    "api_product_version",
    "a version of an API product",
    &[admin(&[v2(PRODUCTS, "create-api-product-version")], &Shape::Object(&VERSION))],
);
const PUBLISH_STATUS: Shape = Shape::Word(&["unpublished", "published"]);
const SERVICE: &[Object] = &[
    closed(&[required("id", UUID), required("control_plane_id", UUID)]),
    // The name of a control plane until 2023.
    closed(&[required("id", UUID), required("runtime_group_id", UUID)]),
];
const VERSION: Object = closed(&[
    required("name", text_from(1)),
    optional("publish_status", PUBLISH_STATUS),
    optional("deprecated", Shape::Flag),
    optional("labels", LABELS),
    optional("gateway_service", Shape::OneOf(SERVICE)).nullable(),
]);

pub(super) const API_PRODUCT_VERSION_UPDATE: RequestType = request(
    "api_product_version_update",
    "changes to a version of an API product",
    &[admin(&[v2(PRODUCTS, "update-api-product-version")], &Shape::Object(&VERSION_UPDATE))],
);
const VERSION_UPDATE: Object = closed(&[
    optional("name", text_from(1)),
    optional("publish_status", PUBLISH_STATUS),
    optional("deprecated", Shape::Flag),
    optional("notify", Shape::Flag),
    optional("gateway_service", Shape::OneOf(SERVICE)).nullable(),
    optional("labels", LABELS_UPDATE).nullable(),
]);

const NAME: Shape = text(1, 255);
const SLUG: Shape = matching(Pattern::Slug);

pub(super) const API: RequestType =
    request("api", "an API", &[admin(&[v3(BUILDER, "create-api")], &Shape::Object(&API_BODY))]);
const API_BODY: Object = closed(&[
    read_only("id"),
    required("name", NAME),
    optional("description", ANY_TEXT).nullable(),
    optional("version", NAME).nullable(),
    read_only("current_version_summary"),
    optional("slug", SLUG).nullable(),
    read_only("api_spec_ids"),
    read_only("portals"),
    optional("labels", LABELS),
    read_only("implementation_mode"),
    optional("attributes", ATTRIBUTES),
    read_only("created_at"),
    read_only("updated_at"),
    optional("spec_content", ANY_TEXT),
]);

pub(super) const API_UPDATE: RequestType = request(
    "api_update",
    "changes to an API",
    &[admin(&[v3(BUILDER, "update-api")], &Shape::Object(&API_UPDATE_BODY))],
);
const API_UPDATE_BODY: Object = closed(&[
    read_only("id"),
    optional("name", NAME),
    optional("description", ANY_TEXT).nullable(),
    optional("version", NAME).nullable(),
    read_only("current_version_summary"),
    optional("slug", SLUG).nullable(),
    read_only("api_spec_ids"),
    read_only("portals"),
    optional("labels", LABELS_UPDATE).nullable(),
    read_only("implementation_mode"),
    optional("attributes", ATTRIBUTES),
    read_only("created_at"),
    read_only("updated_at"),
]);

pub(super) const API_PACKAGE: RequestType = request(
    "api_package",
    "an API package",
    &[admin(&[v3(BUILDER, "create-api-package")], &Shape::Object(&PACKAGE))],
);
const RATE_LIMIT: Object = closed(&[
    required("limit", Shape::Whole(0)),
    required("duration", Shape::Word(&["seconds", "minutes", "hours"])),
]);
const PACKAGE: Object = closed(&[
    read_only("id"),
    required("name", NAME),
    optional("description", ANY_TEXT).nullable(),
    optional("slug", SLUG).nullable(),
    optional("version", NAME).nullable(),
    optional("rate_limiting_config", Shape::Object(&RATE_LIMIT)).nullable(),
    optional("labels", LABELS),
    optional("attributes", ATTRIBUTES),
    read_only("created_at"),
    read_only("updated_at"),
]);

pub(super) const API_PACKAGE_UPDATE: RequestType = request(
    "api_package_update",
    "changes to an API package",
    &[admin(&[v3(BUILDER, "patch-api-package")], &Shape::Object(&PACKAGE_UPDATE))],
);
const PACKAGE_UPDATE: Object = closed(&[
    read_only("id"),
    optional("name", NAME),
    optional("description", ANY_TEXT).nullable(),
    optional("slug", SLUG).nullable(),
    optional("version", NAME).nullable(),
    optional("rate_limiting_config", Shape::Object(&RATE_LIMIT)).nullable(),
    optional("labels", LABELS_UPDATE).nullable(),
    optional("attributes", ATTRIBUTES),
    read_only("created_at"),
    read_only("updated_at"),
]);

pub(super) const PUBLICATION: RequestType = request(
    "publication",
    "an API's or an API package's publication in a portal",
    &[admin(
        &[v3(BUILDER, "publish-api-to-portal"), v3(BUILDER, "publish-api-package-to-portal")],
        &Shape::Object(&PUBLICATION_BODY),
    )],
);
const PUBLICATION_BODY: Object = closed(&[
    optional("auto_approve_registrations", Shape::Flag),
    optional("auth_strategy_ids", list_of(&UUID, 1, 1)).nullable(),
    optional("visibility", Shape::Word(&["public", "private"])),
    read_only("warnings"),
    read_only("created_at"),
    read_only("updated_at"),
]);

pub(super) const IMPLEMENTATION: RequestType = request(
    "implementation",
    "an API's link to a gateway service or a control plane",
    &[admin(&[v3(BUILDER, "create-api-implementation")], &Shape::OneOf(IMPLEMENTATIONS))],
);
const IMPLEMENTATIONS: &[Object] = &[
    closed(&[
        read_only("id"),
        read_only("created_at"),
        read_only("updated_at"),
        optional("service", Shape::Object(&SERVICE_LINK)),
    ]),
    closed(&[
        read_only("id"),
        read_only("created_at"),
        read_only("updated_at"),
        optional("control_plane", Shape::Object(&CONTROL_PLANE_LINK)),
    ]),
];
const SERVICE_LINK: Object = closed(&[
    required("control_plane_id", UUID),
    required("id", UUID),
    read_only("auth_strategy_sync_error"),
]);
const CONTROL_PLANE_LINK: Object =
    closed(&[read_only("access_control_enforcement_enabled"), required("control_plane_id", UUID)]);
