//! What changes from one portal to another.

use gatepass::diff::{Diff, Difference, Side};
use gatepass::{Policy, Snapshot};

use super::handles::{self, Held};
use crate::surface::body::Body;
use crate::surface::{Answer, Refusal, json};

/// `{other, policy, other_policy, only}`: whose access another portal (a handle) gives, takes, or denies for another
/// reason; of the rows only those of the kinds in `only`, all if it is left out.
pub(super) fn diff(snapshot: &Snapshot, body: &[u8]) -> Result<Answer, Refusal> {
    let mut body = Body::read(body)?;
    let other = body.read_member("other", "the handle of a portal", |value| {
        let number = u32::try_from(value.as_u64()?).ok()?;
        match handles::get(number) {
            Ok(Held::Portal(portal)) => Some(portal),
            _ => None,
        }
    });
    let policy = body.parsed("policy").unwrap_or(Policy::Strict);
    let other_policy = body.parsed("other_policy").unwrap_or(policy);
    let mut only: Vec<Difference> = Vec::new();
    for (position, value) in body.list("only").into_iter().enumerate() {
        if let Some(kind) = value.as_str().and_then(|word| word.parse().ok()) {
            only.push(kind);
        } else {
            let words: Vec<&str> = Difference::ALL.iter().map(|kind| kind.as_str()).collect();
            let message = format!("a kind of difference is {}", words.join(", "));
            body.problem("value_invalid", format!("/only/{position}"), message);
        }
    }
    body.finish()?;
    let other = other.ok_or_else(|| Refusal::new("value_missing", "/other", "`other` is missing"))?;
    let diff = Diff::new(Side { snapshot, policy }, Side { snapshot: &other.snapshot, policy: other_policy });
    json(&diff.document(if only.is_empty() { Difference::ALL } else { &only }))
}
