//! Everything one can ask of a portal, found by walking its JSON.

use gatepass::{Action, CredentialKey, Policy, Question};
use serde_json::Value;
use std::str::FromStr;

/// The ids of a list's items, and one of nothing.
fn ids<T: FromStr>(file: &Value, lists: &[&str]) -> Vec<T> {
    let items = lists.iter().flat_map(|list| file[*list].as_array().into_iter().flatten());
    let mut texts: Vec<&str> = items.filter_map(|item| item["id"].as_str()).collect();
    texts.push("00000000-0000-4000-8000-ffffffffffff");
    texts.sort_unstable();
    texts.dedup();
    texts.iter().filter_map(|id| id.parse().ok()).collect()
}

/// The applications, and one that is none.
pub fn applications(file: &Value) -> Vec<gatepass::ApplicationId> {
    ids(file, &["applications"])
}

/// The resources of every kind, and one that is none.
pub fn resources(file: &Value) -> Vec<gatepass::ResourceId> {
    ids(file, &["product_versions", "apis", "api_packages"])
}

/// The developers, and one that is none.
pub fn developers(file: &Value) -> Vec<gatepass::DeveloperId> {
    ids(file, &["developers"])
}

/// Every question of every action. For `consume` under both policies; the others do not read it.
pub fn questions(file: &Value) -> Vec<Question> {
    let (applications, resources) = (applications(file), resources(file));
    let nobody_or: Vec<_> = std::iter::once(None).chain(developers(file).into_iter().map(Some)).collect();
    let mut questions = Vec::new();
    for &resource in &resources {
        for &application in &applications {
            questions
                .extend(Policy::ALL.iter().map(|policy| Question::consume(application, resource, *policy)));
            questions.extend(nobody_or.iter().map(|asker| Question::register(application, *asker, resource)));
        }
        questions.extend(nobody_or.iter().map(|asker| Question::view(*asker, resource)));
    }
    let blank = Question { application: None, resource: None, ..Question::view(None, resources[0]) };
    for &developer in &nobody_or {
        for &application in &applications {
            let application = Some(application);
            questions.push(Question { action: Action::CreateCredential, application, developer, ..blank });
        }
        if developer.is_some() {
            for action in [Action::LogIn, Action::CreateApplication] {
                questions.push(Question { action, developer, ..blank });
            }
        }
    }
    questions
}

/// The look-up key of a credential, if it can be shown at all.
pub fn key(credential: &Value) -> Option<CredentialKey> {
    let filled = |name: &str| credential[name].as_str().filter(|text| !text.is_empty());
    match credential["kind"].as_str()? {
        "api_key" => {
            let digits = filled("sha256").filter(|text| text.len() == 64 && text.is_ascii())?;
            let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            let mut digest = [0; 32];
            for (position, byte) in digest.iter_mut().enumerate() {
                let pair =
                    digits.get(position * 2..position * 2 + 2).filter(|pair| pair.bytes().all(lower))?;
                *byte = u8::from_str_radix(pair, 16).ok()?;
            }
            Some(CredentialKey::api_key_digest(digest))
        }
        "client_id" => {
            Some(CredentialKey::client_id(filled("issuer")?.as_bytes(), filled("client_id")?.as_bytes()))
        }
        "custom_id" => Some(CredentialKey::custom_id(filled("custom_id")?.as_bytes())),
        _ => None,
    }
}

/// Every credential of a portal, its registrations' consumers too, and some that nobody has.
pub fn keys(file: &Value) -> Vec<CredentialKey> {
    let listed = file["credentials"].as_array().into_iter().flatten().filter_map(key);
    let consumers = file["registrations"].as_array().into_iter().flatten();
    let consumers = consumers.filter_map(|registration| registration["consumer"]["custom_id"].as_str());
    let mut keys: Vec<_> =
        listed.chain(consumers.map(|id| CredentialKey::custom_id(id.as_bytes()))).collect();
    keys.push(CredentialKey::api_key(b"nobody's"));
    // The digest of another kind's key, shown as an API key's: a public client id must open nothing.
    let as_api_keys: Vec<_> = keys.iter().map(|key| CredentialKey::api_key_digest(*key.digest())).collect();
    keys.extend(as_api_keys);
    keys.sort_unstable();
    keys.dedup();
    keys
}
