//! `gatepass decide`: one question, or one a line.

use gatepass::{Decision, Question, QuestionError, Snapshot, Verdict};
use serde::Serialize;
use serde_json::json;

use crate::arguments::{DecideArguments, OutputForm};
use crate::failure::{Failure, Findings, counted};
use crate::files;
use crate::output::{self, Rows};

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
        OutputForm::Table => decision.to_text(),
        form => {
            let document = decision.clone();
            rows(&[Answer::Decision(Box::new(decision))]).text(form, &document)?
        }
    };
    output::write(&arguments.output, &text)?;
    Ok(if denied { Findings::Some } else { Findings::None })
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
