//! The operator's credential digests: Konnect never tells API keys, so gateways know only what is added here.

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

use gatepass::{ApplicationId, Snapshot};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// Credentials to add to a snapshot, each as it was written.
#[derive(Debug, Default)]
pub(crate) struct Keys(Vec<Box<RawValue>>);

/// Why credentials cannot be added.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeysError {
    #[error("cannot read `{}`: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("`{}` is no JSON array of credentials: {source}; write `[{{\"application_id\": …, \"kind\": \"api_key\", \"sha256\": …}}]`", path.display())]
    Json { path: PathBuf, source: serde_json::Error },
    #[error("cannot add credentials to the snapshot: {0}")]
    Snapshot(serde_json::Error),
}

/// An object's members in their order, each value as it was written.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[derive(Deserialize)]
struct Named {
    application_id: Option<String>,
}

impl Keys {
    /// Reads a file with an array of credentials, or an object with such an array in `credentials`.
    pub(crate) fn read(path: &Path) -> Result<Self, KeysError> {
        let bytes =
            std::fs::read(path).map_err(|source| KeysError::Read { path: path.to_owned(), source })?;
        Self::from_bytes(path, &bytes)
    }

    /// Reads what the file at this path holds.
    pub(crate) fn from_bytes(path: &Path, bytes: &[u8]) -> Result<Self, KeysError> {
        Self::parse(bytes).map_err(|source| KeysError::Json { path: path.to_owned(), source })
    }

    fn parse(bytes: &[u8]) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wrapped {
            credentials: Vec<Box<RawValue>>,
        }
        if bytes.trim_ascii_start().starts_with(b"{") {
            return Ok(Self(serde_json::from_slice::<Wrapped>(bytes)?.credentials));
        }
        serde_json::from_slice(bytes).map(Self)
    }

    /// Adds a credential at the end.
    pub(crate) fn add(&mut self, credential: &impl Serialize) -> serde_json::Result<()> {
        self.0.push(serde_json::value::to_raw_value(credential)?);
        Ok(())
    }

    /// How many there are.
    pub(crate) const fn len(&self) -> usize {
        self.0.len()
    }

    /// The file that has them: one a line, each as it was written.
    pub(crate) fn to_file(&self) -> String {
        let lines: Vec<&str> = self.0.iter().map(|key| key.get()).collect();
        format!("[\n{}\n]\n", lines.join(",\n"))
    }

    /// The snapshot file with these credentials added, and how many were left out because their applications are
    /// no longer there: a key that outlives its application must not keep everybody else's from being exported.
    pub(crate) fn add_to(&self, file: &[u8], snapshot: &Snapshot) -> Result<(Vec<u8>, usize), KeysError> {
        let applications: HashSet<ApplicationId> =
            snapshot.applications().iter().map(|application| application.id).collect();
        let here = |key: &RawValue| {
            let named = serde_json::from_str::<Named>(key.get()).ok()?;
            Some(applications.contains(&named.application_id?.parse().ok()?))
        };
        // What is no credential stays, and is told as a problem of the snapshot.
        let (kept, gone): (Vec<_>, Vec<_>) = self.0.iter().partition(|key| here(key).unwrap_or(true));
        let Members(members) = serde_json::from_slice(file).map_err(KeysError::Snapshot)?;
        let mut text = String::from("{");
        for (name, value) in members {
            if text.len() > 1 {
                text.push_str(",\n");
            }
            text.push_str(&serde_json::to_string(&name).map_err(KeysError::Snapshot)?);
            text.push(':');
            if name == "credentials" {
                let own: Vec<Box<RawValue>> =
                    serde_json::from_str(value.get()).map_err(KeysError::Snapshot)?;
                let all = own.iter().chain(kept.iter().copied()).map(|key| key.get());
                text.push('[');
                text.push_str(&all.collect::<Vec<_>>().join(",\n"));
                text.push(']');
            } else {
                text.push_str(value.get());
            }
        }
        text.push_str("}\n");
        Ok((text.into_bytes(), gone.len()))
    }
}
