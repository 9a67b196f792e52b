//! A value against its table.

use super::node::Node;
use super::schema::{List, MAX_LABEL_LENGTH, Map, Member, Object, Others, RESERVED_PREFIXES, Shape, Text};
use crate::plain::Shown;
use crate::problem::{Place, Problem, Problems, Severity};

/// Everything that is wrong with a body.
pub(super) fn body(shape: &Shape, node: &Node<'_>) -> Problems {
    let mut checker = Checker::default();
    checker.value(shape, node, Place::Root);
    checker.problems
}

/// How badly a form fits: members that it does not know tell more than values that are wrong.
pub(super) fn misfit(problems: &Problems) -> (usize, usize, usize) {
    let unknown = |problem: &&Problem| problem.code == "key_unknown" && problem.severity == Severity::Error;
    (problems.iter().filter(unknown).count(), problems.count(Severity::Error), problems.total())
}

#[derive(Default)]
struct Checker {
    problems: Problems,
    /// Whether the values at hand must not be shown.
    secret: bool,
    /// How many words were wrong that alone tell one form of an object from another.
    other_forms: usize,
}

impl Checker {
    fn error(&mut self, code: &'static str, place: Place<'_>, message: String, remedy: &'static str) {
        let path = place.to_string();
        self.problems.push(Problem { severity: Severity::Error, code, path, message, remedy });
    }

    fn warning(&mut self, code: &'static str, place: Place<'_>, message: String, remedy: &'static str) {
        let path = place.to_string();
        self.problems.push(Problem { severity: Severity::Warning, code, path, message, remedy });
    }

    fn shown(&self, node: &Node<'_>) -> String {
        if self.secret { node.kind().to_string() } else { node.to_string() }
    }

    fn unexpected(&mut self, code: &'static str, node: &Node<'_>, expected: &str, place: Place<'_>) {
        let message = format!("there is {}, and should be {expected}", self.shown(node));
        self.error(code, place, message, "write what the API's documentation asks for");
    }

    fn value(&mut self, shape: &Shape, node: &Node<'_>, place: Place<'_>) {
        match (shape, node) {
            (Shape::ReadOnly, _) => self.warning(
                "read_only",
                place,
                "only the API sets this".into(),
                "leave it out; it is ignored or refused",
            ),
            (Shape::Text(text), Node::Text(value)) => self.text(text, value, node, place),
            (Shape::Word(words), Node::Text(value)) => self.word(words, value, node, place),
            (Shape::Known(words), Node::Text(value)) => self.known(words, value, node, place),
            (Shape::Flag, Node::Boolean(_)) => {}
            (Shape::Whole(min), Node::Number(value)) => self.whole(*min, *value, node, place),
            (Shape::List(list), Node::List(items)) => self.list(list, items, place),
            (Shape::Map(map), Node::Object(members)) => self.map(map, members, place),
            (Shape::Object(object), Node::Object(members)) => self.object(object, members, place),
            (Shape::OneOf(forms), Node::Object(_)) => self.one_of(forms, node, place),
            _ => self.unexpected("wrong_type", node, expected(shape), place),
        }
    }

    fn text(&mut self, text: &Text, value: &str, node: &Node<'_>, place: Place<'_>) {
        if let Some(format) = text.format
            && !format.fits(value)
        {
            self.unexpected(format.code(), node, format.expected(), place);
        }
        self.length("text", value.chars().count(), text.min, text.max, place);
        if let Some(pattern) = text.pattern
            // That there is nothing was said already.
            && !(value.is_empty() && text.min > 0)
            && !pattern.fits(value)
        {
            self.unexpected("pattern_mismatch", node, pattern.expected(), place);
        }
    }

    fn length(
        &mut self,
        what: &'static str,
        length: usize,
        min: usize,
        max: Option<usize>,
        place: Place<'_>,
    ) {
        let (unit, short, long) = match what {
            "text" => ("characters", "text_too_short", "text_too_long"),
            "list" => ("items", "list_too_short", "list_too_long"),
            _ => ("labels", "labels_too_few", "labels_too_many"),
        };
        if length < min {
            let message = format!("there are {length} {unit}, and should be at least {min}");
            self.error(
                short,
                place,
                message,
                "add what is missing, or leave the member out if it is optional",
            );
        }
        if let Some(max) = max
            && length > max
        {
            let message = format!("there are {length} {unit}, and can be at most {max}");
            self.error(long, place, message, "shorten it");
        }
    }

    fn word(&mut self, words: &[&str], value: &str, node: &Node<'_>, place: Place<'_>) {
        if !words.contains(&value) {
            self.other_forms = self.other_forms.saturating_add(usize::from(words.len() == 1));
            self.unexpected("word_unknown", node, &listed(words), place);
        }
    }

    fn known(&mut self, words: &[&str], value: &str, node: &Node<'_>, place: Place<'_>) {
        if !words.contains(&value) {
            let message = format!("there is {}, and Konnect knows only {}", self.shown(node), listed(words));
            self.warning("word_unknown", place, message, "use a known word; another one grants nothing");
        }
    }

