use crate::{
    abi::{Call, Status, Stop},
    headers::HeaderMap,
    profile::Profile,
    state::Phase,
};

const REQUEST: u32 = 0;
const RESPONSE: u32 = 2;
const CALL_RESPONSE: u32 = 6;
const CALL_RESPONSE_TRAILERS: u32 = 7;

pub(super) fn get_pairs(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let pairs = readable(call)?.visible();
    call.give_bytes(1, &crate::pairs::serialize(&pairs))
}

pub(super) fn get_value(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let name = call.bytes(1)?;
    let map = readable(call)?;
    let value = map.get(&name).ok_or(Stop::Status(Status::NotFound))?;
    call.give_bytes(3, value)
}

pub(super) fn add_value(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let (name, value) = (call.bytes(1)?, call.bytes(3)?);
    let kind = special(call, &name, Some(&value))?;
    let map = changeable(call)?;
    match kind {
        Kind::Ordinary => map.add(&name, &value),
        Kind::Special => map.replace(&name, &value),
    }
    Ok(())
}

pub(super) fn replace_value(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let (name, value) = (call.bytes(1)?, call.bytes(3)?);
    special(call, &name, Some(&value))?;
    changeable(call)?.replace(&name, &value);
    Ok(())
}

pub(super) fn remove_value(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let name = call.bytes(1)?;
    special(call, &name, None)?;
    changeable(call)?.remove(&name);
    Ok(())
}

/// Envoy replaces the whole map; `ngx_wasm_module` sets one header after the other and keeps the rest.
pub(super) fn set_pairs(call: &mut Call<'_, '_>) -> Result<(), Stop> {
    let pairs = call.pairs(1)?;
    for (name, value) in &pairs {
        special(call, name, Some(value))?;
    }
    let profile = call.profile();
    let map = changeable(call)?;
    match profile {
        Profile::Envoy => {
            map.clear();
            for (name, value) in &pairs {
                map.add(name, value);
            }
        }
        Profile::Kong => {
            for (name, value) in &pairs {
                map.replace(name, value);
            }
        }
    }
    Ok(())
}

enum Kind {
    Ordinary,
    Special,
}

/// nginx has a setter for `:path` and `:method` only, and none for a path with a query.
fn special(call: &mut Call<'_, '_>, name: &[u8], value: Option<&[u8]>) -> Result<Kind, Stop> {
    if call.profile() == Profile::Envoy || !name.starts_with(b":") {
        return Ok(Kind::Ordinary);
    }
    match (name, value) {
        (b":path", Some(value)) if value.contains(&b'?') => {
            Err(Stop::Trap("cannot set request path with querystring".to_owned()))
        }
        (b":path" | b":method", Some(_)) if call.number(0) == REQUEST => Ok(Kind::Special),
        _ => Err(Status::InternalFailure.into()),
    }
}

/// A copy of the map argument 0 names, if it can be read in this callback.
fn readable(call: &mut Call<'_, '_>) -> Result<HeaderMap, Stop> {
    let kind = call.number(0);
    let profile = call.profile();
    let state = call.state();
    if let (CALL_RESPONSE | CALL_RESPONSE_TRAILERS, Phase::CallResponse) = (kind, state.phase) {
        let answer = state.calls.answer.as_ref().filter(|answer| !answer.headers.is_empty());
        let answer = answer.ok_or(Stop::Status(Status::BadArgument))?;
        let mut pairs = if kind == CALL_RESPONSE { answer.headers.clone() } else { Vec::new() };
        if (kind, profile) == (CALL_RESPONSE, Profile::Kong) {
            pairs.push((b":dispatch_status".to_vec(), b"ok".to_vec()));
        }
        return Ok(HeaderMap::response(profile, pairs));
    }
    let phase = state.phase;
    let stream = call.stream()?;
    let map = match (kind, profile) {
        (REQUEST, Profile::Envoy) if !stream.has_request_map && phase != Phase::Log => None,
        (REQUEST, _) => Some(&stream.request),
        (RESPONSE, Profile::Envoy) if !matches!(phase, Phase::ResponseHeaders | Phase::Log) => None,
        (RESPONSE, _) => stream.response.as_ref(),
        _ => None,
    };
    map.cloned().ok_or(Stop::Status(Status::BadArgument))
}

/// The map argument 0 names, if it can be changed in this callback.
fn changeable<'a>(call: &'a mut Call<'_, '_>) -> Result<&'a mut HeaderMap, Stop> {
    let kind = call.number(0);
    let profile = call.profile();
    let phase = call.state().phase;
    let is_before_response = matches!(phase, Phase::RequestHeaders | Phase::RequestBody);
    match (profile, kind) {
        (Profile::Kong, REQUEST) if !is_before_response => {
            return Err(Stop::Trap("can only set request headers before response is produced".to_owned()));
        }
        (Profile::Kong, RESPONSE) if !is_before_response && phase != Phase::ResponseHeaders => {
            return Err(Stop::Trap("can only set response headers before sending them".to_owned()));
        }
        _ => {}
    }
    let stream = call.stream()?;
    let map = match (kind, profile) {
        (REQUEST, Profile::Envoy) => {
            stream.route_cleared |= stream.has_request_map;
            stream.has_request_map.then_some(&mut stream.request)
        }
        (REQUEST, Profile::Kong) => Some(&mut stream.request),
        (RESPONSE, Profile::Envoy) if phase != Phase::ResponseHeaders => None,
        (RESPONSE, _) => stream.response.as_mut(),
        _ => None,
    };
    map.ok_or(Stop::Status(Status::BadArgument))
}
