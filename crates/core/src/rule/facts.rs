//! What a decision depends on: enums only, each complete.

/// Declares an enum whose values are listed in `ALL`, for enumeration in tests and tables.
macro_rules! fact {
    ($(#[$doc:meta])* $name:ident { $($(#[$value_doc:meta])* $value:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$value_doc])* $value),+ }

        impl $name {
            /// Every value, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$value),+];
        }
    };
}

fact! {
    /// Whether the data the facts come from is young enough to be believed.
    Freshness {
        /// Within its max age, or a snapshot that somebody chose to ask.
        Fresh,
        /// Older than its max age, or there is none.
        Stale,
    }
}

fact! {
    /// What the caller showed to prove which application it is.
    CredentialFact {
        /// Nothing was shown.
        Missing,
        /// Several different ones were shown, or one that belongs to several applications.
        Ambiguous,
        /// It belongs to no application.
        Unknown,
        /// Its status is a word nobody knows.
        Unrecognized,
        /// It was revoked.
        Revoked,
        /// Its time is over.
        Expired,
        /// It is good.
        Valid,
        /// The application is named by its id, as in a report; never filled from a bundle.
        NotNeeded,
    }
}

impl CredentialFact {
    /// Whether the credential names one application, good or not.
    pub const fn identifies(self) -> bool {
        matches!(self, Self::Valid | Self::Revoked | Self::Expired | Self::NotNeeded)
    }
}

fact! {
    /// Where the resource stands in its portal.
    ResourceFact {
        /// The portal has no such resource, or the route maps to none.
        Unknown,
        /// Its publish status is a word nobody knows.
        Unrecognized,
        /// It exists and is not published.
        Unpublished,
        /// It is published.
        Published,
    }
}

impl ResourceFact {
    /// Whether the resource's state in the portal is known.
    pub const fn is_known(self) -> bool {
        matches!(self, Self::Unpublished | Self::Published)
    }
}

fact! {
    /// Who may see a published resource: everyone, or signed-in developers with a role.
    Visibility {
        /// Everyone (v2: the portal is public; v3: the publication's visibility is `public`).
        Public,
        /// Signed-in developers.
        Private,
    }
}

fact! {
    /// Status of the application. v2 and v3 have no such field: it is approved there.
    ApplicationFact {
        /// No such application.
        Unknown,
        /// Waiting for approval.
        Pending,
        /// Rejected.
        Rejected,
        /// Revoked.
        Revoked,
        /// A word nobody knows.
        Unrecognized,
        /// Approved.
        Approved,
    }
}

fact! {
    /// Status of a developer, as Konnect's `DeveloperStatus`.
    DeveloperStatus {
        /// Waiting for approval: cannot log in.
        Pending,
        /// Rejected: cannot log in.
        Rejected,
        /// Revoked: cannot log in, though Konnect lets existing credentials work on.
        Revoked,
        /// A word nobody knows.
        Unrecognized,
        /// Approved: can log in, create applications and register.
        Approved,
    }
}

/// Who owns the application; for `view` and the status-only actions, who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnerFact {
    /// Nobody that the data knows.
    Unknown,
    /// A developer with this status.
    Developer(DeveloperStatus),
    /// A team (v3).
    Team,
}

impl OwnerFact {
    /// Every value.
    pub const ALL: &'static [Self] = &[
        Self::Unknown,
        Self::Developer(DeveloperStatus::Pending),
        Self::Developer(DeveloperStatus::Rejected),
        Self::Developer(DeveloperStatus::Revoked),
        Self::Developer(DeveloperStatus::Unrecognized),
        Self::Developer(DeveloperStatus::Approved),
        Self::Team,
    ];
}

fact! {
    /// Whether the developer who asks for a team-owned application is an approved member of that team.
    MembershipFact {
        /// Not asked by a developer, not a member, or a member who is not approved.
        NotApprovedMember,
        /// An approved member.
        ApprovedMember,
    }
}

fact! {
    /// Status of the application's registration for the resource.
    RegistrationFact {
        /// There is none.
        Missing,
        /// Waiting for approval.
        Pending,
        /// Rejected.
        Rejected,
        /// Revoked.
        Revoked,
        /// A word nobody knows.
        Unrecognized,
        /// Approved.
        Approved,
    }
}

fact! {
    /// The best role the application's owner has on the resource's role entity.
    RoleFact {
        /// None.
        None,
        /// API Viewer.
        Viewer,
        /// API Consumer, which includes API Viewer.
        Consumer,
    }
}

fact! {
    /// Whether the portal uses roles at all (`rbac_enabled`).
    Rbac {
        /// Roles decide.
        On,
        /// Roles are not consulted.
        Off,
    }
}

fact! {
    /// Whether the portal has developers at all.
    PortalFact {
        /// Open to everyone: no developers, no applications.
        Public,
        /// Developers sign in.
        Authenticated,
    }
}

fact! {
    /// The application's auth strategy compared with the resource's.
    StrategyFact {
        /// The same.
        Same,
        /// Both are known and they differ.
        Different,
        /// One of them is not known.
        Unknown,
    }
}

/// Everything a decision depends on.
///
/// [`Facts::UNKNOWN`] is the worst of everything; information points overwrite what they know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Facts {
    /// Age of the data.
    pub freshness: Freshness,
    /// What the caller showed.
    pub credential: CredentialFact,
    /// State of the resource in its portal.
    pub resource: ResourceFact,
    /// Whether the resource is deprecated: still allowed, with a warning.
    pub deprecated: bool,
    /// Whether applications may register for the resource.
    pub registration_enabled: bool,
    /// Who may see the resource.
    pub visibility: Visibility,
    /// Status of the application.
    pub application: ApplicationFact,
    /// Owner of the application, or who asks.
    pub owner: OwnerFact,
    /// For a team-owned application: whether an approved member asks.
    pub membership: MembershipFact,
    /// Status of the registration.
    pub registration: RegistrationFact,
    /// Best role on the resource.
    pub role: RoleFact,
    /// Whether roles are consulted.
    pub rbac: Rbac,
    /// Whether the portal has developers.
    pub portal: PortalFact,
    /// Auth strategies compared.
    pub strategy: StrategyFact,
}

impl Facts {
    /// Nothing is known, so nothing is granted.
    pub const UNKNOWN: Self = Self {
        freshness: Freshness::Stale,
        credential: CredentialFact::Missing,
        resource: ResourceFact::Unknown,
        deprecated: false,
        registration_enabled: false,
        visibility: Visibility::Private,
        application: ApplicationFact::Unknown,
        owner: OwnerFact::Unknown,
        membership: MembershipFact::NotApprovedMember,
        registration: RegistrationFact::Missing,
        role: RoleFact::None,
        rbac: Rbac::On,
        portal: PortalFact::Public,
        strategy: StrategyFact::Unknown,
    };
}