    fn whole(&mut self, min: i64, value: f64, node: &Node<'_>, place: Place<'_>) {
        #[expect(clippy::cast_precision_loss, reason = "the least values in the tables are 0 and 1")]
        if value.fract() != 0.0 || value < min as f64 {
            self.unexpected("number_invalid", node, &format!("a whole number from {min}"), place);
        }
    }

    fn list(&mut self, list: &List, items: &[Node<'_>], place: Place<'_>) {
        self.length("list", items.len(), list.min, list.max, place);
        for (position, item) in items.iter().enumerate() {
            let place = place.item(position);
            self.value(list.of, item, place);
            if list.unique && items.iter().take(position).any(|earlier| earlier == item) {
                let message = format!("{} is in the list twice", self.shown(item));
                self.error("item_repeated", place, message, "keep one of them");
            }
        }
    }

    fn map(&mut self, map: &Map, members: &[(std::borrow::Cow<'_, str>, Node<'_>)], place: Place<'_>) {
        self.length("labels", members.len(), 0, map.max, place);
        for (position, (key, value)) in members.iter().enumerate() {
            let place = place.member(key);
            self.repeated(members, position, place);
            if map.labels {
                self.label_key(key, place);
            }
            if !(map.removable && *value == Node::Null) {
                self.value(map.of, value, place);
            }
        }
    }

    /// Source: the description of `Labels` in every Konnect document.
    fn label_key(&mut self, key: &str, place: Place<'_>) {
        let length = key.chars().count();
        if !(1..=MAX_LABEL_LENGTH).contains(&length) {
            let message = format!("the key has {length} characters, and should have 1 to {MAX_LABEL_LENGTH}");
            self.error("label_key_length", place, message, "choose another key");
        }
        if let Some(prefix) = RESERVED_PREFIXES.iter().find(|prefix| key.starts_with(**prefix)) {
            let message = format!("the key `{}` starts with `{prefix}`, which is Kong's own", Shown(key));
            self.error("label_key_reserved", place, message, "choose another key");
        }
    }

    fn repeated(
        &mut self,
        members: &[(std::borrow::Cow<'_, str>, Node<'_>)],
        position: usize,
        place: Place<'_>,
    ) {
        let mut earlier = members.iter().take(position);
        if let Some((key, _)) = members.get(position)
            && earlier.any(|(other, _)| other == key)
        {
            let message = format!("`{}` is there twice", Shown(key));
            self.error(
                "key_repeated",
                place,
                message,
                "keep one of the two; which one counts cannot be guessed",
            );
        }
    }

    fn object(
        &mut self,
        object: &Object,
        members: &[(std::borrow::Cow<'_, str>, Node<'_>)],
        place: Place<'_>,
    ) {
        for (position, (key, node)) in members.iter().enumerate() {
            let place = place.member(key);
            self.repeated(members, position, place);
            match object.members.iter().find(|member| member.name == key) {
                Some(member) => self.member(member, node, place),
                None if object.others == Others::Allowed => {}
                None if object.others == Others::Ignored => self.warning(
                    "key_unknown",
                    place,
                    format!("`{}` is not a member that the documentation names", Shown(key)),
                    "remove it, or correct its name; the API may ignore it",
                ),
                None => self.error(
                    "key_unknown",
                    place,
                    format!("`{}` is not a member of this request", Shown(key)),
                    "remove it, or correct its name",
                ),
            }
        }
        for member in object.members.iter().filter(|member| member.required) {
            if !members.iter().any(|(key, _)| key == member.name) {
                let message = format!("`{}` is missing", member.name);
                self.error("member_missing", place.member(member.name), message, "add it");
            }
        }
    }

    fn member(&mut self, member: &Member, node: &Node<'_>, place: Place<'_>) {
        if member.nullable && *node == Node::Null {
            return;
        }
        let outer = self.secret;
        self.secret |= member.secret;
        self.value(&member.shape, node, place);
        self.secret = outer;
    }

    /// The problems of the form that is meant: the one whose own word is there, then the one that fits best.
    fn one_of(&mut self, forms: &[Object], node: &Node<'_>, place: Place<'_>) {
        let Node::Object(members) = node else { return };
        let mut fitting = 0_usize;
        let mut meant: Option<((usize, _), Problems)> = None;
        for form in forms {
            let mut checker = Self { secret: self.secret, ..Self::default() };
            checker.object(form, members, place);
            fitting = fitting.saturating_add(usize::from(!checker.problems.has_errors()));
            let rank = (checker.other_forms, misfit(&checker.problems));
            if meant.as_ref().is_none_or(|(best, _)| rank < *best) {
                meant = Some((rank, checker.problems));
            }
        }
        if let Some((_, problems)) = meant {
            self.problems.append(problems);
        }
        if fitting > 1 {
            let message = format!("the object can be read in {fitting} ways");
            self.error("form_ambiguous", place, message, "add the member that says which one is meant");
        }
    }
}

/// What a shape asks for, for messages.
fn expected(shape: &Shape) -> &'static str {
    match shape {
        Shape::ReadOnly => "nothing",
        Shape::Text(_) | Shape::Word(_) | Shape::Known(_) => "a text",
        Shape::Flag => "true or false",
        Shape::Whole(_) => "a whole number",
        Shape::List(_) => "a list",
        Shape::Map(_) | Shape::Object(_) | Shape::OneOf(_) => "an object",
    }
}

fn listed(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
