//! OpenID AuthZEN Authorization API 1.0: `POST /access/v1/evaluation`, `/access/v1/evaluations` and
//! `/access/v1/search/subject`, for gateways and portals that know who their callers are.
//!
//! A subject is an `application`, an action is `consume`, and a resource is a product version (v2), an API or an API
//! package (v3), each by its id. What is unknown is denied, with the reason in the answer's `context`; what is no
//! question is 400.

use gatepass::bundle::Bundle;
use gatepass::{Action, ApplicationId, Freshness, Reason, ResourceId, Timestamp, decide};
use hyper::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Most questions in one request.
const EVALUATIONS_MAX: usize = 1000;

/// Most subjects on one page.
const PAGE_MAX: usize = 1000;

/// What is decided on: one published bundle.
#[derive(Debug)]
pub(super) struct Decisions {
    pub(super) bundle: Bundle,
    /// Every application in it, sorted.
    pub(super) applications: Vec<ApplicationId>,
    pub(super) as_of: Timestamp,
}

/// The parts of a question; a part of a list's question that is absent is that of the whole.
#[derive(Clone, Debug, Default, Deserialize)]
struct Evaluation {
    subject: Option<Entity>,
    action: Option<Named>,
    resource: Option<Entity>,
}

#[derive(Clone, Debug, Deserialize)]
struct Entity {
    #[serde(rename = "type")]
    kind: String,
    id: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
struct Named {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Batch {
    #[serde(default)]
    evaluations: Vec<Map<String, Value>>,
    #[serde(default)]
    options: BatchOptions,
}

#[derive(Debug, Default, Deserialize)]
struct BatchOptions {
    #[serde(default)]
    evaluations_semantic: Semantic,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Semantic {
    #[default]
    ExecuteAll,
    DenyOnFirstDeny,
    PermitOnFirstPermit,
}

#[derive(Debug, Default, Deserialize)]
struct Search {
    #[serde(default)]
    page: Page,
}

#[derive(Debug, Default, Deserialize)]
struct Page {
    token: Option<String>,
    limit: Option<usize>,
}

/// An answer: a status and its document.
pub(super) type Told = (StatusCode, Value);

fn bad(message: impl std::fmt::Display) -> Told {
    (StatusCode::BAD_REQUEST, json!({"status": 400, "detail": message.to_string()}))
}

impl Decisions {
    /// Answers the request of a path below `/access/v1/`; nothing for a path that is none of AuthZEN's.
    pub(super) fn answer(&self, path: &str, body: &[u8], freshness: Freshness) -> Option<Told> {
        let question = |body: &[u8]| serde_json::from_slice::<Evaluation>(body);
        Some(match path {
            "evaluation" => match question(body) {
                Ok(question) => match self.evaluate(&question, freshness) {
                    Ok(decision) => (StatusCode::OK, decision),
                    Err(missing) => bad(missing),
                },
                Err(error) => bad(format!("this is no evaluation: {error}")),
            },
            "evaluations" => self.evaluations(body, freshness),
            "search/subject" => match (question(body), serde_json::from_slice::<Search>(body)) {
                (Ok(question), Ok(search)) => self.search(&question, &search.page, freshness),
                (Err(error), _) | (_, Err(error)) => bad(format!("this is no search: {error}")),
            },
            _ => return None,
        })
    }

    /// The decision, or what the question lacks.
    fn evaluate(&self, question: &Evaluation, freshness: Freshness) -> Result<Value, &'static str> {
        let (Some(subject), Some(action), Some(resource)) =
            (&question.subject, &question.action, &question.resource)
        else {
            return Err("write `subject`, `action` and `resource`");
        };
        let (Some(caller), Some(wanted)) = (&subject.id, &resource.id) else {
            return Err("write the `id` of subject and resource");
        };
        Ok(if subject.kind != "application" {
            denied("subject_type_unknown", 403, &["subject_type_unknown"])
        } else if action.name != Action::Consume.as_str() {
            denied("action_unknown", 403, &["action_unknown"])
        } else if !is_resource(&resource.kind) {
            denied("resource_type_unknown", 403, &["resource_type_unknown"])
        } else {
            self.decide(caller.parse().ok(), wanted.parse().ok(), freshness)
        })
    }

