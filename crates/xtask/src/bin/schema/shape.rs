//! What a schema says, as far as the wire types use JSON Schema.

use serde_json::{Map, Value};

/// A type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// Anything.
    Any,
    /// Another type, by name.
    Named(String),
    /// Exactly this.
    Constant(String),
    Null,
    Text,
    Number,
    Integer,
    Boolean,
    List(Box<Shape>),
    /// An object with free keys.
    Map(Box<Shape>),
    Object(Vec<Member>),
    OneOf(Vec<Shape>),
    AllOf(Vec<Shape>),
}

/// A member of an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) required: bool,
    pub(crate) shape: Shape,
}

/// What a type is for.
pub(crate) fn doc(schema: &Value) -> String {
    schema.get("description").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Reads a schema.
pub(crate) fn shape(schema: &Value) -> Shape {
    let Some(object) = schema.as_object() else { return Shape::Any };
    let mut parts = Vec::new();
    if let Some(name) = object.get("$ref").and_then(Value::as_str) {
        parts.push(Shape::Named(name.rsplit('/').next().unwrap_or_default().to_owned()));
    }
    for (keyword, all) in [("allOf", true), ("anyOf", false), ("oneOf", false)] {
        if let Some(of) = object.get(keyword).and_then(Value::as_array) {
            let shapes = of.iter().map(shape).collect();
            parts.push(if all { Shape::AllOf(shapes) } else { Shape::OneOf(shapes) });
        }
    }
    if let Some(constant) = object.get("const").and_then(Value::as_str) {
        parts.push(Shape::Constant(constant.to_owned()));
    } else if let Some(words) = object.get("enum").and_then(Value::as_array) {
        let word = |word: &Value| word.as_str().map_or(Shape::Null, |word| Shape::Constant(word.to_owned()));
        parts.push(Shape::OneOf(words.iter().map(word).collect()));
    } else if let Some(plain) = plain(object) {
        parts.push(plain);
    }
    match parts.len() {
        0 => Shape::Any,
        1 => parts.swap_remove(0),
        _ => Shape::AllOf(parts),
    }
}

fn plain(object: &Map<String, Value>) -> Option<Shape> {
    match object.get("type")? {
        Value::String(name) => Some(of_type(name, object)),
        Value::Array(names) => {
            let names = names.iter().filter_map(Value::as_str);
            Some(Shape::OneOf(names.map(|name| of_type(name, object)).collect()))
        }
        _ => None,
    }
}

fn of_type(name: &str, object: &Map<String, Value>) -> Shape {
    match name {
        "string" => Shape::Text,
        "number" => Shape::Number,
        "integer" => Shape::Integer,
        "boolean" => Shape::Boolean,
        "null" => Shape::Null,
        "array" => Shape::List(Box::new(object.get("items").map_or(Shape::Any, shape))),
        "object" => match object.get("properties").and_then(Value::as_object) {
            Some(properties) => Shape::Object(members(properties, object)),
            None => Shape::Map(Box::new(object.get("additionalProperties").map_or(Shape::Any, shape))),
        },
        _ => Shape::Any,
    }
}

fn members(properties: &Map<String, Value>, object: &Map<String, Value>) -> Vec<Member> {
    let required: Vec<&str> = object
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let member = |(name, schema): (&String, &Value)| Member {
        name: name.clone(),
        doc: doc(schema),
        required: required.contains(&name.as_str()),
        shape: shape(schema),
    };
    properties.iter().map(member).collect()
}

/// `registration_pending` as `RegistrationPending`.
pub(crate) fn camel(word: &str) -> String {
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters
            .next()
            .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
            .unwrap_or_default()
    };
    word.split('_').map(capital).collect()
}
