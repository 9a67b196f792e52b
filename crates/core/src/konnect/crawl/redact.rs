//! Pseudonyms for people: the same person has the same one in every export made with the same secret.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::konnect::page::Kind;

/// Replaces names and the local parts of e-mail addresses; domains stay, because approvals go by them.
pub(super) struct Redactor<'a> {
    secret: &'a [u8],
}

impl<'a> Redactor<'a> {
    pub(super) const fn new(secret: &'a [u8]) -> Self {
        Self { secret }
    }

    /// An object without its people's names. It is written anew: only here do objects lose their own spelling.
    pub(super) fn object(&self, kind: Kind, json: &str) -> String {
        let Ok(mut value) = crate::json::value(json) else { return "null".into() };
        if let Value::Object(members) = &mut value {
            self.members(members, matches!(kind, Kind::Developer | Kind::TeamDeveloper));
        }
        value.to_string()
    }

    /// `person`: whether `name` is a person's.
    fn members(&self, members: &mut Map<String, Value>, person: bool) {
        // Answers to the portal's own sign-up questions: what they hold, nobody knows.
        members.remove("additional_data");
        for (name, value) in members.iter_mut() {
            match value {
                Value::String(text) => {
                    if name == "full_name" || name == "username" || (person && name == "name") {
                        *text = self.name(text);
                    } else if name == "email" {
                        *text = self.email(text);
                    } else if text.contains('@') {
                        *text = self.text(text);
                    }
                }
                Value::Object(inner) => self.members(inner, matches!(name.as_str(), "developer" | "owner")),
                Value::Array(items) => self.items(items),
                _ => {}
            }
        }
    }

    fn items(&self, items: &mut [Value]) {
        for item in items {
            match item {
                Value::String(text) if text.contains('@') => *text = self.text(text),
                Value::Object(members) => self.members(members, false),
                Value::Array(items) => self.items(items),
                _ => {}
            }
        }
    }

    fn name(&self, name: &str) -> String {
        if name.is_empty() { String::new() } else { format!("Person {}", self.digest("name", name)) }
    }

    /// Everything before the last `@`, however odd, is the local part.
    fn email(&self, email: &str) -> String {
        let (local, domain) = email.rsplit_once('@').map_or((email, ""), |(local, domain)| (local, domain));
        let at = if email.contains('@') { "@" } else { "" };
        format!("{}{at}{domain}", self.digest("local part", local))
    }

    /// Each word with an `@` becomes a pseudonym at its domain.
    fn text(&self, text: &str) -> String {
        let words =
            text.split(' ').map(|word| if word.contains('@') { self.email(word) } else { word.to_owned() });
        words.collect::<Vec<_>>().join(" ")
    }

    /// Twelve hexadecimal digits: no two of a million people share them but by one chance in hundreds.
    fn digest(&self, what: &str, text: &str) -> String {
        let mut hash = Sha256::new();
        for part in [self.secret, what.as_bytes(), text.as_bytes()] {
            // With its length before each part no two texts run together to the same bytes.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digits =
            hash.finalize().iter().take(6).fold(0_u64, |digits, byte| (digits << 8) | u64::from(*byte));
        format!("{digits:012x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_become_pseudonyms_that_stay_the_same() {
        let redactor = Redactor::new(b"secret");
        let developer =
            r#"{"id":"1","email":"Peter@arsenal.com","full_name":"Peter","additional_data":{"phone":"1"}}"#;
        let application = r#"{"id":"2","name":"App 1","developer":{"id":"1","name":"Peter","email":"Peter@arsenal.com"},"description":"ask peter@x.org"}"#;
        let developer: Value = serde_json::from_str(&redactor.object(Kind::Developer, developer)).unwrap();
        let application: Value =
            serde_json::from_str(&redactor.object(Kind::Application, application)).unwrap();
        assert_eq!(developer["full_name"], application["developer"]["name"]);
        assert_eq!(developer["email"], application["developer"]["email"]);
        assert_eq!(application["name"], "App 1");
        let email = developer["email"].as_str().unwrap();
        assert!(email.ends_with("@arsenal.com") && email.len() == 12 + 12, "{email}");
        let all = format!("{developer}{application}");
        for gone in ["Peter", "peter", "phone"] {
            assert!(!all.contains(gone), "{all}");
        }
        let odd = redactor.object(Kind::Developer, r#"{"email":"peter x@arsenal.com"}"#);
        assert!(!odd.contains("peter") && odd.contains("@arsenal.com"), "{odd}");
        let other = Redactor::new(b"other").object(Kind::Developer, r#"{"full_name":"Peter"}"#);
        assert!(!other.contains(developer["full_name"].as_str().unwrap()));
    }
}
