//! Credentials: digests and ids from the operator's file, and consumers that Konnect names.

use super::Reader;
use super::repeated::Indexed;
use crate::arrange::Arrange as _;
use crate::bundle::CredentialState;
use crate::json::{Entry, Field};
use crate::problem::Place;
use crate::snapshot::model::{Application, Credential};
use crate::snapshot::raw::{RawCredential, RawSnapshot};
use crate::{ApplicationId, CredentialKey, Timestamp};

const REMEDY: &str = "correct the credential; until then it opens nothing";

impl Reader {
    pub(super) fn credentials(
        &mut self,
        raw: &RawSnapshot<'_>,
        applications: &Indexed<Application>,
    ) -> Vec<Credential> {
        let root = Place::Root;
        let list = root.member("credentials");
        self.check_list(&raw.credentials, list);
        let mut read = Vec::with_capacity(raw.credentials.items().len());
        for (position, entry) in raw.credentials.items().iter().enumerate() {
            let place = list.item(position);
            let Some(raw) = self.object(entry, place) else { continue };
            read.extend(self.credential(raw, applications, place).map(|credential| (position, credential)));
        }
        let mut credentials = self.unique_credentials(read, list);
        credentials.extend(consumers(raw, applications));
        credentials.arrange_by_key(|credential| (credential.key, credential.application));
        // A consumer may stand behind several registrations of one application, and be listed besides.
        credentials.dedup_by(|next, kept| {
            let same = (next.key, next.application) == (kept.key, kept.application);
            if same {
                kept.restrict(next);
            }
            same
        });
        credentials
    }

    fn credential(
        &mut self,
        raw: &RawCredential<'_>,
        applications: &Indexed<Application>,
        place: Place<'_>,
    ) -> Option<Credential> {
        let id = self.id::<ApplicationId>(&raw.application_id, place.member("application_id"));
        let key = self.credential_key(raw, place);
        let state = match &raw.status {
            // Portal Management 3.x: `status` is optional.
            Field::Absent => CredentialState::Active,
            Field::Text(word) if word == "active" => CredentialState::Active,
            Field::Text(word) if word == "expired" => CredentialState::Expired,
            Field::Text(word) if word == "revoked" => CredentialState::Revoked,
            odd => {
                self.record(
                    "status_unrecognized",
                    place.member("status"),
                    format!("the status is {odd}, and can be `active`, `expired` or `revoked`"),
                    REMEDY,
                );
                CredentialState::Unrecognized
            }
        };
        let expires_at = self.expiry(&raw.expires_at, place);
        let application = id.and_then(|id| applications.get(id));
        if id.is_some() && application.is_none() {
            self.error(
                "application_dangling",
                place.member("application_id"),
                format!("application {} is not among the applications", raw.application_id),
                "remove the credential, or export again",
            );
        }
        let created_at = self.time(&raw.created_at, place.member("created_at"));
        Some(Credential { key: key?, application, state, expires_at, created_at })
    }

    /// A time that cannot be read has passed.
    fn expiry(&mut self, field: &Field<'_>, place: Place<'_>) -> Option<Timestamp> {
        if field.is_silent() {
            return None;
        }
        let time = field.text().and_then(|text| text.parse().ok());
        if time.is_none() {
            let message = format!("the expiry is {field}, and should be an RFC 3339 date and time or null");
            self.record(
                "expiry_unreadable",
                place.member("expires_at"),
                message,
                "correct it; until then the credential counts as expired",
            );
        }
        Some(time.unwrap_or(Timestamp::from_millis(i64::MIN)))
    }

