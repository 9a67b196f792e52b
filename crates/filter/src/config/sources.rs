//! Where the access data comes from, and how long it is believed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatepass::bundle::{Bundle, BundleTimestamp, Trust};

use super::field::{Field, Fields};
use super::problem::Problems;
use super::{AgeLimits, BearerToken, Dated, FetchSettings, Inline, trust};

const DEFAULT_MAX_AGE_SECONDS: i64 = 300;
const DEFAULT_SKEW_SECONDS: i64 = 30;
const DEFAULT_INTERVAL_MS: i64 = 500;
const DEFAULT_TIMEOUT_MS: i64 = 300;
/// Hosts drop larger bodies, and a larger one would block a worker for too long.
const MOST_BUNDLE_BYTES: i64 = 8 << 20;
/// In chunks, no body is that large, but there is memory to think of.
const DEFAULT_CHUNKED_BYTES: i64 = 256 << 20;
const YEAR_SECONDS: i64 = 366 * 24 * 3600;

/// What `bundle` and the settings around it say.
#[derive(Debug)]
pub(super) struct Origins {
    pub(super) inline: Option<Inline>,
    pub(super) fetch: Option<FetchSettings>,
    pub(super) age: AgeLimits,
    pub(super) trust: Trust,
    pub(super) warnings: Vec<String>,
}

pub(super) fn read(fields: &mut Fields<'_>, problems: &mut Problems) -> Origins {
    let mut warnings = Vec::new();
    let mut bundle = fields
        .need("bundle", problems, "write `\"bundle\": {\"inline\": \"<base64>\"}` or `{\"fetch\": {…}}`")
        .and_then(|field| field.object(problems));
    let inline_field = bundle.as_mut().and_then(|bundle| bundle.get("inline"));
    let timestamp_field = bundle.as_mut().and_then(|bundle| bundle.get("inline_timestamp"));
    let fetch_field = bundle.as_mut().and_then(|bundle| bundle.get("fetch"));
    if let Some(bundle) = bundle {
        if inline_field.is_none() && fetch_field.is_none() {
            problems.add(
                bundle.pointer(),
                "there is neither `inline` nor `fetch`",
                "write at least one of them",
            );
        }
        bundle.finish(problems);
    }
    let fetch = fetch_field.as_ref().and_then(|field| fetch_settings(field, &mut warnings, problems));
    let age_field = fields.get("max_age_seconds");
    let age = age_limits(fields, age_field.as_ref(), fetch_field.is_some(), problems);
    let trust = trust::read(fields, fetch_field.is_some(), &mut warnings, problems);
    if let (Some(max_age_ms), Some(fetch)) = (age.max_age_ms, &fetch)
        && max_age_ms <= fetch.interval_ms.saturating_add(fetch.timeout_ms)
    {
        let help = "make `max_age_seconds` longer than `interval_ms` and `timeout_ms` together";
        problems.add("/max_age_seconds", "the data would be stale before it can be fetched again", help);
    }

    let timestamp = timestamp_field.as_ref().and_then(|field| timestamp(field, &trust, problems));
    let bundle = inline_field.as_ref().and_then(|field| inline_bundle(field, &trust, problems));
    // What is signed with the bundle dates it as well.
    let signed = bundle.as_ref().map(Bundle::manifest).filter(|_| trust.wants_signatures());
    let signed = signed.and_then(|manifest| manifest.signed_serial().zip(manifest.signed_as_of()));
    let signed = signed.map(|(serial, as_of)| Dated { serial, as_of });
    match (&inline_field, &timestamp_field) {
        (None, Some(field)) => {
            field.problem(problems, "there is no `inline` that it could belong to", "remove it");
        }
        (Some(_), None) if age.max_age_ms.is_none() || signed.is_some() => {}
        (Some(_), None) if fetch_field.is_some() => {
            let text = "`inline` has no `inline_timestamp`: it counts as stale until the relay dates it";
            warnings.push(text.to_owned());
        }
        (Some(field), None) => {
            let help = "add `inline_timestamp`, or leave out `max_age_seconds`";
            field.problem(problems, "its age is limited and yet not known", help);
        }
        _ => {}
    }
    if let (Some(bundle), Some(timestamp), Some(field)) = (&bundle, &timestamp, &timestamp_field)
        && timestamp.content_digest() != bundle.content_digest()
    {
        field.problem(
            problems,
            "it belongs to another bundle",
            "write the timestamp that was made with `inline`",
        );
    }
    let dated = timestamp.as_ref().map(Dated::from).or(signed);
    let inline = bundle.map(|bundle| Inline { bundle, dated });
    Origins { inline, fetch, age, trust, warnings }
}

fn inline_bundle(field: &Field<'_>, trust: &Trust, problems: &mut Problems) -> Option<Bundle> {
    let text = field.text(problems)?;
    let Ok(bytes) = STANDARD.decode(text) else {
        let help = "write the bundle file in standard base64 with padding and without line breaks";
        field.problem(problems, "this is not base64", help);
        return None;
    };
    match Bundle::open(&bytes) {
        Ok(bundle) => {
            if let Err(error) = trust.bundle(&bundle) {
                let help = "write a bundle that fits `public_keys`, `audience`, `portals` and `policy`, or change these";
                field.problem(problems, format!("this bundle is not taken: {error}"), help);
            }
            Some(bundle)
        }
        Err(error) => {
            let help = "write a file made by `gatepass bundle build` of this version";
            field.problem(problems, format!("this is no bundle: {error}"), help);
            None
        }
    }
}

