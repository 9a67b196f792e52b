//! What is wrong with an input: all of it at once, each with a code, a place and a remedy.

use std::fmt;

use serde::Serialize;

use crate::plain::Plain;

/// How much a problem matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The whole input is refused.
    Error,
    /// One record is denied; everybody else's are untouched.
    Record,
    /// Worth a look; nothing is denied because of it.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Record => "record",
            Self::Warning => "warning",
        })
    }
}

/// One thing that is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Problem {
    /// How much it matters.
    pub severity: Severity,
    /// A stable code in `snake_case`.
    pub code: &'static str,
    /// Where: a JSON pointer (RFC 6901); empty for the whole input.
    pub path: String,
    /// What: lower case, no full stop, outside text in backticks.
    pub message: String,
    /// What to do about it.
    pub remedy: &'static str,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.path.is_empty() { "the whole input" } else { &self.path };
        let place = Plain(place);
        write!(f, "{} at {place}: {} [{}]; {}", self.severity, self.message, self.code, self.remedy)
    }
}

/// How many problems of one input are kept; all are counted.
pub const MAX_PROBLEMS: usize = 100;

/// The problems of one input: the first [`MAX_PROBLEMS`] of the gravest, and the count of all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    // By severity, so that a flood of warnings cannot push an error out of sight.
    kept: [Vec<Problem>; 3],
    counts: [usize; 3],
}

impl Problems {
    /// Adds a problem; past the cap of its severity it is only counted.
    pub fn push(&mut self, mut problem: Problem) {
        // Whoever writes an input also writes what is said of it, down to its keys.
        problem.message = Plain(&problem.message).to_string();
        let slot = problem.severity as usize;
        if let Some(count) = self.counts.get_mut(slot) {
            *count = count.saturating_add(1);
        }
        if let Some(kept) = self.kept.get_mut(slot)
            && kept.len() < MAX_PROBLEMS
        {
            kept.push(problem);
        }
    }

    /// Adds a problem of a value, by its place.
    pub(crate) fn note(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: Place<'_>,
        message: impl Into<String>,
        remedy: &'static str,
    ) {
        self.push(Problem { severity, code, path: place.to_string(), message: message.into(), remedy });
    }

    /// Adds the problems of a part.
    pub(crate) fn append(&mut self, part: Self) {
        for (slot, (kept, count)) in part.kept.into_iter().zip(part.counts).enumerate() {
            if let Some(all) = self.kept.get_mut(slot) {
                let room = MAX_PROBLEMS.saturating_sub(all.len());
                all.extend(kept.into_iter().take(room));
            }
            if let Some(all) = self.counts.get_mut(slot) {
                *all = all.saturating_add(count);
            }
        }
    }

    /// The kept problems, gravest first, at most [`MAX_PROBLEMS`].
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.kept.iter().flatten().take(MAX_PROBLEMS)
    }

    /// How many there were of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.counts.get(severity as usize).copied().unwrap_or_default()
    }

    /// How many there were in all.
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        self.total() == 0
    }

    /// Whether there was one of severity [`Severity::Error`].
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }
}

impl Serialize for Problems {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

/// A place in a JSON document, built on the way down and written only if something is wrong there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    Root,
    Member(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl<'a> Place<'a> {
    pub(crate) const fn member(&'a self, name: &'a str) -> Self {
        Self::Member(self, name)
    }

    pub(crate) const fn item(&'a self, position: usize) -> Self {
        Self::Item(self, position)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(parent, name) => {
                write!(f, "{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
            }
            Self::Item(parent, position) => write!(f, "{parent}/{position}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(severity: Severity, path: &str) -> Problem {
        Problem { severity, code: "odd", path: path.into(), message: "is odd".into(), remedy: "mend it" }
    }

    #[test]
    fn errors_stay_visible_behind_a_flood() {
        let mut problems = Problems::default();
        (0..5000).for_each(|n| problems.push(problem(Severity::Warning, &format!("/{n}"))));
        problems.push(problem(Severity::Error, "/last"));
        assert_eq!(problems.iter().count(), MAX_PROBLEMS);
        assert_eq!(problems.iter().next().unwrap().path, "/last");
        assert_eq!(problems.total(), 5001);
    }

    #[test]
    fn places_are_json_pointers() {
        let root = Place::Root;
        let (teams, key);
        teams = root.member("team_roles");
        key = teams.member("a/b~c");
        assert_eq!(key.item(3).to_string(), "/team_roles/a~1b~0c/3");
        assert_eq!(
            problem(Severity::Record, "").to_string(),
            "record at the whole input: is odd [odd]; mend it"
        );
    }
}
