//! One object as the API wrote it, and what identifies it.

use super::kind::Kind;
use crate::json::{Entry, Field, lenient_object};

/// An object of a list, exactly as it was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    key: Box<str>,
    json: Box<str>,
}

lenient_object! {
    RawKey<'a> {
        id: Field<'a>,
        team_id: Field<'a>,
        api_id: Field<'a>,
        role_name: Field<'a>,
        entity_id: Field<'a>,
        entity_type_name: Field<'a>,
        entity_region: Field<'a>,
    }
}

impl Item {
    pub(super) fn new(kind: Kind, json: &str) -> Self {
        let raw = match crate::json::from_str::<Entry<RawKey<'_>>>(json) {
            Ok(Entry::Object(raw)) => raw,
            _ => RawKey::default(),
        };
        let key = match kind {
            // Konnect repeats the `id` of role assignments: name, entity and region identify them.
            Kind::AssignedRole => {
                let parts = [&raw.role_name, &raw.entity_id, &raw.entity_type_name, &raw.entity_region];
                let parts: Vec<&str> = parts.iter().filter_map(|part| part.text()).collect();
                parts.join("\n").into()
            }
            Kind::GroupMapping => text(&raw.team_id),
            Kind::Publication => text(&raw.api_id),
            _ => text(&raw.id),
        };
        Self { key, json: json.into() }
    }

    /// What identifies it in its list: its `id`; of role assignments role, entity and region. Empty if it has
    /// none.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The object, exactly as it was written.
    pub fn json(&self) -> &str {
        &self.json
    }
}

fn text(field: &Field<'_>) -> Box<str> {
    field.text().unwrap_or_default().into()
}
