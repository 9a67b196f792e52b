//! Everything that crosses to a host, as one JSON Schema: what the packages' types are generated from.

#![expect(
    dead_code,
    reason = "what a body may hold is stated for the generator; bodies are read member by member"
)]

use std::collections::BTreeMap;

use gatepass::report::{Audience, Contact, ReportName, Sort, Span};
use gatepass::{
    Action, ApplicationId, DeveloperId, Policy, PortalId, Region, RegistrationId, ResourceId, Timestamp,
};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};

use super::{apply, bundle, contents, crawl, decide, open};
use crate::surface::{email, refusal, validate, words};

/// A question. Which ids are needed depends on the action.
#[derive(JsonSchema)]
struct QuestionBody {
    /// What is wanted; `consume` if left out.
    action: Option<Action>,
    /// Which lines of the table `consume` checks; `strict` if left out.
    policy: Option<Policy>,
    /// The application: for `consume`, `register` and `create_credential`.
    application_id: Option<ApplicationId>,
    /// The developer who asks; for `register` and `create_credential` the owner if left out, for `view` nobody.
    developer_id: Option<DeveloperId>,
    /// The resource: for `consume`, `register` and `view`.
    resource_id: Option<ResourceId>,
}

/// A status to choose developers by.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum DeveloperStatusWord {
    Approved,
    Pending,
    Rejected,
    Revoked,
}

/// A team, or some, each by name or id.
#[derive(JsonSchema)]
#[serde(untagged)]
enum TeamChoice {
    One(String),
    Some(Vec<String>),
}

/// What a report is asked with; the rest is named as the options of `gatepass report`.
#[derive(JsonSchema)]
struct ReportBody {
    /// Which report.
    #[schemars(required)]
    report: ReportName,
    /// The time the report is about; ages are counted up to it.
    #[schemars(required)]
    now: Timestamp,
    /// How old an application must be before its developer counts as blocked; `48h` if left out.
    older_than: Option<Span>,
    /// Only what belongs to these teams.
    team: Option<TeamChoice>,
    /// `needs_consume_permission`: also developers who own no application.
    include_without_application: Option<bool>,
    /// `developers`: only those with this text in name, e-mail address or id.
    search: Option<String>,
    /// `developers`: only those with this status.
    status: Option<DeveloperStatusWord>,
    /// `developers`: their order.
    sort: Option<Sort>,
    /// `follow_ups`: whom to write to.
    audience: Option<Audience>,
    /// `follow_ups`: who owns a product or API: from its name or id to an e-mail address.
    owners: Option<BTreeMap<String, String>>,
    /// `follow_ups`: how often members of a team are written to at most.
    cadence: Option<BTreeMap<String, Span>>,
    /// `follow_ups`: how often everybody else is written to at most.
    default_cadence: Option<Span>,
    /// `follow_ups`: who was written to.
    contacts: Option<Vec<Contact>>,
    /// Hide names behind made-up ones.
    redact: Option<bool>,
}

/// What a bundle is asked with.
#[derive(JsonSchema)]
struct BundleBody {
    /// By which policy the gateway decides; `strict` if left out.
    policy: Option<Policy>,
}

/// What a bundle's timestamp is asked with.
#[derive(JsonSchema)]
struct BundleTimestampBody {
    /// By which policy the gateway decides; `strict` if left out.
    policy: Option<Policy>,
    /// Which gateways it is for.
    audience: String,
}

/// Which subject is to be brought to which status: one of the ids is needed.
#[derive(JsonSchema)]
struct StatusPlanBody {
    /// The developer.
    developer_id: Option<DeveloperId>,
    /// The application.
    application_id: Option<ApplicationId>,
    /// The registration.
    registration_id: Option<RegistrationId>,
    /// The status wanted.
    #[schemars(required)]
    to: StatusWanted,
    /// Whose rules hold; those of the API that the snapshot was read from if left out.
    profile: Option<ProfileWord>,
    /// Leave the registrations of a developer who is rejected or revoked as they are.
    keep_registrations: Option<bool>,
}

/// A status that a plan can bring about.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
enum StatusWanted {
    Approved,
    Rejected,
    Revoked,
}

/// Which statuses may follow which.
#[derive(JsonSchema)]
#[schemars(rename = "Profile")]
enum ProfileWord {
    #[serde(rename = "konnect-api")]
    KonnectApi,
    #[serde(rename = "konnect-2022")]
    Konnect2022,
    #[serde(rename = "gateway-2.8")]
    Gateway28,
    #[serde(rename = "dev-portal")]
    DevPortal,
}

/// What an export is begun with: one of `portal_id` and `portal_name` is needed.
#[derive(JsonSchema)]
struct CrawlBody {
    /// Through which API; `v3` if left out.
    api: Option<crawl::ApiWord>,
    /// The portal's id.
    portal_id: Option<PortalId>,
    /// The portal's name, exactly.
    portal_name: Option<String>,
    /// The portal's region, for the snapshot.
    region: Option<Region>,
    /// Go on when a list cannot be read, and mark it partial.
    allow_partial: Option<bool>,
    /// How many objects to ask for at once; 100 if left out.
    page_size: Option<u64>,
    /// Replaces names and local parts of e-mail addresses by pseudonyms made with this secret.
    redact_secret: Option<String>,
}

/// The schema of everything that crosses, under `$defs`.
pub fn schema() -> Schema {
    let mut answers = SchemaSettings::draft2020_12().for_serialize().into_generator();
    macro_rules! roots {
        ($generator:ident: $($root:ty),+ $(,)?) => { $( $generator.subschema_for::<$root>(); )+ };
    }
    roots!(answers:
        gatepass::Decision,
        gatepass::Problem,
        gatepass::diff::Document<'static, 'static>,
        gatepass::plan::Plan,
        gatepass::report::Report<'static>,
        gatepass::report::ReportRowTypes,
        gatepass::portal_view::PortalAccess,
        gatepass::portal_view::Catalogue,
        gatepass::konnect::apply::JournalEntry,
        gatepass::konnect::apply::OutlineLine,
        decide::OneOfMany,
        decide::Explanation,
        contents::Contents<'static>,
        open::Opened<'static>,
        bundle::Timestamped,
        apply::ApplyBegun,
        apply::NextStep,
        email::EmailDomain,
        crawl::NextStep,
        crawl::Notes,
        words::ReasonEntry,
        words::Build,
        validate::CheckedRequest,
        validate::RequestTypeEntry,
        refusal::Refusal,
    );
    let mut bodies = SchemaSettings::draft2020_12().for_deserialize().into_generator();
    roots!(bodies: QuestionBody, ReportBody, StatusPlanBody, BundleBody, BundleTimestampBody, CrawlBody);
    let mut definitions = bodies.take_definitions(true);
    // What both use is as answers say it.
    definitions.extend(answers.take_definitions(true));
    let mut schema = Schema::default();
    schema.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("title".to_owned(), "Gatepass".into());
    schema.insert("$defs".to_owned(), serde_json::Value::Object(definitions));
    schema
}
