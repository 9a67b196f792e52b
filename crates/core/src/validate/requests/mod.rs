//! The tables: one a request, member by member as in Kong's documents. A test compares them with the documents.

mod applications;
mod people;
mod portals;
mod resources;
mod strategies;

use super::schema::Shape;
use super::{Form, Operation, RequestType, Sender};
use crate::konnect::ApiVersion;

const CLIENT_V2: &str = "dev-portal-client-v2.yaml";
const CLIENT_V3: &str = "dev-portal-client-v3.yaml";
const PORTAL_V2: &str = "portal-management-v2.yaml";
const PORTAL_V3: &str = "portal-management-v3.yaml";
const PRODUCTS: &str = "api-products-v2.yaml";
const BUILDER: &str = "api-builder-v3.yaml";
const STRATEGIES: &str = "application-auth-strategies-v2.yaml";

const STATUSES: Shape = Shape::Word(&["approved", "pending", "revoked", "rejected"]);

const fn v2(document: &'static str, id: &'static str) -> Operation {
    Operation { api: Some(ApiVersion::V2), document, id }
}

const fn v3(document: &'static str, id: &'static str) -> Operation {
    Operation { api: Some(ApiVersion::V3), document, id }
}

const fn both(document: &'static str, id: &'static str) -> Operation {
    Operation { api: None, document, id }
}

const fn developer(operations: &'static [Operation], shape: &'static Shape) -> Form {
    Form { sender: Sender::Developer, operations, shape }
}

const fn admin(operations: &'static [Operation], shape: &'static Shape) -> Form {
    Form { sender: Sender::Admin, operations, shape }
}

const fn request(name: &'static str, about: &'static str, forms: &'static [Form]) -> RequestType {
    RequestType { name, about, forms }
}

pub(super) const ALL: &[RequestType] = &[
    people::SIGN_UP,
    people::LOG_IN,
    people::FORGOT_PASSWORD,
    people::RESET_PASSWORD,
    people::VERIFY_EMAIL,
    people::DEVELOPER,
    people::DEVELOPER_STATUS,
    people::TEAM,
    people::TEAM_UPDATE,
    people::MEMBERSHIP,
    people::ROLE_ASSIGNMENT,
    people::GROUP_MAPPINGS,
    applications::APPLICATION,
    applications::APPLICATION_UPDATE,
    applications::REGISTRATION,
    applications::REGISTRATION_STATUS,
    applications::REGISTRATION_CONSUMER,
    applications::CREDENTIAL,
    applications::CREDENTIAL_UPDATE,
    portals::LABELS_ALONE,
    portals::PORTAL,
    portals::PORTAL_UPDATE,
    portals::PORTAL_PRODUCT_VERSION,
    portals::PORTAL_PRODUCT_VERSION_UPDATE,
    portals::PORTAL_PRODUCT_VERSION_REPLACEMENT,
    resources::API_PRODUCT,
    resources::API_PRODUCT_UPDATE,
    resources::API_PRODUCT_VERSION,
    resources::API_PRODUCT_VERSION_UPDATE,
    resources::API,
    resources::API_UPDATE,
    resources::API_PACKAGE,
    resources::API_PACKAGE_UPDATE,
    resources::PUBLICATION,
    resources::IMPLEMENTATION,
    strategies::AUTH_STRATEGY,
    strategies::AUTH_STRATEGY_UPDATE,
];
