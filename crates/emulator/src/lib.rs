#![doc = include_str!("../README.md")]

mod admin;
mod body;
mod call;
mod clock;
mod database;
mod dispatch;
mod faults;
mod log;
mod moving;
mod operations;
mod options;
mod portal_side;
mod problem;
mod query;
mod random;
mod seed;
mod server;
mod shape;
mod world;

pub use database::{Counts, Database};
pub use faults::{Change, Errors, Faults, List, Moving, Numbers, Slow, Throttle, Timestamps, When};
pub use log::{Log, Request};
pub use operations::{Operation, operations};
pub use options::{Api, DEFAULT_TOKEN, Data, EmulatorError, Options, Storage};
pub use seed::Seed;
pub use server::{Emulator, Running};
