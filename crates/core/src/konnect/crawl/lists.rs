//! The lists that make up a portal, and where each is.

use std::fmt;

use crate::konnect::ApiVersion;
use crate::konnect::page::Kind;
use crate::konnect::path::path;

/// A list of the API. The order is that of the snapshot and of messages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ListName {
    Portals,
    Developers,
    Teams,
    TeamDevelopers(Box<str>),
    TeamRoles(Box<str>),
    GroupMappings,
    Applications,
    Registrations,
    /// v2: the API products published in the portal.
    Products,
    /// v2: the organization's API products.
    ApiProducts,
    /// v2: the portal's state of each product version.
    PortalVersions,
    /// v2: the versions of one API product.
    ProductVersions(Box<str>),
    Apis,
    Packages,
    Publications,
    Implementations,
    /// Auth strategies, for the issuers of client ids: of both versions, kept in v2.
    Strategies,
}

impl ListName {
    /// The lists that are read as soon as the portal is known.
    pub(super) fn of_portal(api: ApiVersion) -> Vec<Self> {
        let mut lists =
            vec![Self::Developers, Self::Teams, Self::GroupMappings, Self::Applications, Self::Registrations];
        lists.extend(match api {
            ApiVersion::V2 => vec![Self::Products, Self::ApiProducts, Self::PortalVersions],
            ApiVersion::V3 => vec![Self::Apis, Self::Packages, Self::Publications, Self::Implementations],
        });
        lists.push(Self::Strategies);
        lists
    }

    pub(super) fn path(&self, api: ApiVersion, portal: &str) -> String {
        match self {
            Self::Portals => path(api, &["portals"]),
            Self::Developers => path(api, &["portals", portal, "developers"]),
            Self::Teams => path(api, &["portals", portal, "teams"]),
            Self::TeamDevelopers(team) => path(api, &["portals", portal, "teams", team, "developers"]),
            Self::TeamRoles(team) => path(api, &["portals", portal, "teams", team, "assigned-roles"]),
            Self::GroupMappings => {
                path(api, &["portals", portal, "identity-provider", "team-group-mappings"])
            }
            Self::Applications => path(api, &["portals", portal, "applications"]),
            Self::Registrations => path(api, &["portals", portal, "application-registrations"]),
            Self::Products => path(api, &["portals", portal, "products"]),
            Self::ApiProducts => path(api, &["api-products"]),
            Self::PortalVersions => path(api, &["portals", portal, "product-versions"]),
            Self::ProductVersions(product) => path(api, &["api-products", product, "product-versions"]),
            Self::Apis => path(api, &["apis"]),
            Self::Packages => path(api, &["api-packages"]),
            Self::Publications => path(api, &["portals", portal, "api-publications"]),
            Self::Implementations => path(api, &["api-implementations"]),
            Self::Strategies => path(ApiVersion::V2, &["application-auth-strategies"]),
        }
    }

    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::Portals => Kind::Portal,
            Self::Developers => Kind::Developer,
            Self::Teams => Kind::Team,
            Self::TeamDevelopers(_) => Kind::TeamDeveloper,
            Self::TeamRoles(_) => Kind::AssignedRole,
            Self::GroupMappings => Kind::GroupMapping,
            Self::Applications => Kind::Application,
            Self::Registrations => Kind::Registration,
            Self::Products | Self::ApiProducts => Kind::Product,
            Self::PortalVersions => Kind::PortalProductVersion,
            Self::ProductVersions(_) => Kind::ApiProductVersion,
            Self::Apis => Kind::Api,
            Self::Packages => Kind::ApiPackage,
            Self::Publications => Kind::Publication,
            Self::Implementations => Kind::Implementation,
            Self::Strategies => Kind::AuthStrategy,
        }
    }

    /// Whether the portal is whole without the list when the API answers with this status: a portal without
    /// an identity provider has no mappings (400), an organization without packages may not have the
    /// operation, and a token may not read auth strategies, which only client ids need.
    pub(super) const fn may_be_absent(&self, status: u16) -> bool {
        match self {
            Self::GroupMappings => matches!(status, 400 | 404),
            Self::Packages => status == 404,
            Self::Strategies => matches!(status, 403 | 404),
            _ => false,
        }
    }

    /// The list to read again when this one is suddenly gone.
    pub(super) const fn parent(&self) -> Option<Self> {
        match self {
            Self::TeamDevelopers(_) | Self::TeamRoles(_) => Some(Self::Teams),
            Self::ProductVersions(_) => Some(Self::ApiProducts),
            _ => None,
        }
    }
}

impl fmt::Display for ListName {
    /// The name in `collected`, and in messages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TeamDevelopers(team) => write!(f, "team_developers/{team}"),
            Self::TeamRoles(team) => write!(f, "team_roles/{team}"),
            Self::ProductVersions(product) => write!(f, "api_products/{product}/product_versions"),
            name => f.write_str(match name {
                Self::Portals => "portals",
                Self::Developers => "developers",
                Self::Teams => "teams",
                Self::GroupMappings => "team_group_mappings",
                Self::Applications => "applications",
                Self::Registrations => "registrations",
                Self::Products => "products",
                Self::ApiProducts => "api_products",
                Self::PortalVersions => "product_versions",
                Self::Apis => "apis",
                Self::Packages => "api_packages",
                Self::Publications => "publications",
                Self::Implementations => "implementations",
                _ => "auth_strategies",
            }),
        }
    }
}
