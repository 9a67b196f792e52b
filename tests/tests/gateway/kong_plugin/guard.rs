//! The guard: its condition, as the tests of the plugin apply it, and its Lua, which must be the same.

use rmpv::Value;

use super::kong::Exit;

/// The guard's condition on `kong.ctx.shared.gatepass`.
pub(super) fn lets_pass(shared: Option<&Value>) -> bool {
    shared.and_then(Value::as_str) == Some("allow")
}

/// What the guard answers.
pub(super) fn refusal() -> Exit {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Exit {
        status: 503,
        headers: vec![
            header("Cache-Control", "no-store"),
            header("Content-Type", "application/problem+json"),
            header("Retry-After", "1"),
        ],
        body: concat!(
            r#"{"type":"urn:gatepass:problem:decision_missing","title":"Service unavailable","status":503,"#,
            r#""detail":"the gateway cannot decide at the moment","reason":"decision_missing","#,
            r#""message":"the gateway cannot decide at the moment","request_id":null}"#
        )
        .into(),
    }
}
