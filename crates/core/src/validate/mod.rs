//! What a portal's form or an admin's script is about to send, checked before it is sent: lengths, formats, words
//! and labels as in Kong's OpenAPI documents, everything that is wrong at once, each with its JSON pointer.
//!
//! ```
//! use gatepass::validate::{Choice, RequestType};
//!
//! let application = RequestType::named("application").unwrap();
//! let body = br#"{"name": "Matchday", "owner": {"type": "squad", "id": "7"}, "labels": {"kong-env": "test"}}"#;
//! let checked = application.check(body, Choice::default());
//! let problems: Vec<_> = checked.problems.iter().map(|p| (p.code, p.path.as_str(), p.message.as_str())).collect();
//! assert_eq!(
//!     problems,
//!     [
//!         ("word_unknown", "/owner/type", "there is `squad`, and should be `developer` or `team`"),
//!         ("uuid_invalid", "/owner/id", "there is `7`, and should be a UUID"),
//!         ("label_key_reserved", "/labels/kong-env", "the key `kong-env` starts with `kong`, which is Kong's own"),
//!     ]
//! );
//! assert!(application.check(br#"{"name": "Matchday"}"#, Choice::default()).problems.is_empty());
//! ```

mod check;
mod format;
mod json_schema;
mod node;
mod requests;
mod schema;

use std::fmt;

use self::node::Node;
use self::schema::Shape;
use crate::konnect::ApiVersion;
use crate::problem::{Problem, Problems, Severity};

/// A kind of request, under the name that `gatepass check --type` takes.
#[derive(Clone, Copy, Debug)]
pub struct RequestType {
    name: &'static str,
    about: &'static str,
    forms: &'static [Form],
}

/// One form of a request: the body of one operation, or of several that take the same.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    sender: Sender,
    operations: &'static [Operation],
    shape: &'static Shape,
}

/// Who sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Somebody at the portal, through the Portal Client API.
    Developer,
    /// A Konnect admin, through the management APIs.
    Admin,
}

impl Sender {
    /// Both.
    pub const ALL: &'static [Self] = &[Self::Developer, Self::Admin];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Developer => "developer",
            Self::Admin => "admin",
        }
    }
}

/// An operation of Kong's documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Which generation of the portal it belongs to; `None` is both.
    pub api: Option<ApiVersion>,
    /// The document's file name.
    pub document: &'static str,
    /// The `operationId`.
    pub id: &'static str,
}

/// Which forms of a request to consider. By default all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Only those of this generation.
    pub api: Option<ApiVersion>,
    /// Only what this side sends.
    pub sender: Option<Sender>,
}

/// What a check found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What is wrong: with the form that fits best if none fits.
    pub problems: Problems,
    /// The form that the problems are about; `None` if none was considered.
    pub form: Option<&'static Form>,
}

impl RequestType {
    /// Every kind of request.
    pub const ALL: &'static [Self] = requests::ALL;

    /// The kind with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|kind| kind.name == name)
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What it is, in a few words.
    pub const fn about(&self) -> &'static str {
        self.about
    }

    /// Its forms.
    pub const fn forms(&self) -> &'static [Form] {
        self.forms
    }

    /// The first of its forms that is chosen.
    pub fn form(&self, choice: Choice) -> Option<&'static Form> {
        self.forms.iter().find(|form| form.is_chosen(choice))
    }

    /// Checks a body against the forms chosen. If it fits none of them, the problems are those of the form that it
    /// fits best: the one that knows most of its members, then the one with fewest errors.
    pub fn check(&self, body: &[u8], choice: Choice) -> Checked {
        let node = match crate::json::from_slice::<Node<'_>>(body) {
            Ok(node) => node,
            Err(error) => {
                let message = format!("the JSON cannot be read: {error}");
                let problems = refusal("json_syntax", message, "pass the whole body, as UTF-8 JSON");
                return Checked { problems, form: None };
            }
        };
        let forms = self.forms.iter().filter(|form| form.is_chosen(choice));
        let checked = forms.map(|form| (form, check::body(form.shape, &node)));
        if let Some((form, problems)) = checked.min_by_key(|(_, problems)| check::misfit(problems)) {
            return Checked { problems, form: Some(form) };
        }
        let message = format!("`{}` is nothing that {choice} sends", self.name);
        Checked { problems: refusal("form_unknown", message, "leave the choice out"), form: None }
    }
}

impl Form {
    /// Who sends it.
    pub const fn sender(&self) -> Sender {
        self.sender
    }

    /// The operations that take it.
    pub const fn operations(&self) -> &'static [Operation] {
        self.operations
    }

    /// The form as JSON Schema (draft 2020-12): what a portal's form needs to check while somebody types.
    pub fn json_schema(&self) -> serde_json::Value {
        json_schema::of(self.shape)
    }

    fn is_chosen(&self, choice: Choice) -> bool {
        choice.sender.is_none_or(|sender| sender == self.sender)
            && choice.api.is_none_or(|api| {
                self.operations.is_empty()
                    || self.operations.iter().any(|operation| operation.api.is_none_or(|of| of == api))
            })
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = match self.sender {
            Sender::Developer => "a developer",
            Sender::Admin => "an admin",
        };
        write!(f, "what {who} sends")?;
        for (position, operation) in self.operations.iter().enumerate() {
            let before = if position == 0 { " with" } else { " or" };
            write!(f, "{before} {} ({})", operation.id, operation.document)?;
        }
        Ok(())
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.sender {
            None => "anybody",
            Some(Sender::Developer) => "a developer",
            Some(Sender::Admin) => "an admin",
        })?;
        self.api.map_or(Ok(()), |api| write!(f, " of {}", api.as_str()))
    }
}

/// Whether a text is an http or https URL.
pub(crate) fn is_url(text: &str) -> bool {
    format::Format::Url.fits(text)
}

fn refusal(code: &'static str, message: String, remedy: &'static str) -> Problems {
    let mut problems = Problems::default();
    problems.push(Problem { severity: Severity::Error, code, path: String::new(), message, remedy });
    problems
}
