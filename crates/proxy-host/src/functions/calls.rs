use crate::{
    abi::{Call, Status, Stop},
    calls::{HttpCall, PendingCall, first},
    profile::Profile,
    state::Phase,
};

const REQUIRED: [&str; 3] = [":method", ":path", ":authority"];

pub(super) fn http_call(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let profile = call.profile();
    let phase = call.state().phase;
    let is_allowed_on_kong =
        matches!(phase, Phase::RequestHeaders | Phase::RequestBody | Phase::Tick | Phase::CallResponse);
    if profile == Profile::Kong && !is_allowed_on_kong {
        return Err(Stop::Trap(
            "can only send HTTP dispatch during \"on_request_headers\", \"on_request_body\", \
             \"on_dispatch_response\", \"on_tick\""
                .to_owned(),
        ));
    }
    let upstream = call.text(0)?;
    let headers = call.pairs(2)?;
    let body = call.bytes(4)?;
    let timeout_ms = call.number(8);
    if let Some(missing) = REQUIRED.into_iter().find(|name| first(&headers, name).is_none()) {
        return Err(match profile {
            Profile::Envoy => Stop::Status(Status::BadArgument),
            Profile::Kong => Stop::Trap(format!("dispatch failed: no {missing}")),
        });
    }
    let state = call.state();
    let reachable = state.upstreams.as_ref().is_none_or(|known| known.contains(&upstream));
    if !reachable && profile == Profile::Envoy {
        return Err(Status::BadArgument.into());
    }
    let context = state.effective_context;
    let calls = &mut state.calls;
    calls.last_token = calls.last_token.wrapping_add(1);
    let token = calls.last_token;
    calls.pending.insert(token, PendingCall { context, reachable });
    calls.new.push(HttpCall { token, upstream, headers, body, timeout_ms, reachable });
    call.give(9, &token.to_le_bytes())
}
