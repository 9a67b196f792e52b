#![doc = include_str!("../README.md")]

mod abi;
mod arrival;
mod calls;
mod errors;
mod exchange;
mod functions;
mod headers;
mod instance;
mod malice;
mod metrics;
mod nginx;
mod pairs;
mod plugin;
mod profile;
mod properties;
mod request;
mod respond;
mod serve;
mod state;
mod target;
mod vm;

pub use crate::{
    calls::{CallAnswer, HttpCall},
    errors::{HostError, StartError, StartFailure, Trap},
    exchange::{AnsweredBy, Exchange, Outcome, Response, UpstreamRequest},
    malice::Malice,
    metrics::{Metric, MetricKind},
    nginx::NginxRequest,
    plugin::Plugin,
    profile::Profile,
    request::{Request, UpstreamResponse},
    state::LogLevel,
    vm::{DEFAULT_FUEL, Settings, Vm},
};
