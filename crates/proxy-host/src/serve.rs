//! One request through a filter, from its first byte to `proxy_on_delete`.

use crate::{
    arrival::Arrival,
    errors::Trap,
    exchange::{AnsweredBy, Exchange, Outcome, Response, UpstreamRequest},
    headers::HeaderMap,
    instance::Instance,
    malice::Malice,
    profile::Profile,
    properties,
    request::{Request, UpstreamResponse},
    state::{Phase, ROOT_CONTEXT, Stream},
};

const PAUSE: u32 = 1;

/// What to do after a group of callbacks.
enum Next {
    Forward,
    Answer,
    Hang,
}

/// Serves a request on a live instance.
pub(crate) fn serve(instance: &mut Instance, context: u32, request: Request) -> Exchange {
    let profile = instance.state().profile;
    let (arrival, headers) = match Arrival::parse(profile, &request) {
        Ok(parsed) => parsed,
        Err(status) => return Exchange::by_host(Outcome::Refused, status, None),
    };
    instance.state_mut().stream = Some(Stream {
        context,
        arrival,
        request: headers,
        has_request_map: true,
        request_body: request.body,
        response: (profile == Profile::Kong).then(|| HeaderMap::response(profile, Vec::new())),
        response_body: Vec::new(),
        properties: request
            .properties
            .into_iter()
            .map(|(path, value)| (properties::key(profile, &path), value))
            .collect(),
        local_response: None,
        is_answered: false,
        route_cleared: false,
    });
    let mut exchange = Exchange::by_host(Outcome::Hung, 504, None);
    if let Err(trap) = run(instance, context, request.upstream_response, &mut exchange) {
        exchange = Exchange {
            upstream_request: exchange.upstream_request,
            ..Exchange::by_host(Outcome::Trapped, profile.trap_status(), Some(trap.reason))
        };
    } else if let Err(trap) = finish(instance, context) {
        // The response is out already; only the instance is lost.
        exchange.trap = Some(trap.reason);
    }
    if let Some(stream) = instance.state_mut().stream.take() {
        exchange.route_cleared = stream.route_cleared;
    }
    exchange
}

fn run(
    instance: &mut Instance,
    context: u32,
    upstream: UpstreamResponse,
    exchange: &mut Exchange,
) -> Result<(), Trap> {
    instance.call(Phase::Idle, context, "proxy_on_context_create", &[context, ROOT_CONTEXT])?;
    match ask_request(instance, context)? {
        Next::Forward => {
            exchange.upstream_request = forwarded(instance);
            exchange.outcome = Outcome::Forwarded;
            receive(instance, upstream);
        }
        Next::Answer => {
            exchange.outcome = Outcome::Answered;
            render_local_response(instance);
        }
        Next::Hang => return Ok(()),
    }
    if instance.state_mut().malice.as_mut().is_some_and(Malice::strikes) {
        instance.call(Phase::Done, context, "proxy_on_delete", &[context])?;
    }
    match ask_response(instance, context)? {
        Next::Forward => {}
        Next::Answer => {
            exchange.outcome = Outcome::Answered;
            render_local_response(instance);
        }
        Next::Hang => {
            exchange.outcome = Outcome::Hung;
            return Ok(());
        }
    }
    exchange.answered_by = match exchange.outcome {
        Outcome::Answered => AnsweredBy::Filter,
        _ => AnsweredBy::Upstream,
    };
    exchange.response = client_response(instance);
    Ok(())
}

fn ask_request(instance: &mut Instance, context: u32) -> Result<Next, Trap> {
    let profile = instance.state().profile;
    let (count, body) = instance.state().stream.as_ref().map_or((0, 0), |stream| {
        (count(profile, &stream.request), u32::try_from(stream.request_body.len()).unwrap_or(u32::MAX))
    });
    // nginx never knows in a headers callback whether a body follows.
    let is_end = u32::from(profile == Profile::Envoy && body == 0);
    let action = instance.call(
        Phase::RequestHeaders,
        context,
        "proxy_on_request_headers",
        &[context, count, is_end],
    )?;
    match next(instance, action) {
        Next::Forward => {}
        other => return Ok(other),
    }
    if let Some(stream) = &mut instance.state_mut().stream {
        stream.has_request_map = false;
    }
    if body == 0 {
        return Ok(Next::Forward);
    }
    let action = instance.call(Phase::RequestBody, context, "proxy_on_request_body", &[context, body, 1])?;
    Ok(next(instance, action))
}

