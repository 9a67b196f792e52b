//! Application auth strategies.

use super::{STRATEGIES, admin, both, request};
use crate::validate::RequestType;
use crate::validate::format::Format;
use crate::validate::schema::{
    LABELS, LABELS_UPDATE, Object, Shape, UUID, closed, formatted_to, free, list_of, open, optional,
    required, text,
};

pub(super) const AUTH_STRATEGY: RequestType = request(
    "auth_strategy",
    "an application auth strategy",
    &[admin(
        &[both(STRATEGIES, "create-app-auth-strategy"), both(STRATEGIES, "replace-app-auth-strategy")],
        &Shape::OneOf(STRATEGY),
    )],
);
const STRATEGY: &[Object] = &[
    closed(&[
        required("name", NAME),
        required("display_name", DISPLAY_NAME),
        required("strategy_type", Shape::Word(&["key_auth"])),
        required("configs", Shape::Object(&closed(&[required("key-auth", Shape::Object(&KEY_AUTH))]))),
        optional("labels", LABELS),
        optional("principals", Shape::Object(&PRINCIPALS)),
    ]),
    closed(&[
        required("name", NAME),
        required("display_name", DISPLAY_NAME),
        required("strategy_type", Shape::Word(&["openid_connect"])),
        required(
            "configs",
            Shape::Object(&closed(&[required("openid-connect", Shape::Object(&OPENID_CONNECT))])),
        ),
        optional("dcr_provider_id", UUID).nullable(),
        optional("labels", LABELS),
        optional("principals", Shape::Object(&PRINCIPALS)),
    ]),
];

const NAME: Shape = text(1, 256);
const DISPLAY_NAME: Shape = text(0, 256);
const PRINCIPALS: Object = closed(&[required("enabled", Shape::Flag)]);
const KEY_NAMES: Shape = list_of(&text(0, 256), 1, 10);
const TTL: Object =
    open(&[required("value", Shape::Whole(1)), required("unit", Shape::Word(&["days", "weeks", "years"]))]);
const KEY_AUTH: Object = closed(&[optional("key_names", KEY_NAMES), optional("ttl", Shape::Object(&TTL))]);

const ISSUER: Shape = formatted_to(Format::Url, 256);
const CLAIM: Shape = list_of(&text(0, 128), 0, 10);
const SCOPES: Shape = list_of(&text(0, 128), 0, 50);
const METHODS: Shape = list_of(&text(0, 64), 0, 10);
const OPENID_CONNECT: Object = free(&[
    required("issuer", ISSUER),
    required("credential_claim", CLAIM),
    required("scopes", SCOPES),
    required("auth_methods", METHODS),
]);

pub(super) const AUTH_STRATEGY_UPDATE: RequestType = request(
    "auth_strategy_update",
    "changes to an application auth strategy",
    &[admin(&[both(STRATEGIES, "update-app-auth-strategy")], &Shape::Object(&UPDATE))],
);
const UPDATE: Object = closed(&[
    optional("name", NAME),
    optional("display_name", DISPLAY_NAME),
    optional("labels", LABELS_UPDATE).nullable(),
    optional("dcr_provider_id", UUID).nullable(),
    optional("configs", Shape::OneOf(CONFIGS_UPDATE)),
    optional("principals", Shape::Object(&PRINCIPALS)),
]);
const CONFIGS_UPDATE: &[Object] = &[
    closed(&[required("openid-connect", Shape::Object(&OPENID_CONNECT_UPDATE))]),
    closed(&[required("key-auth", Shape::Object(&KEY_AUTH_UPDATE))]),
];
const OPENID_CONNECT_UPDATE: Object = free(&[
    optional("issuer", ISSUER),
    optional("credential_claim", CLAIM),
    optional("scopes", SCOPES),
    optional("auth_methods", METHODS),
]);
const KEY_AUTH_UPDATE: Object =
    closed(&[optional("key_names", KEY_NAMES), optional("ttl", Shape::Object(&TTL)).nullable()]);
