//! Decisions: one, many, and many in as few bytes as possible.

use gatepass::{Action, ApplicationId, Decision, Policy, Question, QuestionError, ResourceId, Snapshot};
use serde::Serialize;

use crate::surface::body::utf8;
use crate::surface::{Answer, Refusal, json};

/// The answer to one of many questions: a decision, or why it is no question.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "DecisionOrError"))]
#[serde(untagged)]
pub(super) enum OneOfMany {
    Decision(Box<Decision>),
    Error(QuestionErrorAnswer),
}

/// Why one of many questions has no decision.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct QuestionErrorAnswer {
    error: QuestionRefusal,
}

/// Why something is no question.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct QuestionRefusal {
    code: &'static str,
    path: String,
    message: String,
}

/// A decision with its text.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct Explanation {
    #[serde(flatten)]
    decision: Decision,
    /// What `gatepass decide` shows at a shell.
    text: String,
}

pub(super) fn decide(snapshot: &Snapshot, body: &[u8]) -> Result<Answer, Refusal> {
    json(&snapshot.decide(&question(body)?))
}

/// As `decide`, with the text that `gatepass decide` shows.
pub(super) fn explain(snapshot: &Snapshot, body: &[u8]) -> Result<Answer, Refusal> {
    let decision = snapshot.decide(&question(body)?);
    json(&Explanation { text: decision.to_text(), decision })
}

/// A list of questions; answers in order, an error in the place of what is no question.
pub(super) fn decide_many(snapshot: &Snapshot, body: &[u8]) -> Result<Answer, Refusal> {
    let questions = Question::list_from_json(utf8(body)?)
        .map_err(|error| Refusal::new(error.code(), error.path(), error.message()))?;
    let answers = questions.into_iter().map(|question| match question {
        Ok(question) => OneOfMany::Decision(Box::new(snapshot.decide(&question))),
        Err(error) => OneOfMany::Error(QuestionErrorAnswer { error: refused(&error) }),
    });
    json(&answers.collect::<Vec<_>>())
}

/// Action and policy as positions in their lists, then pairs of 16 bytes: application and resource. Answers with a
/// byte a pair: 0 is allow, anything else the 1-based position of the reason in `reasons`.
pub(super) fn decide_packed(snapshot: &Snapshot, body: &[u8]) -> Result<Answer, Refusal> {
    let [action, policy, pairs @ ..] = body else {
        return Err(Refusal::new("body_invalid", "", "the body should begin with action and policy"));
    };
    let action = Action::ALL
        .get(usize::from(*action))
        .copied()
        .filter(|action| matches!(action, Action::Consume | Action::Register));
    let (Some(action), Some(policy)) = (action, Policy::ALL.get(usize::from(*policy)).copied()) else {
        let message = "action can be 0 (consume) or 1 (register), policy 0 (strict) or 1 (konnect)";
        return Err(Refusal::new("body_invalid", "", message));
    };
    let (pairs, []) = pairs.as_chunks::<32>() else {
        return Err(Refusal::new(
            "body_invalid",
            "",
            "after action and policy there should be 32 bytes a pair",
        ));
    };
    let answers = pairs.iter().map(|pair| {
        let (application, resource) = halves(pair);
        let (application, resource) =
            (ApplicationId::from_bytes(application), ResourceId::from_bytes(resource));
        let question = match action {
            Action::Register => Question::register(application, None, resource),
            _ => Question::consume(application, resource, policy),
        };
        snapshot.outcome(&question).reason().map_or(0, |reason| (reason as u8).saturating_add(1))
    });
    Ok(Answer::Bytes(answers.collect()))
}

fn halves(pair: &[u8; 32]) -> ([u8; 16], [u8; 16]) {
    let (mut application, mut resource) = ([0; 16], [0; 16]);
    for (to, from) in application.iter_mut().chain(resource.iter_mut()).zip(pair) {
        *to = *from;
    }
    (application, resource)
}

fn question(body: &[u8]) -> Result<Question, Refusal> {
    let text = std::str::from_utf8(body)
        .map_err(|_| Refusal::new("json_syntax", "", "the question is not UTF-8"))?;
    Ok(Question::from_json(text)?)
}

fn refused(error: &QuestionError) -> QuestionRefusal {
    QuestionRefusal { code: error.code(), path: error.path().to_owned(), message: error.message().to_owned() }
}
