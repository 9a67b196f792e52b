//! `gatepass bundle build` and `gatepass bundle inspect`.

use gatepass::bundle::{self, Bundle, BundleTimestamp};
use gatepass::{CredentialKind, Timestamp};
use serde_json::json;

use crate::arguments::{BuildArguments, InspectArguments, OutputForm};
use crate::failure::{Failure, Findings};
use crate::files;
use crate::output::{self, Rows};

/// The suffix of the file that states how fresh a bundle is.
const TIMESTAMP_SUFFIX: &str = ".timestamp";

/// Builds a bundle and, beside it, its timestamp.
pub(crate) fn build(arguments: &BuildArguments) -> Result<Findings, Failure> {
    let mut portals = Vec::with_capacity(arguments.snapshots.len());
    // A bundle is as old as the oldest snapshot in it.
    let mut as_of = Timestamp::from_millis(i64::MAX);
    for path in &arguments.snapshots {
        let reading = files::snapshot(path, arguments.reading.allow_partial)?;
        as_of = as_of.min(reading.snapshot.as_of());
        portals.push(
            reading.snapshot.contents().map_err(|source| Failure::Region { path: path.clone(), source })?,
        );
    }
    let built = bundle::build(arguments.policy, &portals)?;
    let bytes = built.to_bytes();
    let regions = portals.iter().map(|portal| (portal.id, portal.region));
    let timestamp =
        BundleTimestamp::new(&arguments.audience, regions, arguments.policy, as_of, *built.content_digest())?;
    files::write(&arguments.file, &bytes)?;
    files::write(&files::beside(&arguments.file, TIMESTAMP_SUFFIX), timestamp.to_header().as_bytes())?;
    anstream::eprintln!(
        "{} bytes, content {}, as of {as_of}",
        bytes.len(),
        hexadecimal(built.content_digest())
    );
    Ok(Findings::None)
}

/// Verifies a bundle and shows what it holds.
pub(crate) fn inspect(arguments: &InspectArguments) -> Result<Findings, Failure> {
    let refused = |source| Failure::Bundle { path: arguments.bundle.clone(), source };
    let bundle = Bundle::open(&files::read(&arguments.bundle)?).map_err(refused)?;
    let timestamp = timestamp(arguments)?;
    let counts = bundle.counts();
    let credentials = CredentialKind::ALL.iter().map(|kind| kind.as_str()).zip(counts.credentials);
    let mut facts = vec![
        ("content_digest", json!(hexadecimal(bundle.content_digest()))),
        ("policy", json!(bundle.policy())),
        ("as_of", json!(timestamp.as_ref().map(|stamp| stamp.as_of().to_string()))),
        ("serial", json!(timestamp.as_ref().map(BundleTimestamp::serial))),
        ("audience", json!(timestamp.as_ref().map(|stamp| stamp.audience().to_owned()))),
        ("bytes", json!(counts.bytes)),
        ("chunks", json!(counts.chunks)),
        ("applications", json!(counts.applications)),
        ("registrations", json!(counts.registrations)),
        ("role_sets", json!(counts.role_sets)),
    ];
    facts.push((
        "credentials",
        credentials
            .map(|(kind, count)| (kind.to_owned(), json!(count)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    ));
    let portals: Vec<serde_json::Value> = bundle
        .portals()
        .map(|portal| {
            let rbac_enabled = portal.rbac == gatepass::Rbac::On;
            json!({"portal_id": portal.id, "region": portal.region.as_str(), "rbac_enabled": rbac_enabled, "resources": portal.resources})
        })
        .collect();
    facts.push(("portals", portals.into()));
    let document: serde_json::Map<String, serde_json::Value> =
        facts.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let rows = facts.iter().map(|(name, value)| vec![(*name).to_owned(), shown(value)]).collect();
    let items = [&document];
    let table = Rows { headings: &["what", "value"], cells: rows, items: &items };
    let form = arguments.output.output;
    output::write(&arguments.output, &table.text(form, &document)?)?;
    if timestamp.is_none() && form == OutputForm::Table {
        anstream::eprintln!(
            "note: there is no `{TIMESTAMP_SUFFIX}` file beside the bundle, so its age is not known"
        );
    }
    Ok(Findings::None)
}

/// The timestamp beside the bundle, if there is one and it is about this bundle.
fn timestamp(arguments: &InspectArguments) -> Result<Option<BundleTimestamp>, Failure> {
    let path = files::beside(&arguments.bundle, TIMESTAMP_SUFFIX);
    if !path.is_file() {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(&files::read(&path)?).trim().to_owned();
    Ok(Some(BundleTimestamp::from_header(&text)?))
}

fn shown(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Null => "unknown".to_owned(),
        other => other.to_string(),
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
