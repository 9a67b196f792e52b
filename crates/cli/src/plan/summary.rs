//! What a plan says, for whoever is about to carry it out.

use std::fmt::Write as _;
use std::path::Path;

use comfy_table::{ContentArrangement, Table, presets};
use gatepass::plan::{Plan, SummaryLine};
use gatepass::{Completeness, Snapshot};

use crate::output::plain;
use crate::report_forms::completeness;

/// Two tables, what happens and who is held, and what to do next.
pub(super) fn text(plan: &Plan, snapshot: &Snapshot, source: &Path, file: Option<&Path>) -> String {
    let lines = plan.summary(snapshot);
    let (held, planned): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.held.is_some());
    let mut text = String::new();
    if !planned.is_empty() {
        let rows =
            planned.iter().map(|line| vec![who(line), email(line), rule(line), line.steps.join(", then ")]);
        text.push_str(&table(&["developer", "e-mail", "because of", "what happens"], rows));
    }
    if !held.is_empty() {
        let rows = held.iter().map(|line| {
            let (code, message) = line.held.map_or(("", ""), |held| (&held.code, &held.message));
            vec![who(line), email(line), format!("{message} [{code}]")]
        });
        text.push_str(&table(&["held", "e-mail", "why"], rows));
    }
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{}", sentence(plan, planned.len(), held.len(), snapshot));
    if snapshot.completeness() != Completeness::Complete {
        let _ = writeln!(text, "note: {}", completeness(snapshot.completeness()));
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

fn sentence(plan: &Plan, planned: usize, held: usize, snapshot: &Snapshot) -> String {
    let changes = plan.changes().len();
    format!(
        "{} for {}, {} held; portal `{}` as of {}",
        counted(changes, "change"),
        counted(planned, "subject"),
        held,
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
