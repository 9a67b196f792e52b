//! Konnect's geographic regions.

use std::fmt;

/// A region in which Konnect keeps portals, teams' roles and API keys.
///
/// Source: `entity_region` of Portal Management 2.2.2 and 3.x.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Region {
    /// Australia.
    Au = 0,
    /// Europe.
    Eu = 1,
    /// India.
    In = 2,
    /// Middle East.
    Me = 3,
    /// Singapore.
    Sg = 4,
    /// United States.
    Us = 5,
}

impl Region {
    /// Every region, in the order of their codes.
    pub const ALL: &'static [Self] = &[Self::Au, Self::Eu, Self::In, Self::Me, Self::Sg, Self::Us];

    /// The code in Konnect's URLs and role assignments.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Au => "au",
            Self::Eu => "eu",
            Self::In => "in",
            Self::Me => "me",
            Self::Sg => "sg",
            Self::Us => "us",
        }
    }

    /// The region with exactly this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|region| region.as_str() == code)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
