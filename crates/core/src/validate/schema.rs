//! The words that the tables of [`requests`](super::requests) are written in: what a body may hold, as data.

use super::format::{Format, Pattern};

/// An object: its members, and whether others may stand beside them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object {
    pub(super) members: &'static [Member],
    /// What becomes of members that the documents do not name.
    pub(super) others: Others,
}

/// What becomes of members that the documents do not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Others {
    /// The documents refuse them.
    Refused,
    /// The documents say nothing of them, so that a misspelt one would be lost without a word.
    Ignored,
    /// The documents invite them.
    Allowed,
}

/// A member of an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) nullable: bool,
    /// Whether its value must not be shown.
    pub(super) secret: bool,
    pub(super) shape: Shape,
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    Text(Text),
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any text by the documents; anything but these words means nothing to Konnect.
    Known(&'static [&'static str]),
    Flag,
    /// A whole number, at least this.
    Whole(i64),
    List(List),
    Map(Map),
    Object(&'static Object),
    /// Whatever the API says: only it sets this.
    ReadOnly,
    /// Exactly one of these.
    OneOf(&'static [Object]),
}

/// A text. Lengths are in characters, as JSON Schema counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text {
    pub(super) min: usize,
    pub(super) max: Option<usize>,
    pub(super) pattern: Option<Pattern>,
    pub(super) format: Option<Format>,
}

/// A list.
#[derive(Clone, Copy, Debug)]
pub(super) struct List {
    pub(super) of: &'static Shape,
    pub(super) min: usize,
    pub(super) max: Option<usize>,
    pub(super) unique: bool,
}

/// An object with free keys.
#[derive(Clone, Copy, Debug)]
pub(super) struct Map {
    pub(super) of: &'static Shape,
    /// Whether a value may be null, which removes the key.
    pub(super) removable: bool,
    pub(super) max: Option<usize>,
    /// Whether the keys are those of labels.
    pub(super) labels: bool,
}

/// An object with these members and no others.
pub(super) const fn closed(members: &'static [Member]) -> Object {
    Object { members, others: Others::Refused }
}

/// An object with these members and whatever else.
pub(super) const fn open(members: &'static [Member]) -> Object {
    Object { members, others: Others::Ignored }
}

/// An object with these members and any that the one who writes it knows of.
pub(super) const fn free(members: &'static [Member]) -> Object {
    Object { members, others: Others::Allowed }
}

pub(super) const fn required(name: &'static str, shape: Shape) -> Member {
    Member { name, required: true, nullable: false, secret: false, shape }
}

pub(super) const fn optional(name: &'static str, shape: Shape) -> Member {
    Member { required: false, ..required(name, shape) }
}

/// A member that only the API sets.
pub(super) const fn read_only(name: &'static str) -> Member {
    optional(name, Shape::ReadOnly)
}

impl Member {
    pub(super) const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    pub(super) const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }
}

const PLAIN: Text = Text { min: 0, max: None, pattern: None, format: None };

/// Any text.
pub(super) const ANY_TEXT: Shape = Shape::Text(PLAIN);
pub(super) const UUID: Shape = formatted(Format::Uuid);
pub(super) const EMAIL: Shape = formatted(Format::Email);

/// A text of `min` to `max` characters.
pub(super) const fn text(min: usize, max: usize) -> Shape {
    Shape::Text(Text { min, max: Some(max), ..PLAIN })
}

/// A text of at least `min` characters.
pub(super) const fn text_from(min: usize) -> Shape {
    Shape::Text(Text { min, ..PLAIN })
}

pub(super) const fn formatted(format: Format) -> Shape {
    Shape::Text(Text { format: Some(format), ..PLAIN })
}

pub(super) const fn formatted_to(format: Format, max: usize) -> Shape {
    Shape::Text(Text { format: Some(format), max: Some(max), ..PLAIN })
}

pub(super) const fn matching(pattern: Pattern) -> Shape {
    Shape::Text(Text { pattern: Some(pattern), ..PLAIN })
}

pub(super) const fn matching_text(pattern: Pattern, min: usize, max: usize) -> Shape {
    Shape::Text(Text { pattern: Some(pattern), min, max: Some(max), format: None })
}

/// A list without limits.
pub(super) const fn list(of: &'static Shape) -> Shape {
    Shape::List(List { of, min: 0, max: None, unique: false })
}

/// A list of `min` to `max` items.
pub(super) const fn list_of(of: &'static Shape, min: usize, max: usize) -> Shape {
    Shape::List(List { of, min, max: Some(max), unique: false })
}

/// A list in which nothing is there twice.
pub(super) const fn set(of: &'static Shape) -> Shape {
    Shape::List(List { of, min: 0, max: None, unique: true })
}

const LABEL: Shape = matching_text(Pattern::Label, 1, MAX_LABEL_LENGTH);
/// How many labels an object may have.
pub(super) const MAX_LABELS: usize = 50;
/// How many characters a label's key and its value may have.
pub(super) const MAX_LABEL_LENGTH: usize = 63;
/// What a label's key cannot start with.
pub(super) const RESERVED_PREFIXES: &[&str] = &["kong", "konnect", "mesh", "kic", "_"];

/// Labels as they are created.
pub(super) const LABELS: Shape =
    Shape::Map(Map { of: &LABEL, removable: false, max: Some(MAX_LABELS), labels: true });
/// Labels as they are changed: null removes one.
pub(super) const LABELS_UPDATE: Shape =
    Shape::Map(Map { of: &LABEL, removable: true, max: Some(MAX_LABELS), labels: true });

const ATTRIBUTE: Shape = matching_text(Pattern::Attribute, 1, 512);
const ATTRIBUTE_VALUES: Shape = list_of(&ATTRIBUTE, 1, 20);
/// The attributes of an API: lists of texts.
pub(super) const ATTRIBUTES: Shape =
    Shape::Map(Map { of: &ATTRIBUTE_VALUES, removable: true, max: None, labels: false });
