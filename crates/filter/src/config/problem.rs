//! Mistakes in a configuration: all of them are reported, each with its place and its remedy.

use std::fmt;

use gatepass::Plain;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pointer: String,
    message: String,
    help: String,
}

impl Problem {
    /// Where it is, as a JSON pointer; empty for the whole document.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{place}: {}; {}", self.message, self.help)
    }
}

/// The mistakes found so far.
#[derive(Clone, Debug, Default)]
pub struct Problems {
    listed: Vec<Problem>,
    omitted: usize,
}

impl Problems {
    const LIMIT: usize = 100;

    pub(super) fn add(&mut self, pointer: &str, message: impl Into<String>, help: impl Into<String>) {
        if self.listed.len() < Self::LIMIT {
            self.listed.push(Problem {
                // They go into the host's log, and name what somebody wrote.
                pointer: Plain(pointer).to_string(),
                message: Plain(&message.into()).to_string(),
                help: help.into(),
            });
        } else {
            self.omitted = self.omitted.saturating_add(1);
        }
    }

    /// The first hundred, in the order of the document where possible.
    pub fn listed(&self) -> &[Problem] {
        &self.listed
    }

    /// How many more there are.
    pub const fn omitted(&self) -> usize {
        self.omitted
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }
}
