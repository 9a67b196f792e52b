//! JSON Schema of the wire types, from which the types of the npm and PyPI packages are generated. Only built with
//! the feature `schema`, which nothing that ships has.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// A documentation comment as it was written, without the space after each `///`.
fn plain(doc: &str) -> String {
    doc.lines().map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// A text, of a format if there is one.
pub(crate) fn text(doc: &str, format: Option<&str>) -> Schema {
    match format {
        Some(format) => json_schema!({"description": plain(doc), "type": "string", "format": format}),
        None => json_schema!({"description": plain(doc), "type": "string"}),
    }
}

/// One of a few words.
pub(crate) fn words<'w>(doc: &[&str], words: impl Iterator<Item = &'w str>) -> Schema {
    let words: Vec<&str> = words.collect();
    json_schema!({"description": plain(&doc.join("\n")), "type": "string", "enum": words})
}

/// The status of a developer or a registration, as Konnect's word.
pub(crate) struct StatusWord;

impl JsonSchema for StatusWord {
    fn schema_name() -> Cow<'static, str> {
        "Status".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let doc = "The status of a developer or a registration: Konnect's word, or `unrecognized`.";
        words(&[doc], ["approved", "pending", "rejected", "revoked", "unrecognized"].into_iter())
    }
}

impl JsonSchema for crate::Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        text("A point in time, as RFC 3339 in UTC.", Some("date-time"))
    }
}

impl JsonSchema for crate::report::Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        text("A span of time: `48h`, `7d`, `30m`, `45s`.", None)
    }
}

impl JsonSchema for crate::report::Sort {
    fn schema_name() -> Cow<'static, str> {
        "Sort".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let keys = crate::report::SortKey::ALL.iter();
        let keys: Vec<String> = keys.flat_map(|key| [key.to_string(), format!("-{key}")]).collect();
        words(&["A sort key; with `-` before it the other way round."], keys.iter().map(String::as_str))
    }
}

impl JsonSchema for crate::Reason {
    fn schema_name() -> Cow<'static, str> {
        "Reason".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        words(&["Why something was denied: a stable code."], Self::ALL.iter().map(|reason| reason.code()))
    }
}

impl JsonSchema for crate::Region {
    fn schema_name() -> Cow<'static, str> {
        "Region".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        words(&["A region of Konnect."], Self::ALL.iter().map(|region| region.as_str()))
    }
}

impl JsonSchema for crate::Problems {
    fn schema_name() -> Cow<'static, str> {
        "Problems".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Vec::<crate::Problem>::json_schema(generator)
    }
}

impl JsonSchema for crate::Fix {
    fn schema_name() -> Cow<'static, str> {
        "Fix".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let change = generator.subschema_for::<crate::Change>();
        let executable = generator.subschema_for::<crate::Executable>();
        json_schema!({
            "description": "A change that is part of a remedy, and who can make it.",
            "allOf": [
                change,
                {"type": "object", "properties": {"executable": executable}, "required": ["executable"]}
            ]
        })
    }
}

impl JsonSchema for crate::plan::PlannedChange {
    fn schema_name() -> Cow<'static, str> {
        "PlannedChange".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let change = generator.subschema_for::<crate::Change>();
        let hints = crate::plan::Hints::json_schema(generator);
        json_schema!({
            "description": "A change of a plan, and what carrying it out needs to know besides.",
            "allOf": [change, hints]
        })
    }
}

impl JsonSchema for crate::Api {
    fn schema_name() -> Cow<'static, str> {
        "Api".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        words(&["Which API a snapshot was read from."], Self::ALL.iter().map(|api| api.as_str()))
    }
}

impl JsonSchema for crate::plan::Plan {
    fn schema_name() -> Cow<'static, str> {
        "Plan".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let portal_id = generator.subschema_for::<crate::PortalId>();
        let profile = generator.subschema_for::<crate::plan::Profile>();
        let api = generator.subschema_for::<Option<crate::Api>>();
        let region = generator.subschema_for::<Option<crate::Region>>();
        let subjects = generator.subschema_for::<Vec<crate::plan::Subject>>();
        json_schema!({
            "description": "What is to be changed in one portal, subject by subject.",
            "type": "object",
            "properties": {
                "format": {"description": "The format.", "type": "string", "const": crate::plan::PLAN_FORMAT},
                "snapshot_sha256": {
                    "description": "The SHA-256 of the snapshot file that the plan was made from.",
                    "type": ["string", "null"]
                },
                "portal_id": portal_id,
                "profile": profile,
                "api": api,
                "region": region,
                "subjects": subjects
            },
            "required": ["format", "snapshot_sha256", "portal_id", "profile", "api", "region", "subjects"]
        })
    }
}

/// The row of each report, by the report's name.
#[derive(Debug, JsonSchema)]
#[expect(dead_code, reason = "its members are read by the generator of the packages' types")]
pub struct ReportRowTypes {
    needs_consume_permission: crate::report::MissingPermission<'static>,
    blocked_developers: crate::report::BlockedApplication<'static>,
    stale_access: crate::report::StaleAccess<'static>,
    pending_approvals: crate::report::PendingApproval<'static>,
    team_readiness: crate::report::TeamReadiness<'static>,
    developers: crate::report::DeveloperRow<'static>,
    funnel: crate::report::FunnelRow,
    access_matrix: crate::report::AccessCell<'static>,
    follow_ups: crate::report::FollowUp<'static>,
}