fn timestamp(field: &Field<'_>, trust: &Trust, problems: &mut Problems) -> Option<BundleTimestamp> {
    match BundleTimestamp::from_header(field.text(problems)?) {
        Ok(timestamp) => {
            if let Err(error) = trust.timestamp(&timestamp) {
                let help = "write the timestamp that was made with `inline`";
                field.problem(problems, format!("this timestamp is not taken: {error}"), help);
            }
            Some(timestamp)
        }
        Err(error) => {
            let help = "write what the relay sends as `x-gatepass-timestamp`";
            field.problem(problems, format!("this is no timestamp: {error}"), help);
            None
        }
    }
}

fn fetch_settings(
    field: &Field<'_>,
    warnings: &mut Vec<String>,
    problems: &mut Problems,
) -> Option<FetchSettings> {
    let mut fields = field.object(problems)?;
    let help = "write the cluster's name (Envoy) or `host:port` (Kong, nginx)";
    let upstream = fields.need("upstream", problems, help).and_then(|field| plain_text(&field, problems));
    let authority = match fields.get("authority") {
        Some(field) => plain_text(&field, problems),
        None => upstream.clone(),
    };
    let chunk_path = fields.get("chunk_path");
    let default = if chunk_path.is_some() { "/v1/manifest" } else { "/v1/bundle" };
    let chunk_path = chunk_path.map(|field| fetch_path(&field, problems));
    let path = match fields.get("path") {
        Some(field) => fetch_path(&field, problems),
        None => Some(default.to_owned()),
    };
    let token = fields.get("bearer_token");
    let bearer_token = token.map(|field| plain_text(&field, problems).map(BearerToken::new));
    let mut integer = |key, least, most, default| match fields.get(key) {
        Some(field) => field.integer(problems, least, most),
        None => Some(default),
    };
    let interval_ms = integer("interval_ms", 10, 3_600_000, DEFAULT_INTERVAL_MS);
    let timeout_ms = integer("timeout_ms", 10, 60_000, DEFAULT_TIMEOUT_MS);
    let max_bundle_bytes = integer(
        "max_bundle_bytes",
        1,
        1 << 30,
        if chunk_path.is_some() { DEFAULT_CHUNKED_BYTES } else { MOST_BUNDLE_BYTES },
    );
    fields.finish(problems);
    let mut max_bundle_bytes = max_bundle_bytes?;
    if chunk_path.is_none() && max_bundle_bytes > MOST_BUNDLE_BYTES {
        max_bundle_bytes = MOST_BUNDLE_BYTES;
        warnings.push(format!(
            "`max_bundle_bytes` is taken as {MOST_BUNDLE_BYTES}: proxies drop or choke on larger bodies; `chunk_path` fetches larger bundles in parts"
        ));
    }
    Some(FetchSettings {
        upstream: upstream?,
        authority: authority?,
        path: path?,
        chunk_path: match chunk_path {
            Some(path) => Some(path?),
            None => None,
        },
        // A token that cannot be sent is a mistake, and not the same as none.
        bearer_token: match bearer_token {
            Some(token) => Some(token?),
            None => None,
        },
        interval_ms: interval_ms?,
        timeout_ms: timeout_ms?,
        max_bundle_bytes: usize::try_from(max_bundle_bytes).ok()?,
    })
}

fn plain_text(field: &Field<'_>, problems: &mut Problems) -> Option<String> {
    let text = field.text(problems)?;
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Some(text.to_owned());
    }
    field.problem(
        problems,
        "this has a character that cannot be sent",
        "write printable ASCII without spaces",
    );
    None
}

fn fetch_path(field: &Field<'_>, problems: &mut Problems) -> Option<String> {
    let text = plain_text(field, problems)?;
    if text.starts_with('/') {
        return Some(text);
    }
    field.problem(problems, "a path starts with `/`", "write for example `/v1/bundle`");
    None
}

fn age_limits(
    fields: &mut Fields<'_>,
    max_age: Option<&Field<'_>>,
    fetches: bool,
    problems: &mut Problems,
) -> AgeLimits {
    let max_age = match max_age {
        Some(field) => field.integer(problems, 1, YEAR_SECONDS).or(Some(DEFAULT_MAX_AGE_SECONDS)),
        None => fetches.then_some(DEFAULT_MAX_AGE_SECONDS),
    };
    let skew = fields.get("max_clock_skew_seconds").and_then(|field| field.integer(problems, 0, 3600));
    AgeLimits {
        max_age_ms: max_age.map(|seconds| seconds.saturating_mul(1000)),
        max_skew_ms: skew.unwrap_or(DEFAULT_SKEW_SECONDS).saturating_mul(1000),
    }
}
