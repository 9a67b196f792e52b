//! Whose bundles are taken.

use gatepass::bundle::{PublicKey, Trust};
use gatepass::{Policy, PortalId};

use super::field::{Field, Fields};
use super::problem::Problems;

const POLICIES: &[(&str, Policy)] = &[("strict", Policy::Strict), ("konnect", Policy::Konnect)];

/// What a key signs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Bundle,
    Timestamp,
    Both,
}

const USES: &[(&str, Use)] = &[("bundle", Use::Bundle), ("timestamp", Use::Timestamp)];

/// A fetched bundle must be signed, or somebody must have written that it need not be.
pub(super) fn read(
    fields: &mut Fields<'_>,
    fetches: bool,
    warnings: &mut Vec<String>,
    problems: &mut Problems,
) -> Trust {
    let keys = fields.get("public_keys");
    let listed = keys.as_ref().and_then(|field| field.list(problems)).unwrap_or_default();
    let allow_unsigned = fields.get("allow_unsigned").and_then(|field| field.flag(problems)).unwrap_or(false);
    let audience = fields.get("audience").and_then(|field| field.any_text(problems)).map(ToOwned::to_owned);
    let policy = fields.get("policy").and_then(|field| field.word(problems, POLICIES));
    let portals = fields.get("portals").map(|field| portals(&field, problems));
    let mut trust = Trust { audience, portals, policy, ..Trust::default() };
    for field in &listed {
        add(field, &mut trust, problems);
    }
    if listed.is_empty() {
        if fetches && allow_unsigned {
            let text = "`allow_unsigned` is true: whoever can answer for the relay decides who gets access";
            warnings.push(text.to_owned());
        } else if fetches {
            let help = "list the relay's key in `public_keys`, or write `\"allow_unsigned\": true` if nobody else \
                        can answer for the relay";
            problems.add("", "`fetch` needs signed bundles, and no key is given", help);
        }
        return trust;
    }
    if allow_unsigned {
        problems.add("/allow_unsigned", "it contradicts `public_keys`", "keep one of them");
    }
    if trust.portals.is_none() {
        let help = "list the ids of the portals that this gateway is for: a key may sign for several";
        problems.add("", "`portals` is missing, which signed bundles are checked for", help);
    }
    if problems.is_empty() && (trust.bundle_keys.is_empty() || trust.timestamp_keys.is_empty()) {
        let help = "list a key for `bundle` and one for `timestamp`, or one without `use` for both";
        problems.add("/public_keys", "nothing could be signed by these keys alone", help);
    }
    trust.audience.get_or_insert_default();
    trust.policy.get_or_insert(Policy::Strict);
    trust
}

fn portals(field: &Field<'_>, problems: &mut Problems) -> Vec<PortalId> {
    let items = field.list(problems).unwrap_or_default();
    if items.is_empty() {
        field.problem(problems, "no bundle is of no portal", "write at least one id, or leave the key out");
    }
    items.iter().filter_map(|item| item.id(problems)).collect()
}

/// A key as a text, or as an object that says what it is used for.
fn add(field: &Field<'_>, trust: &mut Trust, problems: &mut Problems) {
    let (key, used) = if field.is_object() {
        let Some(mut fields) = field.object(problems) else { return };
        let help = "write what `gatepass key new --signing` printed";
        let key = fields.need("key", problems, help).and_then(|field| public_key(&field, problems));
        let used = fields.get("use").and_then(|field| field.word(problems, USES)).unwrap_or(Use::Both);
        fields.finish(problems);
        (key, used)
    } else {
        (public_key(field, problems), Use::Both)
    };
    let Some(key) = key else { return };
    let mut is_new = false;
    for (keys, other) in [(&mut trust.bundle_keys, Use::Timestamp), (&mut trust.timestamp_keys, Use::Bundle)]
    {
        if used != other && !keys.contains(&key) {
            keys.push(key);
            is_new = true;
        }
    }
    if !is_new {
        field.problem(problems, "this key is listed twice", "keep one of them");
    }
}

fn public_key(field: &Field<'_>, problems: &mut Problems) -> Option<PublicKey> {
    match field.text(problems)?.parse() {
        Ok(key) => Some(key),
        Err(error) => {
            let help = "write what `gatepass key new --signing` printed, as `ed25519:…`";
            field.problem(problems, format!("this is {error}"), help);
            None
        }
    }
}
