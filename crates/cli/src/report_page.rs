//! The page: what an API product owner opens on Monday. One file, no network, readable without its script.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatepass::report::{Report, ReportAssumption, ReportName, Rows};
use gatepass::{Completeness, Snapshot};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::bundle::hexadecimal;
use crate::failure::Failure;
use crate::output::plain;
use crate::report_chart::{Ages, Funnel, ages, funnel};
use crate::report_forms;
use crate::report_section::{Matrix, Section, matrix, section, words};

pub(crate) const STYLE: &str = include_str!("../templates/report.css");
pub(crate) const SCRIPT: &str = include_str!("../templates/report.js");

/// Askama escapes every text in it but the style and the script, which are ours.
#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    title: String,
    as_of: String,
    as_of_minute: String,
    now: String,
    now_minute: String,
    completeness: &'static str,
    banner: Option<&'static str>,
    notes: Vec<&'static str>,
    headline: Vec<Headline>,
    funnel: Option<Funnel>,
    ages: Option<Ages>,
    sections: Vec<Section>,
    matrix: Option<Matrix>,
    facts: Vec<Fact>,
    style: &'static str,
    style_digest: String,
    script: &'static str,
    script_digest: String,
    scripted: bool,
}

struct Headline {
    value: String,
    what: &'static str,
    target: Option<&'static str>,
}

struct Fact {
    name: &'static str,
    value: String,
}

