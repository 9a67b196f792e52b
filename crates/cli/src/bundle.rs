//! `gatepass bundle build`, `sign`, `verify` and `inspect`.

use std::path::{Path, PathBuf};

use gatepass::bundle::{self, Bundle, BundleTimestamp, Trust};
use gatepass::{CredentialKind, Timestamp};
use serde_json::json;

use crate::arguments::{BuildArguments, InspectArguments, OutputForm, SignArguments, VerifyArguments};
use crate::failure::{Failure, Findings};
use crate::files;
use crate::konnect::Clock;
use crate::output::{self, Rows};
use crate::signing::{self, SigningError};

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
    let keys = arguments.sign.iter().map(|path| signing::read(path)).collect::<Result<Vec<_>, _>>()?;
    let mut built = bundle::build(arguments.policy, &portals)?;
    let regions = portals.iter().map(|portal| (portal.id, portal.region));
    let mut timestamp =
        BundleTimestamp::new(&arguments.audience, regions, arguments.policy, as_of, *built.content_digest())?;
    for key in &keys {
        built.manifest = built.manifest.signed(&timestamp, key)?;
        timestamp = timestamp.signed(key);
    }
    let bytes = built.to_bytes();
    files::write(&arguments.file, &bytes)?;
    files::write(&files::beside(&arguments.file, TIMESTAMP_SUFFIX), timestamp.to_header().as_bytes())?;
    anstream::eprintln!(
        "{} bytes, content {}, as of {as_of}",
        bytes.len(),
        hexadecimal(built.content_digest())
    );
    Ok(Findings::None)
}

/// Adds signatures to a bundle file and its timestamp.
pub(crate) fn sign(arguments: &SignArguments) -> Result<Findings, Failure> {
    let key = signing::read(&arguments.signing_key_file)?;
    let bytes = files::read(&arguments.bundle)?;
    let bundle = opened(&arguments.bundle, &bytes)?;
    let (path, timestamp) = needed_timestamp(&arguments.bundle, &bundle)?;
    let manifest = bundle.manifest().clone().signed(&timestamp, &key)?;
    let mut signed = manifest.to_bytes();
    signed.extend_from_slice(bundle.global().bytes());
    for chunk in bundle.chunks() {
        signed.extend_from_slice(chunk.bytes());
    }
    files::write(&arguments.bundle, &signed)?;
    files::write(&path, timestamp.signed(&key).to_header().as_bytes())?;
    anstream::eprintln!("signed by {}", key.public_key());
    Ok(Findings::None)
}

/// Checks a bundle and its timestamp as a gateway with these settings would.
pub(crate) fn verify(arguments: &VerifyArguments) -> Result<Findings, Failure> {
    let trust = Trust {
        bundle_keys: arguments.public_key.clone(),
        timestamp_keys: arguments.public_key.clone(),
        audience: Some(arguments.audience.clone()),
        portals: (!arguments.portal_id.is_empty()).then(|| arguments.portal_id.clone()),
        policy: Some(arguments.policy),
    };
    let path = &arguments.bundle;
    let bundle = opened(path, &files::read(path)?)?;
    trust.bundle(&bundle).map_err(|source| SigningError::Untrusted { path: path.clone(), source })?;
    let (stamp, timestamp) = needed_timestamp(path, &bundle)?;
    trust.timestamp(&timestamp).map_err(|source| SigningError::Untrusted { path: stamp, source })?;
    if let Some(max_age) = arguments.max_age {
        let (age, most) = (Clock::start().now().millis_since(timestamp.as_of()), max_age.as_secs());
        if age > i64::try_from(max_age.as_millis()).unwrap_or(i64::MAX) {
            return Err(
                SigningError::Expired { age_seconds: age.div_euclid(1000), max_age_seconds: most }.into()
            );
        }
    }
    anstream::eprintln!("good: content {} as of {}", hexadecimal(bundle.content_digest()), timestamp.as_of());
    Ok(Findings::None)
}

fn opened(path: &Path, bytes: &[u8]) -> Result<Bundle, Failure> {
    Bundle::open(bytes).map_err(|source| Failure::Bundle { path: path.to_owned(), source })
}

fn needed_timestamp(path: &Path, bundle: &Bundle) -> Result<(PathBuf, BundleTimestamp), Failure> {
    let beside = files::beside(path, TIMESTAMP_SUFFIX);
    match timestamp(path)? {
        None => Err(SigningError::NoTimestamp { path: beside }.into()),
        Some(timestamp) if timestamp.content_digest() != bundle.content_digest() => {
            Err(SigningError::OtherBundle { path: beside }.into())
        }
        Some(timestamp) => Ok((beside, timestamp)),
    }
}

/// Opens a bundle and shows what it holds; who signed it is shown and not verified.
pub(crate) fn inspect(arguments: &InspectArguments) -> Result<Findings, Failure> {
    let bundle = opened(&arguments.bundle, &files::read(&arguments.bundle)?)?;
    let timestamp = timestamp(&arguments.bundle)?;
    let counts = bundle.counts();
    let credentials = CredentialKind::ALL.iter().map(|kind| kind.as_str()).zip(counts.credentials);
    let mut facts = vec![
        ("content_digest", json!(hexadecimal(bundle.content_digest()))),
        ("policy", json!(bundle.policy())),
        ("as_of", json!(timestamp.as_ref().map(|stamp| stamp.as_of().to_string()))),
        ("serial", json!(timestamp.as_ref().map(BundleTimestamp::serial))),
        ("audience", json!(timestamp.as_ref().map(|stamp| stamp.audience().to_owned()))),
        ("signed_by", json!(signing::shown(bundle.manifest().signers()))),
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

/// The timestamp beside the bundle, if there is one.
fn timestamp(bundle: &Path) -> Result<Option<BundleTimestamp>, Failure> {
    let path = files::beside(bundle, TIMESTAMP_SUFFIX);
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