    fn credential_key(&mut self, raw: &RawCredential<'_>, place: Place<'_>) -> Option<CredentialKey> {
        match raw.kind.text() {
            Some("api_key") => {
                let digest = raw.sha256.text().and_then(read_digest);
                if digest.is_none() {
                    self.record(
                        "credential_invalid",
                        place.member("sha256"),
                        "sha256 should be 64 lower-case hexadecimal digits",
                        REMEDY,
                    );
                }
                digest.map(CredentialKey::api_key_digest)
            }
            Some("client_id") => match (filled(&raw.client_id), filled(&raw.issuer)) {
                (Some(client), Some(issuer)) => {
                    Some(CredentialKey::client_id(issuer.as_bytes(), client.as_bytes()))
                }
                (client, _) => {
                    let name = if client.is_none() { "client_id" } else { "issuer" };
                    self.record(
                        "credential_invalid",
                        place.member(name),
                        format!("a client id needs a text in `{name}`"),
                        REMEDY,
                    );
                    None
                }
            },
            Some("custom_id") => {
                let custom_id = filled(&raw.custom_id);
                if custom_id.is_none() {
                    self.record(
                        "credential_invalid",
                        place.member("custom_id"),
                        "a custom id needs a text in `custom_id`",
                        REMEDY,
                    );
                }
                custom_id.map(|custom_id| CredentialKey::custom_id(custom_id.as_bytes()))
            }
            _ => {
                let message =
                    format!("the kind is {}, and can be `api_key`, `client_id` or `custom_id`", raw.kind);
                self.record("credential_invalid", place.member("kind"), message, REMEDY);
                None
            }
        }
    }

    /// Notes keys that are there several times. Of one application the more restrictive counts; of several
    /// applications all are kept, and look-ups find them ambiguous.
    fn unique_credentials(&mut self, mut read: Vec<(usize, Credential)>, list: Place<'_>) -> Vec<Credential> {
        read.arrange_by_key(|(position, credential)| (credential.key, credential.application, *position));
        let mut unique: Vec<Credential> = Vec::with_capacity(read.len());
        for (position, credential) in read {
            let item = list.item(position);
            match unique.last_mut().filter(|kept| kept.key == credential.key) {
                None => {}
                Some(kept) if *kept == credential => {
                    self.warning(
                        "id_repeated",
                        item,
                        "the credential is there twice, identically",
                        "nothing to do; it is counted once",
                    );
                    continue;
                }
                Some(kept) if kept.application == credential.application => {
                    self.record(
                        "credential_repeated",
                        item,
                        "the credential is there twice, with different contents",
                        "keep one of the two; until then the more restrictive counts",
                    );
                    kept.restrict(&credential);
                    continue;
                }
                Some(_) => {
                    self.record(
                        "credential_ambiguous",
                        item,
                        "the credential belongs to two applications",
                        "give each application its own; until then it opens nothing",
                    );
                }
            }
            unique.push(credential);
        }
        unique
    }
}

/// The consumers that v3 registrations name: each stands for its application.
fn consumers(raw: &RawSnapshot<'_>, applications: &Indexed<Application>) -> Vec<Credential> {
    let consumer = |entry: &Entry<crate::snapshot::raw::RawRegistration<'_>>| {
        let registration = entry.object()?;
        let custom_id = filled(&registration.consumer.object()?.custom_id)?;
        let application = applications.get(registration.application.object()?.id.text()?.parse().ok()?)?;
        let key = CredentialKey::custom_id(custom_id.as_bytes());
        Some(Credential {
            key,
            application: Some(application),
            state: CredentialState::Active,
            expires_at: None,
            created_at: None,
        })
    };
    raw.registrations.items().iter().filter_map(consumer).collect()
}

fn filled<'f>(field: &'f Field<'_>) -> Option<&'f str> {
    field.text().filter(|text| !text.is_empty())
}

impl Credential {
    /// Takes the more restrictive of both, which are the same credential of the same application.
    fn restrict(&mut self, other: &Self) {
        self.state = self.state.max(other.state);
        let earlier = |one: Option<Timestamp>, other: Option<Timestamp>| match (one, other) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self.expires_at = earlier(self.expires_at, other.expires_at);
        self.created_at = earlier(self.created_at, other.created_at);
    }
}

/// 64 lower-case hexadecimal digits.
fn read_digest(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0')),
        b'a'..=b'f' => Some(byte.wrapping_sub(b'a').wrapping_add(10)),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if !rest.is_empty() || pairs.len() != 32 {
        return None;
    }
    let mut digest = [0; 32];
    for (byte, [high, low]) in digest.iter_mut().zip(pairs) {
        *byte = (digit(*high)? << 4) | digit(*low)?;
    }
    Some(digest)
}
