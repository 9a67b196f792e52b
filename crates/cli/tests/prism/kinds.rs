//! What the answer to a GET is: a page or an object, and of what.

use gatepass::konnect::page::Kind;

/// How an answer is read.
pub(crate) enum Shape {
    Page(Kind),
    Object(Kind),
}

/// By the path without its query: `/v2/portals/{}/developers`.
pub(crate) fn shape(path: &str) -> Shape {
    use Shape::{Object, Page};
    let parts: Vec<&str> = path.split('/').skip(2).collect();
    match parts.as_slice() {
        ["portals"] => Page(Kind::Portal),
        ["portals", _] => Object(Kind::Portal),
        ["portals", _, "authentication-settings"] => Object(Kind::AuthSettings),
        ["portals", _, "identity-provider", "team-group-mappings"] => Page(Kind::GroupMapping),
        ["portals", _, "developers"] => Page(Kind::Developer),
        ["portals", _, "developers", _] => Object(Kind::Developer),
        ["portals", _, "teams"] => Page(Kind::Team),
        ["portals", _, "teams", _, "developers"] => Page(Kind::TeamDeveloper),
        ["portals", _, "teams", _, "assigned-roles"] => Page(Kind::AssignedRole),
        ["portals", _, "applications"] => Page(Kind::Application),
        ["portals", _, "applications", _] => Object(Kind::Application),
        ["portals", _, "application-registrations"] | ["portals", _, "applications", _, "registrations"] => {
            Page(Kind::Registration)
        }
        ["portals", _, "applications", _, "registrations", _] => Object(Kind::Registration),
        ["portals", _, "products"] | ["api-products"] => Page(Kind::Product),
        ["portals", _, "product-versions"] => Page(Kind::PortalProductVersion),
        ["portals", _, "product-versions", _] => Object(Kind::PortalProductVersion),
        ["api-products", _, "product-versions"] => Page(Kind::ApiProductVersion),
        ["portals", _, "api-publications"] => Page(Kind::Publication),
        ["apis" | "api-packages", _, "publications", _] => Object(Kind::Publication),
        ["apis"] => Page(Kind::Api),
        ["api-packages"] => Page(Kind::ApiPackage),
        ["api-implementations"] => Page(Kind::Implementation),
        ["application-auth-strategies"] => Page(Kind::AuthStrategy),
        _ => panic!("{path} is read by nobody"),
    }
}
