//! Python: typed dictionaries and literals.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::shape::{Member, Shape, camel, doc, shape};

const HEAD: &str = r#""""What crosses to and from the module, as it is written on the wire.

Generated from the Rust types by `cargo xtask schema`; do not edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, List, Literal, TypedDict, Union

if TYPE_CHECKING:
    from typing_extensions import NotRequired, TypeAlias
"#;

/// A module with every type.
pub(crate) fn types(definitions: &Map<String, Value>) -> String {
    let mut module = Module { definitions, text: HEAD.to_owned() };
    for (name, schema) in definitions {
        module.definition(name, &doc(schema), &shape(schema));
    }
    module.text
}

struct Module<'d> {
    definitions: &'d Map<String, Value>,
    text: String,
}

impl Module<'_> {
    fn definition(&mut self, name: &str, doc: &str, shape: &Shape) {
        match shape {
            Shape::Object(members) => self.class(name, "TypedDict", doc, members),
            Shape::OneOf(shapes) if shapes.iter().any(|shape| matches!(flat(shape), Some((_, _)))) => {
                self.union(name, doc, shapes, None);
            }
            Shape::AllOf(shapes) => self.extended(name, doc, shapes),
            other => {
                let annotation = annotation(other);
                self.alias(name, doc, &annotation);
            }
        }
    }

    fn class(&mut self, name: &str, base: &str, doc: &str, members: &[Member]) {
        let _ = writeln!(self.text, "\n\nclass {name}({base}):");
        docstring(&mut self.text, "    ", doc);
        // Of a name that several parts have, the first counts: a dictionary has it once.
        let mut names = BTreeSet::new();
        for member in members.iter().filter(|member| names.insert(member.name.as_str())) {
            let annotation = annotation(&member.shape);
            let annotation = if member.required { annotation } else { format!("NotRequired[{annotation}]") };
            let _ = writeln!(self.text, "    {}: {annotation}", member.name);
            docstring(&mut self.text, "    ", &member.doc);
        }
        if members.is_empty() && doc.is_empty() {
            self.text.push_str("    pass\n");
        }
    }

    fn alias(&mut self, name: &str, doc: &str, annotation: &str) {
        // Quoted, so that the order of definitions does not matter.
        let quoted = if annotation.starts_with("Literal[") {
            annotation.to_owned()
        } else {
            format!("{annotation:?}")
        };
        let _ = writeln!(self.text, "\n\n{name}: TypeAlias = {quoted}");
        docstring(&mut self.text, "", doc);
    }

    /// A class for each variant, with `more` members, and the union of them.
    fn union(&mut self, name: &str, doc: &str, shapes: &[Shape], more: Option<&[Member]>) {
        let mut variants = Vec::new();
        for shape in shapes {
            let Some((base, members)) = flat(shape) else {
                variants.push(annotation(shape));
                continue;
            };
            let Some(word) = members.iter().find_map(|member| match &member.shape {
                Shape::Constant(word) => Some(word),
                _ => None,
            }) else {
                variants.push(annotation(shape));
                continue;
            };
            let variant = format!("{}{name}", camel(word));
            let mut all = base.map(|base| self.members(&base)).unwrap_or_default();
            all.extend(members.iter().cloned());
            all.extend(more.unwrap_or_default().iter().cloned());
            self.class(&variant, "TypedDict", "", &all);
            variants.push(variant);
        }
        self.alias(name, doc, &format!("Union[{}]", variants.join(", ")));
    }

    /// Everything of several: if one of them is a union, each of its variants with the members of the others.
    fn extended(&mut self, name: &str, doc: &str, shapes: &[Shape]) {
        let mut members = Vec::new();
        let mut variants = None;
        for part in shapes {
            match part {
                Shape::Object(own) => members.extend(own.iter().cloned()),
                Shape::Named(base) => match self.definitions.get(base).map(shape) {
                    Some(Shape::Object(own)) => members.extend(own),
                    Some(Shape::OneOf(of)) => variants = Some(of),
                    _ => {}
                },
                Shape::OneOf(of) => variants = Some(of.clone()),
                _ => {}
            }
        }
        match variants {
            Some(variants) => self.union(name, doc, &variants, Some(&members)),
            None => self.class(name, "TypedDict", doc, &members),
        }
    }

    fn members(&self, name: &str) -> Vec<Member> {
        match self.definitions.get(name).map(shape) {
            Some(Shape::Object(members)) => members,
            _ => Vec::new(),
        }
    }
}

/// An object, perhaps with everything of another.
fn flat(shape: &Shape) -> Option<(Option<String>, Vec<Member>)> {
    match shape {
        Shape::Object(members) => Some((None, members.clone())),
        Shape::AllOf(shapes) => {
            let (mut base, mut members) = (None, Vec::new());
            for part in shapes {
                match part {
                    Shape::Named(name) => base = Some(name.clone()),
                    Shape::Object(own) => members.extend(own.iter().cloned()),
                    _ => return None,
                }
            }
            Some((base, members))
        }
        _ => None,
    }
}

fn annotation(shape: &Shape) -> String {
    match shape {
        Shape::Any | Shape::AllOf(_) => "object".into(),
        Shape::Named(name) => name.clone(),
        Shape::Constant(word) => format!("Literal[{word:?}]"),
        Shape::Null => "None".into(),
        Shape::Text => "str".into(),
        Shape::Number => "float".into(),
        Shape::Integer => "int".into(),
        Shape::Boolean => "bool".into(),
        Shape::List(item) => format!("List[{}]", annotation(item)),
        Shape::Map(value) => format!("Dict[str, {}]", annotation(value)),
        Shape::Object(_) => "Dict[str, object]".into(),
        Shape::OneOf(shapes) => union_of(shapes),
    }
}

fn union_of(shapes: &[Shape]) -> String {
    let mut words = Vec::new();
    let mut others = Vec::new();
    for shape in shapes {
        match shape {
            Shape::Constant(word) => words.push(format!("{word:?}")),
            Shape::OneOf(inner) => others.push(union_of(inner)),
            other => others.push(annotation(other)),
        }
    }
    if !words.is_empty() {
        others.insert(0, format!("Literal[{}]", words.join(", ")));
    }
    others.dedup();
    match others.as_slice() {
        [only] => only.clone(),
        _ => format!("Union[{}]", others.join(", ")),
    }
}

fn docstring(text: &mut String, indent: &str, doc: &str) {
    let doc = doc.replace('\\', "\\\\").replace("\"\"\"", "'''");
    let lines: Vec<&str> = doc.lines().collect();
    let _ = match lines.as_slice() {
        [] => Ok(()),
        [line] => writeln!(text, "{indent}\"\"\"{line}\"\"\""),
        [first, rest @ ..] => {
            let rest: String = rest
                .iter()
                .map(|line| if line.is_empty() { "\n".into() } else { format!("{indent}{line}\n") })
                .collect();
            writeln!(text, "{indent}\"\"\"{first}\n{rest}{indent}\"\"\"")
        }
    };
}
