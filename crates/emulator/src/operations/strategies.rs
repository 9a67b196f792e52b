//! Application auth strategies: the organization's, whatever generation its portals are of. Only v2 has them.

use super::Entry;
use crate::call::{Answer, Call, Listing, Reply, as_is};
use crate::query::Filter;

pub(super) const V2: &[Entry] = &[
    Entry("GET", "/application-auth-strategies", "list-app-auth-strategies", list),
    Entry("GET", "/application-auth-strategies/{authStrategyId}", "get-app-auth-strategy", get),
];

/// What applications and product versions show of a strategy is its `body`; here it is told in full.
const ITEM: &str = "json_object('id', s.id, 'name', s.body ->> 'name', 'display_name', s.body ->> 'name', \
    'strategy_type', s.strategy_type, 'configs', json(iif(s.strategy_type = 'key_auth', \
        json_object('key-auth', json_object('key_names', json(coalesce(s.body -> 'key_names', '[\"apikey\"]')))), \
        json_object('openid-connect', json_object('issuer', coalesce(s.issuer, ''), 'credential_claim', json('[\"client_id\"]'), \
            'scopes', json('[\"openid\"]'), 'auth_methods', json(coalesce(s.body -> 'auth_methods', '[]')))))), \
    'active', json(iif(EXISTS (SELECT 1 FROM portal_product_versions w WHERE w.strategy_id = s.id) \
        OR EXISTS (SELECT 1 FROM publications u WHERE u.strategy_id = s.id), 'true', 'false')), \
    'dcr_provider', NULL, 'labels', json('{}'), 'created_at', s.created_at, 'updated_at', s.updated_at)";
const FILTERS: &[Filter] = &[
    Filter::text("name", "s.body ->> 'name'"),
    Filter::text("display_name", "s.body ->> 'name'"),
    Filter::text("strategy_type", "s.strategy_type"),
    Filter::id("dcr_provider_id", "NULL"),
    Filter::text("dcr_provider_name", "NULL"),
    Filter::text("dcr_provider_type", "NULL"),
];
const SORTS: &[(&str, &str)] = &[
    ("created_at", "s.created_at"),
    ("updated_at", "s.updated_at"),
    ("strategy_type", "s.strategy_type"),
    ("name", "s.body ->> 'name'"),
    ("display_name", "s.body ->> 'name'"),
    ("dcr_provider_id", "NULL"),
    ("dcr_provider_name", "NULL"),
    ("dcr_provider_type", "NULL"),
];

fn list(call: &Call<'_>) -> Answer {
    call.page(&Listing {
        item: ITEM,
        from: "strategies s",
        scope: "1",
        values: &[],
        order: "s.rowid",
        filters: FILTERS,
        sorts: SORTS,
        finish: as_is,
    })
}

fn get(call: &Call<'_>) -> Answer {
    call.query.only(&[], false)?;
    let sql = format!("SELECT {ITEM} FROM strategies s WHERE s.id = ?");
    Ok(Reply::Json(200, call.one(&sql, &[call.part("authStrategyId")])?))
}
