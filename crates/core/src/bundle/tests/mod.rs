//! The bundle as a whole: against a naive model, under change, and against hostile bytes.

mod generator;
mod hostile;
mod limits;
mod model;
mod refusals;
mod round_trip;
mod signing;
mod size;
mod stability;
