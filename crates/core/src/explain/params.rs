//! The names in a message.

use serde::{Serialize, Serializer};

/// The names in a message, by what they name: for translations. On the wire an object.
///
/// ```
/// use gatepass::{Policy, Question, ReadOptions, Snapshot};
/// # let file = include_bytes!("../../testdata/small.json");
/// # let snapshot = Snapshot::read(file, ReadOptions::default()).unwrap().snapshot;
/// let application = "a0000000-0000-4000-8000-000000000001".parse().unwrap();
/// let resource = "e0000000-0000-4000-8000-000000000001".parse().unwrap();
/// let decision = snapshot.decide(&Question::consume(application, resource, Policy::Strict));
/// assert_eq!(decision.params.get("application"), Some("App 1"));
/// assert_eq!(decision.params.get("tenant"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageParams(Vec<(&'static str, String)>);

impl MessageParams {
    pub(super) fn insert(&mut self, name: &'static str, value: &str) {
        if let Err(place) = self.0.binary_search_by(|(known, _)| (*known).cmp(name)) {
            self.0.insert(place, (name, value.to_owned()));
        }
    }

    /// The name of the `application`, `developer`, `team` or `resource` in the message, if it names one.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// What is named, and its name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

impl Serialize for MessageParams {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for MessageParams {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MessageParams".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        std::collections::BTreeMap::<String, String>::json_schema(generator)
    }
}
