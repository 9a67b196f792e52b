//! What would be done, and what was.

use gatepass::DeveloperId;
use gatepass::konnect::apply::{Outcome, OutlineLine, Summary};
use gatepass::plan::{Held, Plan, Subject};
use serde::Serialize;
use serde_json::{Value, json};

use crate::arguments::{OutputArguments, OutputForm};
use crate::failure::Failure;
use crate::output::{self, Rows};

/// What becomes of one subject.
#[derive(Serialize)]
struct SubjectLine {
    subject: usize,
    developer_id: Option<DeveloperId>,
    outcome: &'static str,
    detail: String,
}

/// A subject that is left to people.
#[derive(Serialize)]
struct HeldLine<'p> {
    subject: usize,
    developer_id: Option<DeveloperId>,
    code: &'p str,
    message: &'p str,
}

fn held(plan: &Plan) -> Vec<HeldLine<'_>> {
    let lines = plan.held().map(|(subject, planned, held)| HeldLine {
        subject,
        developer_id: planned.developer_id,
        code: &held.code,
        message: &held.message,
    });
    lines.collect()
}

/// A change and what it is about, in a few words.
fn words(change: &Value) -> String {
    let mut words = vec![change["change"].as_str().unwrap_or_default().to_owned()];
    for (name, value) in change.as_object().into_iter().flatten() {
        let shown = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if !matches!(name.as_str(), "change" | "seen" | "developer_id" | "entity_type_name") {
            words.push(format!("{name}={shown}"));
        }
    }
    words.join(" ")
}

fn shown(developer: Option<DeveloperId>) -> String {
    developer.map_or_else(|| "-".to_owned(), |developer| developer.to_string())
}

/// Lists what a run would do.
pub(super) fn outline(
    arguments: &OutputArguments,
    plan: &Plan,
    sha256: &str,
    lines: &[OutlineLine],
) -> Result<(), Failure> {
    let mut cells: Vec<Vec<String>> = Vec::new();
    for line in lines {
        let how = line.request.clone().or(line.place.map(|place| format!("by hand: {place}")));
        cells.push(vec![
            line.subject.saturating_add(1).to_string(),
            shown(line.developer_id),
            words(&line.what),
            how.unwrap_or_default(),
        ]);
    }
    let held_lines = held(plan);
    for (subject, planned, held) in plan.held() {
        let position = subject.saturating_add(1).to_string();
        cells.push(vec![position, shown(planned.developer_id), "held".into(), reason(held)]);
    }
    let headings = ["subject", "developer", "change", "how"];
    let rows = Rows { headings: &headings, cells, items: lines };
    let document = json!({"dry_run": true, "plan_sha256": sha256, "changes": lines, "held": held_lines});
    output::write(arguments, &rows.text(arguments.output, &document)?)?;
    let by_hand = lines.iter().filter(|line| line.place.is_some()).count();
    anstream::eprintln!(
        "dry run: {} changes would be made, {by_hand} are left to people, {} subjects are held; make them with --yes",
        lines.len().saturating_sub(by_hand),
        held_lines.len(),
    );
    Ok(())
}

fn reason(held: &Held) -> String {
    if held.message.is_empty() { held.code.clone() } else { format!("{}: {}", held.code, held.message) }
}

/// Tells what a run did.
pub(super) fn summary(
    arguments: &OutputArguments,
    plan: &Plan,
    sha256: &str,
    summary: &Summary,
    outline: &[OutlineLine],
) -> Result<(), Failure> {
    let left: Vec<&OutlineLine> = outline.iter().filter(|line| line.place.is_some()).collect();
    let items: Vec<SubjectLine> = plan
        .subjects
        .iter()
        .enumerate()
        .map(|(subject, planned)| line(summary, &left, subject, planned))
        .collect();
    let cells = items.iter().map(|line| {
        let position = line.subject.saturating_add(1).to_string();
        vec![position, shown(line.developer_id), line.outcome.to_owned(), line.detail.clone()]
    });
    let headings = ["subject", "developer", "outcome", "detail"];
    let rows = Rows { headings: &headings, cells: cells.collect(), items: &items };
    let document = json!({
        "dry_run": false, "plan_sha256": sha256, "made": summary.made, "already": summary.already,
        "before": summary.before, "subjects": items, "left": left, "held": held(plan),
    });
    output::write(arguments, &rows.text(arguments.output, &document)?)?;
    if arguments.output == OutputForm::Table {
        for line in &left {
            let place = line.place.unwrap_or_default();
            anstream::eprintln!("left to people: {}; {place}", words(&line.what));
        }
    }
    anstream::eprintln!(
        "{} changes made, {} were there already, {} made by earlier runs, {} left to people, {} subjects held",
        summary.made,
        summary.already,
        summary.before,
        left.len(),
        plan.held().count(),
    );
    Ok(())
}

fn line(summary: &Summary, left: &[&OutlineLine], subject: usize, planned: &Subject) -> SubjectLine {
    let developer_id = planned.developer_id;
    let (outcome, detail) = if let Some(held) = &planned.held {
        ("held", reason(held))
    } else {
        match summary.subjects.get(subject).map(|(_, outcome)| outcome) {
            Some(Outcome::Done) => match left.iter().filter(|line| line.subject == subject).count() {
                0 => ("done", String::new()),
                n => ("done", format!("{n} changes are left to people")),
            },
            Some(Outcome::Failed(error)) => ("failed", error.clone()),
            Some(Outcome::Moved(error)) => ("moved", error.clone()),
            Some(Outcome::NotTried) | None => ("not tried", "the token was refused before its turn".into()),
        }
    };
    SubjectLine { subject, developer_id, outcome, detail }
}
