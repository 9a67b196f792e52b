//! Asks a portal one question and prints the decision: `cargo run -p gatepass --example small`.
use gatepass::{Policy, Question, ReadOptions, Snapshot};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let portal = Snapshot::read(include_bytes!("../testdata/small.json"), ReadOptions::default())?.snapshot;
    let application = "a0000000-0000-4000-8000-000000000001".parse()?;
    let resource = "e0000000-0000-4000-8000-000000000001".parse()?;
    let decision = portal.decide(&Question::consume(application, resource, Policy::Strict));
    println!("{}", serde_json::to_string_pretty(&decision)?);
    Ok(())
}
