//! What a plan says, for whoever is about to carry it out.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use comfy_table::{ContentArrangement, Table, presets};
use gatepass::plan::{Plan, SummaryLine};
use gatepass::{Completeness, Snapshot};

use crate::output::plain;
use crate::report_forms::completeness;

/// How many rows of a table are shown: the plan has them all.
const ROWS: usize = 100;

/// Two tables, what happens and who is held, and what to do next.
pub(super) fn text(plan: &Plan, snapshot: &Snapshot, source: &Path, file: Option<&Path>) -> String {
    let lines = plan.summary(snapshot);
    let (held, planned): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.held.is_some());
    let mut text = String::new();
    if !planned.is_empty() {
        let shown = planned.iter().take(ROWS);
        let rows = shown.map(|line| vec![who(line), email(line), rule(line), line.steps.join(", then ")]);
        text.push_str(&table(&["developer", "e-mail", "because of", "what happens"], rows));
    }
    if !held.is_empty() {
        let rows = held.iter().take(ROWS).map(|line| {
            let (code, message) = line.held.map_or(("", ""), |held| (&held.code, &held.message));
            vec![who(line), email(line), format!("{message} [{code}]")]
        });
        text.push_str(&table(&["held", "e-mail", "why"], rows));
    }
    // Writing to a text cannot fail.
    let hidden = planned.len().saturating_sub(ROWS).saturating_add(held.len().saturating_sub(ROWS));
    if hidden > 0 {
        let _ = writeln!(text, "… and {hidden} more, which are in the plan");
    }
    let _ = writeln!(text, "{}", sentence(plan, planned.len(), &held, snapshot));
    if snapshot.completeness() != Completeness::Complete {
        let _ = writeln!(text, "note: {}", completeness(snapshot.completeness()));
    }
    for note in &plan.notes {
        let _ = writeln!(text, "note: {}", plain(note));
    }
    if !plan.changes().is_empty() {
        let plan = file.unwrap_or(Path::new("plan.json")).display();
        let _ = writeln!(
            text,
            "next: `gatepass apply {plan}` shows the requests, `gatepass apply {plan} --yes` sends them"
        );
    } else if !held.is_empty() {
        let source = source.display();
        let _ = writeln!(
            text,
            "next: decide about those who are held in Konnect, or change the rules and plan `{source}` again"
        );
    }
    text
}

fn sentence(plan: &Plan, planned: usize, held: &[&SummaryLine<'_>], snapshot: &Snapshot) -> String {
    let changes = plan.changes().len();
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for held in held.iter().filter_map(|line| line.held) {
        let count = codes.entry(&held.code).or_default();
        *count = count.saturating_add(1);
    }
    let codes: Vec<String> = codes.iter().map(|(code, count)| format!("{count} {code}")).collect();
    let why = if codes.is_empty() { String::new() } else { format!(" ({})", codes.join(", ")) };
    format!(
        "{} for {}, {} held{why}; portal `{}` as of {}",
        counted(changes, "change"),
        counted(planned, "subject"),
        held.len(),
        plain(&snapshot.portal().name),
        snapshot.as_of()
    )
}

fn counted(count: usize, name: &str) -> String {
    if count == 1 { format!("1 {name}") } else { format!("{count} {name}s") }
}

fn who(line: &SummaryLine<'_>) -> String {
    match (&line.developer_name, line.developer_id) {
        (Some(name), _) if !name.trim().is_empty() => name.to_string(),
        (_, Some(id)) => id.to_string(),
        (_, None) => "-".to_owned(),
    }
}

fn email(line: &SummaryLine<'_>) -> String {
    line.email.as_deref().unwrap_or("-").to_owned()
}

fn rule(line: &SummaryLine<'_>) -> String {
    line.rule.unwrap_or("-").to_owned()
}

fn table(headings: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(headings);
    for row in rows {
        table.add_row(row.iter().map(|cell| plain(cell)));
    }
    format!("{table}\n")
}
