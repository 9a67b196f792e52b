//! Reading one value of a configuration with its place at hand, noting what is wrong instead of stopping.

use super::json::Node;
use super::problem::Problems;

/// A value and its JSON pointer.
#[derive(Clone, Debug)]
pub(super) struct Field<'a> {
    node: &'a Node,
    pointer: String,
}

/// An object whose keys are being asked for one by one; what was never asked for is unknown.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    pointer: String,
    entries: &'a [(String, Node)],
    asked: Vec<&'static str>,
}

impl<'a> Field<'a> {
    /// Where it stands.
    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    pub(super) fn root(node: &'a Node) -> Self {
        Self { node, pointer: String::new() }
    }

    pub(super) fn problem(
        &self,
        problems: &mut Problems,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        problems.add(&self.pointer, message, help);
    }

    fn wrong_kind(&self, problems: &mut Problems, wanted: &str) {
        self.problem(problems, format!("this is {}", self.node.kind()), format!("write {wanted}"));
    }

    pub(super) fn object(&self, problems: &mut Problems) -> Option<Fields<'a>> {
        if let Node::Object(entries) = self.node {
            return Some(Fields { pointer: self.pointer.clone(), entries, asked: Vec::new() });
        }
        self.wrong_kind(problems, "an object");
        None
    }

    pub(super) fn list(&self, problems: &mut Problems) -> Option<Vec<Field<'a>>> {
        if let Node::List(nodes) = self.node {
            let item = |(position, node)| Field { node, pointer: format!("{}/{position}", self.pointer) };
            return Some(nodes.iter().enumerate().map(item).collect());
        }
        self.wrong_kind(problems, "an array");
        None
    }

    /// A string that is not empty.
    pub(super) fn text(&self, problems: &mut Problems) -> Option<&'a str> {
        match self.node {
            Node::Text(text) if text.is_empty() => {
                self.problem(problems, "this is empty", "write a value or leave the key out");
                None
            }
            Node::Text(text) => Some(text),
            _ => {
                self.wrong_kind(problems, "a string");
                None
            }
        }
    }

    /// A string, which may be empty.
    pub(super) fn any_text(&self, problems: &mut Problems) -> Option<&'a str> {
        if let Node::Text(text) = self.node {
            return Some(text);
        }
        self.wrong_kind(problems, "a string");
        None
    }

    /// Whether it is an object.
    pub(super) const fn is_object(&self) -> bool {
        matches!(self.node, Node::Object(_))
    }

    pub(super) fn flag(&self, problems: &mut Problems) -> Option<bool> {
        if let Node::Bool(value) = self.node {
            return Some(*value);
        }
        self.wrong_kind(problems, "`true` or `false`");
        None
    }

    pub(super) fn integer(&self, problems: &mut Problems, least: i64, most: i64) -> Option<i64> {
        match self.node {
            Node::Integer(value) if (least..=most).contains(value) => Some(*value),
            Node::Integer(_) | Node::Number(_) => {
                self.problem(
                    problems,
                    "this number is out of range",
                    format!("write an integer from {least} to {most}"),
                );
                None
            }
            _ => {
                self.wrong_kind(problems, &format!("an integer from {least} to {most}"));
                None
            }
        }
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&self, problems: &mut Problems, words: &[(&str, T)]) -> Option<T> {
        let found = match self.node {
            Node::Text(text) => words.iter().find(|(word, _)| word == text).map(|(_, value)| *value),
            _ => None,
        };
        if found.is_none() {
            let list = words.iter().map(|(word, _)| format!("`{word}`")).collect::<Vec<_>>().join(" or ");
            let message = match self.node {
                Node::Text(text) => format!("`{}` is not known here", shortened(text)),
                other => format!("this is {}", other.kind()),
            };
            self.problem(problems, message, format!("write {list}"));
        }
        found
    }

    /// A UUID.
    pub(super) fn id<T: std::str::FromStr>(&self, problems: &mut Problems) -> Option<T> {
        let text = self.text(problems)?;
        let id = text.parse().ok();
        if id.is_none() {
            let help = "write the id as Konnect shows it, 36 characters with hyphens";
            self.problem(problems, format!("`{}` is not a UUID", shortened(text)), help);
        }
        id
    }

    /// A header name in lower case.
    pub(super) fn header_name(&self, problems: &mut Problems) -> Option<Vec<u8>> {
        let text = self.text(problems)?;
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if text.bytes().all(is_token) {
            return Some(text.to_ascii_lowercase().into_bytes());
        }
        self.problem(
            problems,
            format!("`{}` is not a header name", shortened(text)),
            "write letters, digits and hyphens",
        );
        None
    }
}

impl<'a> Fields<'a> {
    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The value of `key`, if it is there.
    pub(super) fn get(&mut self, key: &'static str) -> Option<Field<'a>> {
        self.asked.push(key);
        let (_, node) = self.entries.iter().find(|(name, _)| name == key)?;
        Some(Field { node, pointer: format!("{}/{key}", self.pointer) })
    }

    /// The value of `key`; its absence is a mistake.
    pub(super) fn need(
        &mut self,
        key: &'static str,
        problems: &mut Problems,
        help: &str,
    ) -> Option<Field<'a>> {
        let field = self.get(key);
        if field.is_none() {
            problems.add(&self.pointer, format!("`{key}` is missing"), help);
        }
        field
    }

    /// Which of `keys` are there.
    pub(super) fn present(&self, keys: &[&'static str]) -> Vec<&'static str> {
        keys.iter().copied().filter(|key| self.entries.iter().any(|(name, _)| name == key)).collect()
    }

    /// Notes keys that nobody asked for and keys given twice.
    pub(super) fn finish(self, problems: &mut Problems) {
        for (position, (name, _)) in self.entries.iter().enumerate() {
            let pointer = format!("{}/{}", self.pointer, name.replace('~', "~0").replace('/', "~1"));
            if self.entries.iter().take(position).any(|(earlier, _)| earlier == name) {
                problems.add(&pointer, "this key is given twice", "keep one of them");
            } else if !self.asked.contains(&name.as_str()) {
                let known = self.asked.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
                problems.add(&pointer, "this key is not known here", format!("remove it; known are {known}"));
            }
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(64).flat_map(char::escape_debug).collect()
}
