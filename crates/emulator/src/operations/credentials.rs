//! The credentials of an application, without their secrets.

use serde_json::Value;

use super::{Entry, applications};
use crate::call::{Answer, Call, Listing, drop_null};

pub(super) const V3: &[Entry] = &[Entry(
    "GET",
    "/portals/{portalId}/applications/{applicationId}/credentials",
    "list-credentials-by-application",
    list,
)];

fn list(call: &Call<'_>) -> Answer {
    call.page(&Listing {
        item: "json_object('type', c.type, 'id', c.id, 'display_name', c.display_name, 'status', c.status, \
               'client_id', c.client_id, 'expires_at', c.expires_at, 'created_at', c.created_at)",
        from: "credentials c",
        scope: "c.application_id = ?",
        values: &[applications::application(call)?],
        order: "c.seq",
        filters: &[],
        sorts: &[],
        finish,
    })
}

/// A client id is not a member of a key, nor a status one of a client's secret.
fn finish(item: &mut Value) {
    let key = item.get("type").and_then(Value::as_str) == Some("api_key");
    if let Some(members) = item.as_object_mut() {
        members.remove(if key { "client_id" } else { "status" });
    }
    drop_null(item, "status");
}
