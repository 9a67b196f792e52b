//! The tables as JSON Schema (draft 2020-12), for forms and for comparing with the documents.

use serde_json::{Map as Members, Value, json};

use super::schema::{List, MAX_LABEL_LENGTH, Map, Member, Object, Others, RESERVED_PREFIXES, Shape, Text};

/// The JSON Schema of a shape.
pub(super) fn of(shape: &Shape) -> Value {
    match shape {
        Shape::Text(text) => of_text(text),
        Shape::Word(words) => json!({"type": "string", "enum": words}),
        Shape::Known(words) => json!({"type": "string", "examples": words}),
        Shape::Flag => json!({"type": "boolean"}),
        Shape::Whole(min) => json!({"type": "integer", "minimum": min}),
        Shape::List(list) => of_list(list),
        Shape::Map(map) => of_map(map),
        Shape::Object(object) => of_object(object),
        Shape::ReadOnly => json!({"readOnly": true}),
        Shape::OneOf(forms) => json!({"oneOf": forms.iter().map(of_object).collect::<Vec<_>>()}),
    }
}

fn of_text(text: &Text) -> Value {
    let mut schema = keywords([("type", json!("string"))]);
    let mut add =
        |keyword: &str, value: Option<Value>| schema.extend(value.map(|value| (keyword.into(), value)));
    add("minLength", (text.min > 0).then(|| json!(text.min)));
    add("maxLength", text.max.map(|max| json!(max)));
    add("pattern", text.pattern.map(|pattern| json!(pattern.as_str())));
    add("format", text.format.map(|format| json!(format.as_str())));
    Value::Object(schema)
}

fn of_list(list: &List) -> Value {
    let mut schema = keywords([("type", json!("array")), ("items", of(list.of))]);
    let mut add =
        |keyword: &str, value: Option<Value>| schema.extend(value.map(|value| (keyword.into(), value)));
    add("minItems", (list.min > 0).then(|| json!(list.min)));
    add("maxItems", list.max.map(|max| json!(max)));
    add("uniqueItems", list.unique.then_some(Value::Bool(true)));
    Value::Object(schema)
}

fn of_map(map: &Map) -> Value {
    let values = if map.removable { or_null(of(map.of)) } else { of(map.of) };
    let mut schema = keywords([("type", json!("object")), ("additionalProperties", values)]);
    schema.extend(map.max.map(|max| ("maxProperties".into(), json!(max))));
    if map.labels {
        let reserved = format!("^({})", RESERVED_PREFIXES.join("|"));
        let names = json!({"minLength": 1, "maxLength": MAX_LABEL_LENGTH, "not": {"pattern": reserved}});
        schema.insert("propertyNames".into(), names);
    }
    Value::Object(schema)
}

fn of_object(object: &Object) -> Value {
    let properties: Members<String, Value> =
        object.members.iter().map(|member| (member.name.to_owned(), of_member(member))).collect();
    let mut schema = keywords([("type", json!("object")), ("properties", Value::Object(properties))]);
    if object.others == Others::Refused {
        schema.insert("additionalProperties".into(), json!(false));
    }
    let required: Vec<&str> =
        object.members.iter().filter(|member| member.required).map(|member| member.name).collect();
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    Value::Object(schema)
}

fn of_member(member: &Member) -> Value {
    let schema = of(&member.shape);
    if member.nullable { or_null(schema) } else { schema }
}

/// The schema, or null.
fn or_null(mut schema: Value) -> Value {
    match schema.get_mut("type") {
        Some(kind) => {
            let alone = kind.take();
            *kind = json!([alone, "null"]);
            if let Some(Value::Array(words)) = schema.get_mut("enum") {
                words.push(Value::Null);
            }
            schema
        }
        None => json!({"anyOf": [schema, {"type": "null"}]}),
    }
}

fn keywords<const N: usize>(keywords: [(&str, Value); N]) -> Members<String, Value> {
    keywords.into_iter().map(|(keyword, value)| (keyword.to_owned(), value)).collect()
}