fn ask_response(instance: &mut Instance, context: u32) -> Result<Next, Trap> {
    let profile = instance.state().profile;
    let (count, body) = instance.state().stream.as_ref().map_or((0, 0), |stream| {
        let headers = stream.response.as_ref().map_or(0, |response| count(profile, response));
        (headers, u32::try_from(stream.response_body.len()).unwrap_or(u32::MAX))
    });
    let is_end = u32::from(profile == Profile::Envoy && body == 0);
    let action = instance.call(
        Phase::ResponseHeaders,
        context,
        "proxy_on_response_headers",
        &[context, count, is_end],
    )?;
    match next(instance, action) {
        Next::Forward => {}
        other => return Ok(other),
    }
    if profile == Profile::Kong && !instance.exports("proxy_on_response_body") {
        return Err(Trap::new("SIGSEGV: the filter does not export proxy_on_response_body"));
    }
    if profile == Profile::Envoy && body == 0 {
        return Ok(Next::Forward);
    }
    let action =
        instance.call(Phase::ResponseBody, context, "proxy_on_response_body", &[context, body, 1])?;
    Ok(next(instance, action))
}

/// A local response wins over whatever action the filter returned.
fn next(instance: &Instance, action: Option<u32>) -> Next {
    let stream = instance.state().stream.as_ref();
    if stream.is_some_and(|stream| stream.local_response.is_some()) {
        Next::Answer
    } else if action == Some(PAUSE) {
        Next::Hang
    } else {
        Next::Forward
    }
}

fn forwarded(instance: &Instance) -> Option<UpstreamRequest> {
    let profile = instance.state().profile;
    let stream = instance.state().stream.as_ref()?;
    let value = |name: &str| stream.request.get(name.as_bytes()).unwrap_or_default().to_vec();
    Some(UpstreamRequest {
        method: value(":method"),
        authority: value(if profile == Profile::Envoy { ":authority" } else { "host" }),
        path: match profile {
            Profile::Envoy => value(":path"),
            Profile::Kong => stream.arrival.origin.clone(),
        },
        headers: stream.request.on_the_wire(),
        body: stream.request_body.clone(),
    })
}

/// Takes the upstream's response in, beside headers a filter on nginx set ahead of it.
fn receive(instance: &mut Instance, upstream: UpstreamResponse) {
    let profile = instance.state().profile;
    let Some(stream) = &mut instance.state_mut().stream else { return };
    let mut pairs = vec![(b":status".to_vec(), upstream.status.to_string().into_bytes())];
    pairs.extend(upstream.headers);
    if let Some(early) = &stream.response {
        pairs.extend(early.on_the_wire());
    }
    stream.response = Some(HeaderMap::response(profile, pairs));
    stream.response_body = upstream.body;
}

fn render_local_response(instance: &mut Instance) {
    let profile = instance.state().profile;
    let Some(stream) = &mut instance.state_mut().stream else { return };
    if let Some(local) = stream.local_response.take() {
        let (headers, body) = local.render(profile, &stream.request);
        stream.response = Some(headers);
        stream.response_body = body;
        stream.is_answered = true;
    }
}

fn client_response(instance: &Instance) -> Response {
    let stream = instance.state().stream.as_ref();
    let Some((headers, body)) =
        stream.and_then(|stream| Some((stream.response.as_ref()?, &stream.response_body)))
    else {
        return Response::new(500, Vec::new(), Vec::new());
    };
    let status = headers
        .get(b":status")
        .and_then(|status| std::str::from_utf8(status).ok())
        .and_then(|status| status.parse().ok())
        .unwrap_or(500);
    Response::new(status, headers.on_the_wire(), body.clone())
}

/// Envoy writes its access log before it destroys the filter; nginx is done before its log phase.
fn finish(instance: &mut Instance, context: u32) -> Result<(), Trap> {
    let log = (Phase::Log, "proxy_on_log");
    let done = (Phase::Done, "proxy_on_done");
    let order = match instance.state().profile {
        Profile::Envoy => [log, done],
        Profile::Kong => [done, log],
    };
    for (phase, export) in order {
        instance.call(phase, context, export, &[context])?;
    }
    instance.call(Phase::Idle, context, "proxy_on_delete", &[context])?;
    Ok(())
}

/// The number of headers a callback is told: nginx does not count the pseudo-headers.
fn count(profile: Profile, headers: &HeaderMap) -> u32 {
    let visible = headers.visible();
    let counted = visible.iter().filter(|(name, _)| profile == Profile::Envoy || !name.starts_with(b":"));
    u32::try_from(counted.count()).unwrap_or(u32::MAX)
}
