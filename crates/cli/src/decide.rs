//! `gatepass decide`: one question, or one a line.

use gatepass::{
    Account, Assumption, Bearing, Completeness, Decision, Fix, Question, QuestionError, Snapshot, Verdict,
    Warning,
};
use serde::Serialize;
use serde_json::json;

use crate::arguments::{DecideArguments, OutputForm};
use crate::failure::{Failure, Findings, counted};
use crate::output::{self, Rows, plain};
use crate::{files, report_forms};

/// The answer to a line: a decision, or why the line is no question.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Decision(Box<Decision>),
    Error { error: LineError },
}

#[derive(Serialize)]
struct LineError {
    code: &'static str,
    path: String,
    message: String,
}

/// Decides and prints.
pub(crate) fn run(arguments: &DecideArguments) -> Result<Findings, Failure> {
    let reading = files::snapshot(&arguments.snapshot, arguments.reading.allow_partial)?;
    if !reading.problems.is_empty() {
        let (path, counted) = (arguments.snapshot.display(), counted(&reading.problems));
        anstream::eprintln!("note: `{path}` has {counted}; `gatepass check` lists them");
    }
    match &arguments.requests {
        Some(path) => batch(arguments, &reading.snapshot, &files::read(path)?),
        None => one(arguments, &reading.snapshot),
    }
}

fn one(arguments: &DecideArguments, snapshot: &Snapshot) -> Result<Findings, Failure> {
    let question = Question {
        action: arguments.action,
        policy: arguments.policy,
        application: arguments.application,
        developer: arguments.developer,
        resource: arguments.resource,
    };
    question.check().map_err(|error| {
        match error.path().strip_prefix('/').and_then(|name| name.strip_suffix("_id")) {
            Some(option) => Failure::Option { action: question.action, option: option.to_owned() },
            None => Failure::Question(error),
        }
    })?;
    let decision = snapshot.decide(&question);
    let denied = decision.decision == Verdict::Deny;
    let text = match arguments.output.output {
        OutputForm::Table => explained(&snapshot.account(&question)),
        form => {
            let document = decision.clone();
            rows(&[Answer::Decision(Box::new(decision))]).text(form, &document)?
        }
    };
    output::write(&arguments.output, &text)?;
    Ok(if denied { Findings::Some } else { Findings::None })
}

/// A decision as a person reads it, perhaps at night.
fn explained(account: &Account) -> String {
    let decision = &account.decision;
    let verdict = if decision.decision == Verdict::Allow { "allow" } else { "deny" };
    let mut lines =
        vec![format!("{verdict}: {}", decision.message), String::new(), "What is known".to_owned()];
    for fact in &account.facts {
        let mark = match fact.bearing {
            Bearing::Good => "ok      ",
            Bearing::Blocks => "BLOCKS  ",
            Bearing::NotAsked => "ignored ",
        };
        let code = fact.reason.map(|reason| format!("  [{reason}]")).unwrap_or_default();
        lines.push(format!("  {mark}{:<14}{}{code}", fact.about, fact.known));
    }
    match (&account.steps, &decision.fixes) {
        (Some(steps), Some(fixes)) if !steps.is_empty() => {
            lines.extend([String::new(), "What to change".to_owned()]);
            for (number, (step, fix)) in (1..).zip(steps.iter().zip(fixes)) {
                lines.push(format!("  {number}. {step}"));
                lines.extend(ids(fix).map(|id| format!("     {id}")));
            }
        }
        (None, _) => lines.extend([String::new(), "No change to the portal helps.".to_owned()]),
        _ => {}
    }
    lines.push(String::new());
    if decision.warnings.contains(&Warning::ResourceDeprecated) {
        lines.push("warning: resource_deprecated: callers should move to another version".to_owned());
    }
    if decision.assumptions.contains(&Assumption::EntityWildcard) {
        lines.push("assumed: entity_wildcard: a role on every entity counts for this one".to_owned());
    }
    if decision.completeness != Completeness::Complete {
        lines.push(format!("beware: {}", report_forms::completeness(decision.completeness)));
    }
    let (as_of, completeness) = (decision.as_of, decision.completeness.as_str());
    let lines: Vec<String> = lines.iter().map(|line| plain(line)).collect();
    format!(
        "{}\n{} under policy {}; snapshot {completeness}, as of {as_of}\n",
        lines.join("\n"),
        decision.action,
        decision.policy
    )
}

/// What a fix names, for whoever carries it out by hand: `registration_id 9000…`.
fn ids(fix: &Fix) -> impl Iterator<Item = String> {
    let members = serde_json::to_value(fix).unwrap_or_default();
    let members = members.as_object().cloned().unwrap_or_default().into_iter();
    members.filter_map(|(name, value)| {
        let id = value.as_str().filter(|_| name.ends_with("_id"))?;
        Some(format!("{name} {id}"))
    })
}

fn batch(arguments: &DecideArguments, snapshot: &Snapshot, requests: &[u8]) -> Result<Findings, Failure> {
    let answers: Vec<Answer> = requests
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !line.iter().all(u8::is_ascii_whitespace))
        .map(|line| answer(snapshot, line))
        .collect();
    let text = rows(&answers).text(arguments.output.output, &json!({"decisions": answers}))?;
    output::write(&arguments.output, &text)?;
    let failed = answers.iter().filter(|answer| matches!(answer, Answer::Error { .. })).count();
    if failed > 0 {
        return Err(Failure::Lines { failed, asked: answers.len() });
    }
    let denied =
        |answer: &Answer| matches!(answer, Answer::Decision(decision) if decision.decision == Verdict::Deny);
    Ok(if answers.iter().any(denied) { Findings::Some } else { Findings::None })
}

fn answer(snapshot: &Snapshot, line: &[u8]) -> Answer {
    let Ok(line) = std::str::from_utf8(line) else {
        let message = "the line is not UTF-8".to_owned();
        return Answer::Error { error: LineError { code: "json_syntax", path: String::new(), message } };
    };
    match Question::from_json(line) {
        Ok(question) => Answer::Decision(Box::new(snapshot.decide(&question))),
        Err(error) => Answer::Error { error: line_error(&error) },
    }
}

fn line_error(error: &QuestionError) -> LineError {
    LineError { code: error.code(), path: error.path().to_owned(), message: error.message().to_owned() }
}

fn rows(answers: &[Answer]) -> Rows<'_, Answer> {
    let id = |id: Option<String>| id.unwrap_or_default();
    let cells = answers.iter().map(|answer| match answer {
        Answer::Decision(decision) => vec![
            if decision.decision == Verdict::Allow { "allow" } else { "deny" }.to_owned(),
            decision.reason.map(|reason| reason.to_string()).unwrap_or_default(),
            decision.action.to_string(),
            id(decision.application_id.map(|id| id.to_string())),
            id(decision.developer_id.map(|id| id.to_string())),
            id(decision.resource_id.map(|id| id.to_string())),
            decision.message.clone(),
        ],
        Answer::Error { error } => {
            let mut cells = vec!["error".to_owned(), error.code.to_owned()];
            cells.resize(6, String::new());
            cells.push(format!("{} at {}", error.message, error.path));
            cells
        }
    });
    let headings =
        &["decision", "reason", "action", "application_id", "developer_id", "resource_id", "message"];
    Rows { headings, cells: cells.collect(), items: answers }
}
