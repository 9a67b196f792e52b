//! Errors as every host sees them.

use gatepass::{Problem, Problems};
use serde::Serialize;

/// Why a call was refused: on the wire `{"code", "message", "path", "problems", "problem_count"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refusal {
    code: &'static str,
    message: String,
    path: String,
    // Boxed, so that results stay small.
    problems: Box<Problems>,
    problem_count: usize,
}

impl Refusal {
    /// A refusal for one reason.
    pub fn new(code: &'static str, path: impl Into<String>, message: impl Into<String>) -> Self {
        let (path, message) = (path.into(), message.into());
        Self { code, message, path, problems: Box::default(), problem_count: 0 }
    }

    /// A refusal for the problems of an input; its place is that of the gravest.
    pub fn of(code: &'static str, message: impl Into<String>, problems: Problems) -> Self {
        let path = problems.iter().next().map(|first: &Problem| first.path.clone()).unwrap_or_default();
        let problem_count = problems.total();
        Self { code, message: message.into(), path, problems: Box::new(problems), problem_count }
    }

    /// A stable code in `snake_case`.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// What: lower case, no full stop, outside text in backticks.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where: a JSON pointer; empty for the whole input.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Everything that is wrong.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// The wire form.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| r#"{"code":"error_unwritable"}"#.to_owned())
    }
}

impl From<gatepass::SnapshotError> for Refusal {
    fn from(error: gatepass::SnapshotError) -> Self {
        Self::of("snapshot_refused", error.to_string(), error.problems().clone())
    }
}

impl From<gatepass::QuestionError> for Refusal {
    fn from(error: gatepass::QuestionError) -> Self {
        Self::new(error.code(), error.path(), error.message())
    }
}
