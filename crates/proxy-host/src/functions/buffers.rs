use crate::{
    abi::{Call, Status, Stop},
    profile::Profile,
    state::{HostState, Phase},
};

const REQUEST_BODY: u32 = 0;
const RESPONSE_BODY: u32 = 1;
const CALL_RESPONSE_BODY: u32 = 4;
const VM_CONFIGURATION: u32 = 6;
const PLUGIN_CONFIGURATION: u32 = 7;

pub(super) fn get(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let (kind, start, length) = (call.number(0), call.number(1), call.number(2));
    let buffer = readable(call.state(), kind)?;
    let start = usize::try_from(start).unwrap_or(usize::MAX).min(buffer.len());
    let end = usize::try_from(length).map_or(usize::MAX, |length| start.saturating_add(length));
    let bytes = buffer.get(start..end.min(buffer.len())).unwrap_or_default().to_vec();
    call.give_bytes(3, &bytes)
}

/// Only what filters do is supported: replacing a whole body, or adding at its start or end.
pub(super) fn set(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let (kind, start, length) = (call.number(0), call.number(1), call.number(2));
    let value = call.bytes(3)?;
    let phase = call.state().phase;
    let stream = call.stream()?;
    let buffer = match (kind, phase) {
        (REQUEST_BODY, Phase::RequestBody) => &mut stream.request_body,
        (RESPONSE_BODY, Phase::ResponseBody) => &mut stream.response_body,
        _ => return Err(Status::BadArgument.into()),
    };
    let size = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
    if start >= size && size > 0 {
        buffer.extend_from_slice(&value);
    } else if start == 0 && length == 0 && size > 0 {
        buffer.splice(0..0, value);
    } else if start == 0 && length >= size {
        *buffer = value;
    } else {
        return Err(Status::BadArgument.into());
    }
    Ok(())
}

fn readable(state: &HostState, kind: u32) -> Result<&[u8], Stop> {
    let stream = state.current_stream();
    let buffer = match (kind, state.phase) {
        (PLUGIN_CONFIGURATION, Phase::Configure) => Some(&state.configuration),
        // Envoy hands the configuration out in `on_configure` only.
        (PLUGIN_CONFIGURATION, _) if state.profile == Profile::Kong => Some(&state.configuration),
        (VM_CONFIGURATION, _) => return Ok(&[]),
        (CALL_RESPONSE_BODY, Phase::CallResponse) => state.calls.answer.as_ref().map(|answer| &answer.body),
        (REQUEST_BODY, Phase::RequestBody) => stream.map(|stream| &stream.request_body),
        (RESPONSE_BODY, Phase::ResponseBody) => stream.map(|stream| &stream.response_body),
        _ => None,
    };
    buffer.map(Vec::as_slice).ok_or(Stop::Status(Status::NotFound))
}