    fn decide(
        &self,
        application: Option<ApplicationId>,
        resource: Option<ResourceId>,
        freshness: Freshness,
    ) -> Value {
        // What is no id is no application, and no resource either.
        let Some(application) = application else {
            return denied(Reason::ApplicationUnknown.code(), 403, &[Reason::ApplicationUnknown.code()]);
        };
        let caller = self.bundle.caller_by_application_id(&application);
        let handle = resource.and_then(|resource| self.bundle.resource(&resource));
        let facts = self.bundle.facts(&caller, handle, freshness);
        let outcome = decide(&facts, Action::Consume, self.bundle.policy());
        match outcome.reason() {
            None => json!({"decision": true, "context": {"as_of": self.as_of}}),
            Some(reason) => {
                let blockers: Vec<&str> = outcome.blockers().into_iter().map(Reason::code).collect();
                denied(reason.code(), reason.http_status(), &blockers)
            }
        }
    }

    fn evaluations(&self, body: &[u8], freshness: Freshness) -> Told {
        let whole = match serde_json::from_slice::<Map<String, Value>>(body) {
            Ok(whole) => whole,
            Err(error) => return bad(format!("these are no evaluations: {error}")),
        };
        let batch: Batch = match serde_json::from_value(Value::Object(whole.clone())) {
            Ok(batch) => batch,
            Err(error) => return bad(format!("these are no evaluations: {error}")),
        };
        if batch.evaluations.is_empty() {
            // "If the evaluations array is not present or is empty, the endpoint behaves like the single one."
            return self.answer("evaluation", body, freshness).unwrap_or_else(|| bad("no evaluation"));
        }
        if batch.evaluations.len() > EVALUATIONS_MAX {
            return bad(format!("ask at most {EVALUATIONS_MAX} at a time"));
        }
        let mut answers = Vec::with_capacity(batch.evaluations.len());
        for evaluation in batch.evaluations {
            let mut parts = whole.clone();
            parts.extend(evaluation);
            let answer = serde_json::from_value::<Evaluation>(Value::Object(parts))
                .map_err(|error| error.to_string())
                .and_then(|question| {
                    self.evaluate(&question, freshness).map_err(str::to_owned)
                })
                .unwrap_or_else(|message| {
                    json!({"decision": false, "context": {"error": {"status": 400, "message": message}}})
                });
            let allowed = answer.get("decision") == Some(&Value::Bool(true));
            answers.push(answer);
            let enough = match batch.options.evaluations_semantic {
                Semantic::ExecuteAll => false,
                Semantic::DenyOnFirstDeny => !allowed,
                Semantic::PermitOnFirstPermit => allowed,
            };
            if enough {
                break;
            }
        }
        (StatusCode::OK, json!({"evaluations": answers}))
    }

    /// Which applications may.
    fn search(&self, question: &Evaluation, page: &Page, freshness: Freshness) -> Told {
        let (Some(subject), Some(action), Some(resource)) =
            (&question.subject, &question.action, &question.resource)
        else {
            return bad("write `subject` (its type), `action` and `resource`");
        };
        let Some(wanted) = &resource.id else { return bad("write the `id` of the resource") };
        if freshness != Freshness::Fresh {
            // An empty list would say that nobody may.
            return (StatusCode::SERVICE_UNAVAILABLE, json!({"status": 503, "detail": "the data is stale"}));
        }
        let known = subject.kind == "application"
            && action.name == Action::Consume.as_str()
            && is_resource(&resource.kind);
        let after = match page.token.as_deref().filter(|token| !token.is_empty()).map(str::parse) {
            Some(Ok(after)) => Some(after),
            Some(Err(_)) => return bad("this `page.token` is of no page"),
            None => None,
        };
        let limit = page.limit.unwrap_or(PAGE_MAX).clamp(1, PAGE_MAX);
        let start = after.map_or(0, |after| self.applications.partition_point(|id| *id <= after));
        let rest = self.applications.get(start..).unwrap_or_default();
        let resource: Option<ResourceId> = wanted.parse().ok();
        let may = |id: &&ApplicationId| {
            let answer = self.decide(Some(**id), resource, freshness);
            answer.get("decision") == Some(&Value::Bool(true))
        };
        // One more than fits tells whether there is another page.
        let found: Vec<&ApplicationId> =
            rest.iter().filter(|_| known).filter(may).take(limit.saturating_add(1)).collect();
        let shown = found.get(..limit).unwrap_or(&found);
        let next = shown.last().filter(|_| found.len() > limit).map(ToString::to_string).unwrap_or_default();
        let results: Vec<Value> = shown.iter().map(|id| json!({"type": "application", "id": id})).collect();
        (StatusCode::OK, json!({"results": results, "page": {"next_token": next, "count": shown.len()}}))
    }
}

/// Portals have one kind of resource each, so its name is not needed to find it.
fn is_resource(kind: &str) -> bool {
    matches!(kind, "product_version" | "api" | "api_package" | "resource")
}

fn denied(reason: &str, status: u16, blockers: &[&str]) -> Value {
    json!({"decision": false, "context": {"reason": reason, "http_status": status, "blockers": blockers}})
}