/// The reports as a page. `bytes` is the snapshot file.
pub(crate) fn page(
    reports: &[Report<'_>],
    snapshot: &Snapshot,
    bytes: &[u8],
    max_rows: usize,
) -> Result<String, Failure> {
    let mut page = empty(reports, snapshot, bytes);
    for report in reports {
        match &report.rows {
            Rows::Funnel(rows) => page.funnel = Some(funnel(rows)),
            Rows::AccessMatrix(rows) => page.matrix = Some(matrix(rows)),
            _ => page.sections.push(section(report, snapshot, max_rows)),
        }
        if let Rows::PendingApprovals(rows) = &report.rows {
            page.ages = Some(ages(rows));
        }
    }
    page.scripted = page.sections.iter().any(|section| !section.rows.is_empty());
    if reports.len() > 1 {
        page.headline = headline(reports, snapshot);
    }
    let text = page.render().map_err(std::io::Error::other)?;
    Ok(text + "\n")
}

fn empty(reports: &[Report<'_>], snapshot: &Snapshot, bytes: &[u8]) -> Page {
    let first = reports.first();
    let portal = plain(&snapshot.portal().name);
    let portal = if portal.is_empty() { "Dev Portal".to_owned() } else { portal };
    let title = match reports {
        [report] => format!("{portal}: {}", words(report.report).0),
        _ => format!("{portal}: who is stuck, who waits, what is stale"),
    };
    let completeness = snapshot.completeness();
    let mut assumptions: Vec<ReportAssumption> =
        reports.iter().flat_map(|report| report.assumptions.iter().copied()).collect();
    assumptions.sort_unstable();
    assumptions.dedup();
    let region = snapshot.region().map_or("unknown", |region| region.as_str());
    let fact = |name, value: String| Fact { name, value };
    let (as_of, now) =
        (snapshot.as_of().to_string(), first.map(|report| report.now.to_string()).unwrap_or_default());
    let digest = hexadecimal(&Sha256::digest(bytes));
    let facts = vec![
        fact(
            "Portal",
            format!("{portal}, {} in {region}, {}", snapshot.api().as_str(), snapshot.portal().id),
        ),
        fact("As of", as_of.clone()),
        fact("Ages up to", now.clone()),
        fact("Snapshot SHA-256", digest),
        fact(
            "Completeness",
            format!("{}: {}", completeness.as_str(), report_forms::completeness(completeness)),
        ),
        fact("Parameters", first.map(parameters).unwrap_or_default()),
        fact("Made by", format!("gatepass {}", env!("CARGO_PKG_VERSION"))),
    ];
    Page {
        title,
        as_of_minute: minute(&as_of),
        as_of,
        now_minute: minute(&now),
        now,
        completeness: match completeness {
            Completeness::Complete => "complete",
            Completeness::Unverified => "unverified",
            Completeness::Partial => "partial",
        },
        banner: match completeness {
            Completeness::Complete => None,
            Completeness::Unverified => Some("Nobody counted every list, so rows may be missing."),
            Completeness::Partial => {
                Some("Part of the portal is missing or was refused, so rows may be missing or wrong.")
            }
        },
        notes: assumptions.into_iter().map(assumption).collect(),
        headline: Vec::new(),
        funnel: None,
        ages: None,
        sections: Vec::new(),
        matrix: None,
        facts,
        style: STYLE,
        style_digest: STANDARD.encode(Sha256::digest(STYLE)),
        script: SCRIPT,
        script_digest: STANDARD.encode(Sha256::digest(SCRIPT)),
        scripted: false,
    }
}

/// The parameters that ask for something: `older_than 48h; teams ["Retail"]`.
fn parameters(report: &Report<'_>) -> String {
    let said = serde_json::to_value(&report.parameters).unwrap_or_default();
    let said = said.as_object().into_iter().flatten().filter_map(|(name, value)| match value {
        Value::Null | Value::Bool(false) => None,
        Value::Array(values) if values.is_empty() => None,
        Value::Object(members) if members.is_empty() => None,
        Value::String(text) => Some(format!("{name} {text}")),
        Value::Bool(true) => Some(name.clone()),
        other => Some(format!("{name} {other}")),
    });
    plain(&said.collect::<Vec<_>>().join("; "))
}

/// `2026-11-22T10:00:00.123Z` for people; all of it stays in the page's `datetime` and at its foot.
pub(crate) fn minute(time: &str) -> String {
    let minute: String = time.chars().take(16).collect();
    minute.replace('T', " ") + " UTC"
}

const fn assumption(assumption: ReportAssumption) -> &'static str {
    match assumption {
        ReportAssumption::RbacDisabled => {
            "This portal does not use roles (RBAC is off): everybody who is approved may register for everything published."
        }
        ReportAssumption::EntityWildcard => {
            "Some role is on every entity (*). That such a role counts for each of them is taken for granted; Konnect does not document it."
        }
        ReportAssumption::AgeUnknown => {
            "The age of something here is not known: nothing says when it was created. It is shown rather than passed over."
        }
    }
}

fn headline(reports: &[Report<'_>], snapshot: &Snapshot) -> Vec<Headline> {
    let mut numbers = vec![
        Headline { value: grouped(snapshot.developers().len()), what: "developers", target: Some("funnel") },
        Headline { value: grouped(snapshot.applications().len()), what: "applications", target: None },
        Headline { value: grouped(snapshot.registrations().len()), what: "registrations", target: None },
    ];
    for report in reports {
        let what = match report.report {
            ReportName::PendingApprovals => "wait for approval",
            ReportName::NeedsConsumePermission => "need a permission",
            ReportName::BlockedDevelopers => "applications are stuck",
            ReportName::StaleAccess => "have stale access",
            ReportName::TeamReadiness => "teams are not ready",
            _ => continue,
        };
        let target = Some(report.report.as_str());
        numbers.push(Headline { value: grouped(report.rows.len()), what, target });
    }
    numbers
}

/// A number with its thousands apart.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len().saturating_add(4));
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && digits.len().saturating_sub(position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_for_people() {
        assert_eq!(minute("2026-11-22T10:00:00.123Z"), "2026-11-22 10:00 UTC");
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(
            ["0", "999", "1,000", "1234567"].map(|text| grouped(text.replace(',', "").parse().unwrap())),
            ["0", "999", "1,000", "1,234,567"]
        );
    }
}
