//! Questions: who wants to do what with what.

use std::borrow::Cow;
use std::str::FromStr;

use crate::json::{Entry, Exact, Field, List, lenient_object};
use crate::plain::{Plain, Shown};
use crate::{Action, ApplicationId, DeveloperId, Policy, ResourceId};

/// Who wants to do what with what. Which ids are needed depends on the action (see [`Question::consume`] and
/// its siblings).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is wanted.
    pub action: Action,
    /// Which lines of the table count for `consume`.
    pub policy: Policy,
    /// The application: for `consume`, `register` and `create_credential`.
    pub application: Option<ApplicationId>,
    /// The developer who asks; for `register` and `create_credential` the owner if left out, for `view`
    /// nobody signed in.
    pub developer: Option<DeveloperId>,
    /// The resource: for `consume`, `register` and `view`.
    pub resource: Option<ResourceId>,
}

impl Question {
    /// May the application call the resource?
    pub const fn consume(application: ApplicationId, resource: ResourceId, policy: Policy) -> Self {
        let (application, resource) = (Some(application), Some(resource));
        Self { action: Action::Consume, policy, application, developer: None, resource }
    }

    /// May the developer (default: the owner) register the application for the resource?
    pub const fn register(
        application: ApplicationId,
        developer: Option<DeveloperId>,
        resource: ResourceId,
    ) -> Self {
        let (application, resource) = (Some(application), Some(resource));
        Self { action: Action::Register, policy: Policy::Strict, application, developer, resource }
    }

    /// May the developer (`None`: nobody signed in) see the resource?
    pub const fn view(developer: Option<DeveloperId>, resource: ResourceId) -> Self {
        Self {
            action: Action::View,
            policy: Policy::Strict,
            application: None,
            developer,
            resource: Some(resource),
        }
    }

    /// Reads a question from JSON: `application_id`, `developer_id`, `resource_id`, `action` (default
    /// `consume`), `policy` (default `strict`).
    ///
    /// ```
    /// use gatepass::Question;
    /// let error = Question::from_json(r#"{"application_id": "1", "resource_id": null}"#).unwrap_err();
    /// assert_eq!(error.to_string(), "`1` is not a UUID at /application_id [uuid_invalid]");
    /// ```
    ///
    /// # Errors
    ///
    /// [`QuestionError`] naming the first member that is wrong, missing for the action, or unknown.
    pub fn from_json(json: &str) -> Result<Self, QuestionError> {
        let raw: Entry<RawQuestion<'_>> = crate::json::from_str(json).map_err(|error| {
            QuestionError::new("json_syntax", "", format!("the JSON cannot be read: {error}"))
        })?;
        let Entry::Object(raw) = raw else {
            return Err(QuestionError::new("wrong_type", "", "a question is a JSON object"));
        };
        if let Some(key) = raw.unknown.first() {
            let shown = Shown(key);
            return Err(QuestionError::new(
                "key_unknown",
                key,
                format!("`{shown}` is not a member of a question"),
            ));
        }
        let question = Self {
            action: word(&raw.action, "action", Action::Consume)?,
            policy: word(&raw.policy, "policy", Policy::Strict)?,
            application: id(&raw.application_id, "application_id")?,
            developer: id(&raw.developer_id, "developer_id")?,
            resource: id(&raw.resource_id, "resource_id")?,
        };
        question.check()?;
        Ok(question)
    }

    /// Reads a list of questions, each as [`Question::from_json`] does.
    ///
    /// ```
    /// use gatepass::Question;
    /// assert!(Question::list_from_json("[]").unwrap().is_empty());
    /// assert!(Question::list_from_json("[{}, 7]").unwrap().iter().all(Result::is_err));
    /// let error = Question::list_from_json("{}").unwrap_err();
    /// assert_eq!(error.to_string(), "the body should be a list of questions at the whole question [wrong_type]");
    /// ```
    ///
    /// # Errors
    ///
    /// [`QuestionError`] if the text is no list; what is wrong with single questions stands in their places.
    pub fn list_from_json(json: &str) -> Result<Vec<Result<Self, QuestionError>>, QuestionError> {
        let list: List<Exact<'_>> = crate::json::from_str(json).map_err(|error| {
            QuestionError::new("json_syntax", "", format!("the JSON cannot be read: {error}"))
        })?;
        match list {
            List::Items(items) => Ok(items.iter().map(|Exact(json)| Self::from_json(json)).collect()),
            _ => Err(QuestionError::new("wrong_type", "", "the body should be a list of questions")),
        }
    }

    /// Checks that the ids the action needs are there.
    ///
    /// # Errors
    ///
    /// [`QuestionError`] naming the first that is missing.
    pub fn check(&self) -> Result<(), QuestionError> {
        let needs_application =
            matches!(self.action, Action::Consume | Action::Register | Action::CreateCredential);
        let needs_resource = matches!(self.action, Action::Consume | Action::Register | Action::View);
        let needs_developer = matches!(self.action, Action::LogIn | Action::CreateApplication);
        for (needed, missing, name) in [
            (needs_application, self.application.is_none(), "application_id"),
            (needs_resource, self.resource.is_none(), "resource_id"),
            (needs_developer, self.developer.is_none(), "developer_id"),
        ] {
            if needed && missing {
                return Err(QuestionError::new(
                    "value_missing",
                    name,
                    format!("`{}` needs `{name}`", self.action),
                ));
            }
        }
        Ok(())
    }
}

/// A question that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} at {} [{code}]", if path.is_empty() { "the whole question" } else { path })]
pub struct QuestionError {
    code: &'static str,
    path: String,
    message: String,
}

impl QuestionError {
    fn new(code: &'static str, member: &str, message: impl Into<String>) -> Self {
        let place = crate::problem::Place::Root;
        let path = if member.is_empty() { String::new() } else { place.member(member).to_string() };
        let message = Plain(&message.into()).to_string();
        Self { code, path: Plain(&path).to_string(), message }
    }

    /// A stable code in `snake_case`.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    /// Where: a JSON pointer; empty for the whole question.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What: lower case, no full stop, outside text in backticks.
    pub fn message(&self) -> &str {
        &self.message
    }
}

lenient_object! {
    RawQuestion<'a> {
        application_id: Field<'a>,
        developer_id: Field<'a>,
        resource_id: Field<'a>,
        action: Field<'a>,
        policy: Field<'a>,
    }
    unknown unknown
}

fn id<T: FromStr>(field: &Field<'_>, name: &str) -> Result<Option<T>, QuestionError>
where
    T::Err: std::fmt::Display,
{
    match field {
        Field::Absent | Field::Null => Ok(None),
        Field::Text(text) => text
            .parse()
            .map(Some)
            .map_err(|error: T::Err| QuestionError::new("uuid_invalid", name, error.to_string())),
        Field::Repeated => Err(QuestionError::new("key_repeated", name, "the member is there twice")),
        odd => Err(QuestionError::new("wrong_type", name, format!("the id is {odd}, and should be a UUID"))),
    }
}

fn word<T: FromStr>(field: &Field<'_>, name: &str, default: T) -> Result<T, QuestionError>
where
    T::Err: std::fmt::Display,
{
    match field {
        Field::Absent | Field::Null => Ok(default),
        Field::Text(text) => {
            let text: &Cow<'_, str> = text;
            text.parse().map_err(|error: T::Err| QuestionError::new("word_unknown", name, error.to_string()))
        }
        Field::Repeated => Err(QuestionError::new("key_repeated", name, "the member is there twice")),
        odd => Err(QuestionError::new("wrong_type", name, format!("there is {odd}, and should be a text"))),
    }
}
