//! TypeScript.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::shape::{Member, Shape, doc, shape};

const HEAD: &str = "// Generated from the Rust types by `cargo xtask schema`; do not edit.\n";

/// A module with every type.
pub(crate) fn types(definitions: &Map<String, Value>) -> String {
    let mut text = HEAD.to_owned();
    for (name, schema) in definitions {
        text.push('\n');
        comment(&mut text, "", &doc(schema));
        // Writing to a text cannot fail.
        let _ = match shape(schema) {
            Shape::Object(members) => writeln!(text, "export interface {name} {}", object(&members, "")),
            other => writeln!(text, "export type {name} = {};", written(&other, "")),
        };
    }
    text
}

fn comment(text: &mut String, indent: &str, doc: &str) {
    let lines: Vec<String> = doc.lines().map(|line| line.replace("*/", "* /")).collect();
    let _ = match lines.as_slice() {
        [] => Ok(()),
        [line] => writeln!(text, "{indent}/** {line} */"),
        lines => {
            let lines = lines.join(&format!("\n{indent} * ")).replace(" * \n", " *\n");
            writeln!(text, "{indent}/**\n{indent} * {lines}\n{indent} */")
        }
    };
}

fn object(members: &[Member], indent: &str) -> String {
    let inner = format!("{indent}  ");
    let mut text = "{\n".to_owned();
    for member in members {
        comment(&mut text, &inner, &member.doc);
        let optional = if member.required { "" } else { "?" };
        let _ = writeln!(text, "{inner}{}{optional}: {};", member.name, written(&member.shape, &inner));
    }
    text + indent + "}"
}

fn written(shape: &Shape, indent: &str) -> String {
    match shape {
        Shape::Any => "unknown".into(),
        Shape::Named(name) => name.clone(),
        Shape::Constant(word) => format!("{word:?}"),
        Shape::Null => "null".into(),
        Shape::Text => "string".into(),
        Shape::Number | Shape::Integer => "number".into(),
        Shape::Boolean => "boolean".into(),
        Shape::List(item) => format!("{}[]", grouped(item, indent)),
        Shape::Map(value) => format!("{{ [key: string]: {} }}", written(value, indent)),
        Shape::Object(members) => object(members, indent),
        Shape::OneOf(shapes) => joined(shapes, " | ", indent),
        Shape::AllOf(shapes) => joined(shapes, " & ", indent),
    }
}

fn joined(shapes: &[Shape], with: &str, indent: &str) -> String {
    let mut parts = Vec::new();
    for shape in shapes {
        let part = if with == " & " { grouped(shape, indent) } else { written(shape, indent) };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    parts.join(with)
}

fn grouped(shape: &Shape, indent: &str) -> String {
    let text = written(shape, indent);
    match shape {
        Shape::OneOf(shapes) | Shape::AllOf(shapes) if shapes.len() > 1 => format!("({text})"),
        _ => text,
    }
}
