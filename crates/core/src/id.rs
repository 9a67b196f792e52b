//! Typed ids: one newtype per kind of Konnect object, so that a team's id cannot stand where a
//! developer's belongs.

use std::fmt;
use std::str::FromStr;

use crate::plain::Shown;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A text that is not a UUID in its usual form (32 hexadecimal digits in five groups).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a UUID")]
pub struct IdError {
    text: String,
}

/// Reads the hyphenated form only: the other spellings `uuid` accepts (braces, URN, no hyphens) are
/// never written by Konnect, and two spellings of one id would break joins made on text.
fn read_uuid(text: &str) -> Result<Uuid, IdError> {
    let refused = || IdError { text: Shown(text).to_string() };
    if text.len() != 36 {
        return Err(refused());
    }
    Uuid::try_parse(text).map_err(|_| refused())
}

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {$(
        $(#[doc = $doc])+
        ///
        /// Read from and written as a hyphenated UUID.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The id from its 16 bytes, in network order.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The id's 16 bytes, in network order.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The UUID itself.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                read_uuid(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.hyphenated())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                crate::schema::text(concat!($($doc, "\n"),+), Some("uuid"))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// The id of a Dev Portal.
    PortalId;
    /// The id of a developer of the portal.
    DeveloperId;
    /// The id of a team of the portal.
    TeamId;
    /// The id of an application.
    ApplicationId;
    /// The id of an application's registration for a resource.
    RegistrationId;
    /// The id of what an application registers for: a product version (v2), an API or an API package (v3).
    ResourceId;
    /// The id that role assignments name: an API product (v2), an API or an API package (v3).
    EntityId;
    /// The id of a Kong Gateway service.
    ServiceId;
    /// The id of an application auth strategy.
    StrategyId;
}

impl From<ResourceId> for EntityId {
    /// An API or an API package (v3) is its own role entity.
    fn from(resource: ResourceId) -> Self {
        Self(resource.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hyphenated_form_is_read() {
        let text = "0f3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11";
        let id: TeamId = text.parse().unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(format!("{id:?}"), format!("TeamId({text})"));
        for odd in ["", "1", "{0f3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11}", "0f3b1c4e8a554c4f9d0b2f5a6f1f2e11"] {
            let error = odd.parse::<TeamId>().unwrap_err();
            assert_eq!(error.to_string(), format!("`{odd}` is not a UUID"));
        }
    }

    #[test]
    fn ids_cross_json_as_text() {
        let id: TeamId = serde_json::from_str("\"0F3B1C4E-8A55-4C4F-9D0B-2F5A6F1F2E11\"").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"0f3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11\"");
        assert!(serde_json::from_str::<TeamId>("\"x\"").is_err());
    }
}
