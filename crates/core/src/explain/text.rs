//! A decision as a person reads it at a shell or in a notebook.

use std::fmt;

use super::decision::{Decision, Verdict, Warning};

impl Decision {
    /// Some lines of text: the message, the blockers, the fixes, the warnings and the age of the data.
    ///
    /// ```
    /// # let file = include_bytes!("../../testdata/small.json");
    /// use gatepass::{Policy, Question, ReadOptions, Snapshot};
    /// let portal = Snapshot::read(file, ReadOptions::default()).unwrap().snapshot;
    /// let application = "a0000000-0000-4000-8000-000000000001".parse().unwrap();
    /// let resource = "e0000000-0000-4000-8000-000000000001".parse().unwrap();
    /// let text = portal.decide(&Question::consume(application, resource, Policy::Strict)).to_text();
    /// assert!(text.starts_with("deny: registration of application `App 1` for `Orders v1` is waiting"));
    /// assert!(text.ends_with("policy strict, complete as of 2026-11-22T10:00:00Z\n"), "{text}");
    /// ```
    pub fn to_text(&self) -> String {
        Text(self).to_string()
    }
}

struct Text<'d>(&'d Decision);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decision = self.0;
        let verdict = if decision.decision == Verdict::Allow { "allow" } else { "deny" };
        writeln!(f, "{verdict}: {}", decision.message)?;
        if !decision.blockers.is_empty() {
            let codes: Vec<&str> = decision.blockers.iter().map(|reason| reason.code()).collect();
            writeln!(f, "because: {}", codes.join(", "))?;
        }
        match &decision.fixes {
            Some(fixes) => {
                for fix in fixes {
                    writeln!(f, "fix: {}", serde_json::to_string(fix).map_err(|_| fmt::Error)?)?;
                }
            }
            None => writeln!(f, "fix: no change to the portal helps")?,
        }
        for warning in &decision.warnings {
            writeln!(f, "warning: {}", warning.code())?;
        }
        let (as_of, completeness) = (decision.as_of, decision.completeness.as_str());
        writeln!(f, "policy {}, {completeness} as of {as_of}", decision.policy)
    }
}

impl Warning {
    /// The word on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ResourceDeprecated => "resource_deprecated",
        }
    }
}
