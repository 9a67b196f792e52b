//! From an HTTP request to an operation and back, with the faults between.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{RawPathParams, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use futures_util::{StreamExt, stream};
use serde_json::Value;

use crate::call::{Answer, Reply};
use crate::faults::{Fate, Fault};
use crate::log;
use crate::moving;
use crate::operations::{Operation, operations};
use crate::problem::Problem;
use crate::world::{Arrived, World};
use crate::{admin, shape};

/// Marks a response that must not be sent: the connection is closed instead.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dropped;

const LARGEST_BODY: usize = 1 << 20;

/// Every operation at its path, and the emulator's own below `/_emulator`.
pub(crate) fn router(world: &World) -> Router {
    let mut router = Router::new();
    for operation in operations() {
        let world = world.clone();
        let Ok(filter) = method(operation.method).try_into() else { continue };
        let filter: MethodFilter = filter;
        let handler = move |params: Result<RawPathParams, _>, request: Request| {
            let path = params.map(|params: RawPathParams| pairs(&params)).unwrap_or_default();
            async move { answer(&world, operation, path, request).await }
        };
        router = router.route(&format!("/{}{}", operation.api.name(), operation.path), on(filter, handler));
    }
    let missing = world.clone();
    let wrong_method = world.clone();
    router
        .merge(admin::router(world))
        .fallback(move || async move { problem(&missing, &Problem::not_found()) })
        .method_not_allowed_fallback(move || async move { problem(&wrong_method, &Problem::method()) })
}

fn method(name: &str) -> Method {
    Method::from_bytes(name.as_bytes()).unwrap_or(Method::GET)
}

fn pairs(params: &RawPathParams) -> Vec<(String, String)> {
    params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Answers one request to the API.
async fn answer(
    world: &World,
    operation: Operation,
    path: Vec<(String, String)>,
    request: Request,
) -> Response {
    let name = operation.name();
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let known = world.knows(parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()));
    let body = to_bytes(body, LARGEST_BODY).await.unwrap_or_default().to_vec();
    let fate = world.faults().fate(&name, operation.method, &target);
    if fate.delay_millis > 0 {
        tokio::time::sleep(Duration::from_millis(fate.delay_millis)).await;
    }
    let arrived = Arrived { path, query: parts.uri.query().unwrap_or_default().to_owned(), body };
    let right = (fate.fault.is_none() || fate.carried_out).then(|| {
        let result = if known {
            world.carry_out(operation.api, arrived, |call| (operation.run)(call))
        } else {
            Err(Problem::unauthorized())
        };
        if let Ok(Reply::Json(200, page)) = &result {
            move_list(world, operation, &name, &target, page);
        }
        respond(world, result)
    });
    let response = fail(world, &fate, right);
    let status =
        if response.extensions().get::<Dropped>().is_some() { 0 } else { response.status().as_u16() };
    world.log().add(log::Request {
        operation: name,
        method: operation.method.to_owned(),
        target,
        status,
        fault: fate.fault.map(Fault::name),
    });
    response
}

/// Changes a list between two of its pages, if a fault asks for it.
fn move_list(world: &World, operation: Operation, name: &str, target: &str, page: &Value) {
    let Some(number) = page.pointer("/meta/page/number").and_then(Value::as_u64) else { return };
    let Some((list, change)) = world.faults().moving(name, number) else { return };
    let portal = target.split('/').nth(3).unwrap_or_default().to_owned();
    let arrived = Arrived { path: Vec::new(), query: String::new(), body: Vec::new() };
    // The list is as it was if there is nothing to delete or nobody to own what is inserted.
    let _unchanged =
        world.carry_out(operation.api, arrived, |call| moving::change(call, &portal, list, change));
}

/// The response of an answer, in the shapes that faults ask for.
pub(crate) fn respond(world: &World, result: Answer) -> Response {
    match result {
        Ok(Reply::Json(status, mut value)) => {
            shape::rewrite(&mut value, &world.faults().faults);
            with(status, "application/json", value.to_string())
        }
        Ok(Reply::Text(status, text)) => with(status, "text/plain; charset=utf-8", text.to_owned()),
        Ok(Reply::Empty) => with_body(204, None, Body::empty()),
        Err(wrong) => problem(world, &wrong),
    }
}

pub(crate) fn problem(world: &World, problem: &Problem) -> Response {
    with(problem.status, "application/problem+json", problem.body(world.trace()).to_string())
}

fn with(status: u16, kind: &'static str, body: String) -> Response {
    with_body(status, Some(kind), Body::from(body))
}

fn with_body(status: u16, kind: Option<&'static str>, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(kind) = kind {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    response
}

/// The response that a fault leaves of the right one.
fn fail(world: &World, fate: &Fate, right: Option<Response>) -> Response {
    match (fate.fault, right) {
        (None, Some(right)) => right,
        (Some(Fault::Truncated), Some(right)) => truncated(right),
        (Some(Fault::Error { status, html: true }), _) => {
            let line = StatusCode::from_u16(status)
                .ok()
                .and_then(|status| status.canonical_reason())
                .unwrap_or("Error");
            let page = format!(
                "<html>\r\n<head><title>{status} {line}</title></head>\r\n<body>\r\n<center><h1>{status} {line}</h1></center>\r\n\
                 <hr><center>proxy</center>\r\n</body>\r\n</html>\r\n"
            );
            with(status, "text/html", page)
        }
        (Some(Fault::Error { status, html: false }), _) => {
            let mut response = problem(world, &Problem::server(status));
            *response.status_mut() =
                StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            response
        }
        (Some(Fault::Throttled { retry_after }), _) => {
            let mut response = problem(world, &Problem::too_many("Rate limit exceeded"));
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
            response
        }
        (Some(Fault::Dropped | Fault::Truncated) | None, _) => {
            let mut response = with_body(500, None, Body::empty());
            response.extensions_mut().insert(Dropped);
            response
        }
    }
}

/// The headers of the whole body, half of it, and then the end of the connection.
fn truncated(right: Response) -> Response {
    let (mut parts, body) = right.into_parts();
    let halves = stream::once(to_bytes(body, usize::MAX)).flat_map(|read| {
        let whole = read.unwrap_or_default();
        let half: Bytes = whole.slice(..whole.len() / 2);
        let end = stream::once(async {
            // Gives the connection a turn, so that the half is sent before it ends.
            tokio::time::sleep(Duration::from_millis(5)).await;
            Err(std::io::Error::other("truncated by a fault"))
        });
        stream::iter([Ok(half)]).chain(end)
    });
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from_stream(halves))
}
