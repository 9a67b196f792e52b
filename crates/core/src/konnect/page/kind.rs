//! The kinds of objects that the Management APIs list, and the members that are read of each.

/// A kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A portal.
    Portal,
    /// Its authentication settings.
    AuthSettings,
    /// A developer, with a status.
    Developer,
    /// A team's developer, without a status.
    TeamDeveloper,
    /// A team.
    Team,
    /// A role of a team.
    AssignedRole,
    /// `IdP` groups mapped to a team.
    GroupMapping,
    /// An application.
    Application,
    /// A registration.
    Registration,
    /// An API product, as the portal or as API Products shows it.
    Product,
    /// A product version's state in a portal.
    PortalProductVersion,
    /// A product version, with its gateway service.
    ApiProductVersion,
    /// An application auth strategy.
    AuthStrategy,
    /// An API.
    Api,
    /// An API package.
    ApiPackage,
    /// A publication of an API or a package.
    Publication,
    /// What implements an API.
    Implementation,
    /// A credential's description, without its secret.
    Credential,
}

/// What a member must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// A UUID that must be there.
    Id,
    /// A UUID or nothing.
    OptionalId,
    /// A UUID or `*`.
    Entity,
    /// A date and time or nothing.
    Time,
    /// A text that must be there.
    Text,
    /// A text or nothing.
    OptionalText,
    /// True, false or nothing.
    Flag,
    /// True or false.
    RequiredFlag,
    /// One of Konnect's four statuses.
    Status,
    /// One of these words.
    Word(&'static [&'static str]),
    /// An object whose `id` is a UUID.
    Reference,
    /// Such an object, or nothing.
    OptionalReference,
    /// A list, or nothing.
    OptionalList,
}

type Members = &'static [(&'static str, Type)];

const TIMES: Members = &[("created_at", Type::Time), ("updated_at", Type::Time)];
const PUBLISHED: Type = Type::Word(&["published", "unpublished"]);

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Portal,
        Self::AuthSettings,
        Self::Developer,
        Self::TeamDeveloper,
        Self::Team,
        Self::AssignedRole,
        Self::GroupMapping,
        Self::Application,
        Self::Registration,
        Self::Product,
        Self::PortalProductVersion,
        Self::ApiProductVersion,
        Self::AuthStrategy,
        Self::Api,
        Self::ApiPackage,
        Self::Publication,
        Self::Implementation,
        Self::Credential,
    ];

    /// The members that decisions and joins read. Those that only some API versions have are optional.
    pub(super) fn members(self) -> [Members; 2] {
        let own: Members = match self {
            Self::Portal => &[
                ("id", Type::Id),
                ("name", Type::Text),
                ("rbac_enabled", Type::RequiredFlag),
                ("is_public", Type::Flag),
                ("authentication_enabled", Type::Flag),
                ("auto_approve_developers", Type::Flag),
                ("auto_approve_applications", Type::Flag),
            ],
            Self::AuthSettings => &[
                ("idp_mapping_enabled", Type::Flag),
                ("oidc_team_mapping_enabled", Type::Flag),
                ("konnect_mapping_enabled", Type::Flag),
            ],
            Self::Developer => &[
                ("id", Type::Id),
                ("email", Type::Text),
                ("full_name", Type::Text),
                ("status", Type::Status),
            ],
            Self::TeamDeveloper => &[("id", Type::Id), ("active", Type::Flag)],
            Self::Team => &[("id", Type::Id), ("name", Type::OptionalText)],
            // Portal Management 2.0.0 to 2.2.0 require none of them; one that is missing grants nothing.
            Self::AssignedRole => &[
                ("id", Type::OptionalId),
                ("role_name", Type::Text),
                ("entity_id", Type::Entity),
                ("entity_type_name", Type::OptionalText),
                ("entity_region", Type::Text),
            ],
            Self::GroupMapping => &[("team_id", Type::Id), ("groups", Type::OptionalList)],
            Self::Application => &[
                ("id", Type::Id),
                ("name", Type::Text),
                ("developer", Type::OptionalReference),
                ("owner", Type::OptionalReference),
                ("auth_strategy", Type::OptionalReference),
            ],
            Self::Registration => &[
                ("id", Type::Id),
                ("status", Type::Status),
                ("application", Type::Reference),
                ("product_version", Type::OptionalReference),
                ("api", Type::OptionalReference),
            ],
            Self::PortalProductVersion => &[
                ("id", Type::OptionalId),
                ("product_version_id", Type::Id),
                ("publish_status", PUBLISHED),
                ("application_registration_enabled", Type::Flag),
                ("auto_approve_registration", Type::Flag),
                ("deprecated", Type::Flag),
                ("auth_strategies", Type::OptionalList),
            ],
            Self::AuthStrategy => &[("id", Type::Id), ("name", Type::Text), ("strategy_type", Type::Text)],
            Self::Product | Self::ApiProductVersion | Self::Api | Self::ApiPackage => {
                &[("id", Type::Id), ("name", Type::Text)]
            }
            Self::Publication => &[
                ("api_id", Type::OptionalId),
                ("visibility", Type::Word(&["public", "private"])),
                ("auth_strategy_ids", Type::OptionalList),
                ("auto_approve_registrations", Type::Flag),
            ],
            Self::Implementation => &[("id", Type::Id), ("api_id", Type::Id)],
            Self::Credential => &[("id", Type::Id), ("expires_at", Type::Time)],
        };
        [own, TIMES]
    }
}
