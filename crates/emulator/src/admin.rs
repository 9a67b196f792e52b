//! The emulator's own paths: faults, the log, and what is in the database. They need no token, because the emulator
//! listens on loopback only.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::call::{Answer, Call, Reply};
use crate::dispatch::respond;
use crate::faults::Faults;
use crate::log::Log;
use crate::options::Api;
use crate::portal_side;
use crate::problem::{Invalid, Problem};
use crate::world::{Arrived, World};

pub(crate) fn router(world: &World) -> Router {
    Router::new()
        .route("/_emulator", get(overview))
        .route("/_emulator/faults", get(faults).post(set_faults).delete(clear_faults))
        .route("/_emulator/log", get(log).delete(clear_log))
        .route("/_emulator/developers", post(sign_up))
        .route("/_emulator/applications", post(create_application))
        .route("/_emulator/registrations", post(register))
        .route("/_emulator/credentials", post(create_credential))
        .with_state(world.clone())
}

fn told(world: &World, value: Result<Value, Problem>) -> Response {
    respond(world, value.map(|value| Reply::Json(200, value)))
}

async fn overview(State(world): State<World>) -> Response {
    told(&world, portals(&world))
}

/// The portals and the size of the database.
pub(crate) fn portals(world: &World) -> Result<Value, Problem> {
    let failed = |error: crate::EmulatorError| Problem::forbidden(error.to_string());
    let sql = "SELECT id, api, region, body ->> 'name' AS name FROM portals ORDER BY seq";
    let portals = world.database().query(sql, &[]).map_err(failed)?;
    let counts = world.database().counts().map_err(failed)?;
    Ok(json!({"portals": portals, "counts": counts}))
}

async fn faults(State(world): State<World>) -> Response {
    let faults = serde_json::to_value(&world.faults().faults).map_err(Problem::from);
    told(&world, faults)
}

async fn set_faults(State(world): State<World>, body: Bytes) -> Response {
    let result = match serde_json::from_slice::<Faults>(&body) {
        Ok(faults) => {
            world.faults().set(faults.clone());
            serde_json::to_value(faults).map_err(Problem::from)
        }
        Err(error) => Err(Invalid::wrong("body", "faults", error.to_string()).into()),
    };
    told(&world, result)
}

async fn clear_faults(State(world): State<World>) -> Response {
    world.faults().set(Faults::default());
    respond(&world, Ok(Reply::Empty))
}

async fn log(State(world): State<World>) -> Response {
    let log = serde_json::to_value(&*world.log()).map_err(Problem::from);
    told(&world, log)
}

async fn clear_log(State(world): State<World>) -> Response {
    *world.log() = Log::default();
    respond(&world, Ok(Reply::Empty))
}

async fn sign_up(State(world): State<World>, body: Bytes) -> Response {
    act(&world, body, portal_side::sign_up)
}

async fn create_application(State(world): State<World>, body: Bytes) -> Response {
    act(&world, body, portal_side::create_application)
}

async fn register(State(world): State<World>, body: Bytes) -> Response {
    act(&world, body, portal_side::register)
}

async fn create_credential(State(world): State<World>, body: Bytes) -> Response {
    act(&world, body, portal_side::create_credential)
}

/// What a developer does, in the generation of the portal it is done in.
fn act(world: &World, body: Bytes, run: fn(&mut Call<'_>) -> Answer) -> Response {
    let arrived = Arrived { path: Vec::new(), query: String::new(), body: body.into() };
    respond(world, world.carry_out(Api::V2, arrived, run))
}
