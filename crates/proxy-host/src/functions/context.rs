use crate::{
    abi::{Call, Status, Stop},
    profile::Profile,
    respond::LocalResponse,
    state::{LogLevel, Phase, ROOT_CONTEXT},
};

pub(super) fn log(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let level = LogLevel::from_abi(call.number(0)).ok_or(Stop::Status(Status::BadArgument))?;
    let message = call.text(1)?;
    call.state().logs.push((level, message));
    Ok(())
}

pub(super) fn get_log_level(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    call.give(0, &2_u32.to_le_bytes())
}

pub(super) fn get_current_time(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let now = call.state().now_nanos;
    call.give(0, &now.to_le_bytes())
}

#[expect(clippy::unnecessary_wraps, reason = "every host function has one signature")]
pub(super) fn set_tick_period(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    call.state().tick_period_ms = call.number(0);
    Ok(())
}

pub(super) fn set_effective_context(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let context = call.number(0);
    let state = call.state();
    let is_stream = state.stream.as_ref().is_some_and(|stream| stream.context == context);
    if context != ROOT_CONTEXT && !is_stream {
        return Err(Status::BadArgument.into());
    }
    state.effective_context = context;
    Ok(())
}

/// Nothing waits for a pause to end here; see the README on `Hung`.
pub(super) fn continue_stream(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    match call.number(0) {
        0 | 1 => Ok(()),
        _ => Err(Status::BadArgument.into()),
    }
}

pub(super) fn send_local_response(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let profile = call.profile();
    let phase = call.state().phase;
    let status =
        u16::try_from(call.number(0)).ok().filter(|status| profile == Profile::Envoy || *status < 1000);
    let status = status.ok_or(Stop::Status(Status::BadArgument))?;
    let response = LocalResponse {
        status,
        body: call.bytes(3)?,
        headers: call.pairs(5)?,
        grpc_status: call.number(7).cast_signed(),
    };
    let is_before_response = matches!(phase, Phase::RequestHeaders | Phase::RequestBody);
    let stream = call.state().current_stream_mut();
    match (profile, stream) {
        // Envoy ignores what has no stream to go to, and every local response after the first.
        (Profile::Envoy, None) => {}
        (Profile::Envoy, Some(stream)) => {
            if !stream.is_answered && stream.local_response.is_none() {
                stream.local_response = Some(response);
            }
        }
        (Profile::Kong, Some(stream)) if is_before_response => {
            if stream.local_response.is_some() {
                return Err(Stop::Trap("local response already stashed".to_owned()));
            }
            stream.local_response = Some(response);
        }
        (Profile::Kong, _) => return Err(Stop::Trap("response already sent".to_owned())),
    }
    Ok(())
}
