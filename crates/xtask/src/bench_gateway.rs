//! `cargo xtask bench gateway`: requests a second through Envoy with Gatepass, and beside it nothing, other filters, and
//! what Envoy has itself. `wrk` asks each in turn, many times over; what is printed are medians with their spread.

mod config;
mod portal;
mod wrk;

use std::path::PathBuf;

use comfy_table::{CellAlignment, Table, presets};

use crate::client;
use crate::envoy::{self, ENVOY_VERSION, Envoy};
use crate::filter::{self, WASM_TARGET};
use crate::servers::Running;
use crate::tools::{TaskError, free_port, run, target, write};
use config::Variant;
use wrk::Measured;

/// An Envoy with one variant, and what was measured of it.
struct Contestant {
    name: String,
    port: u16,
    envoy: Envoy,
    measured: Vec<Measured>,
}

/// Asks all variants in turn, `rounds` times for `seconds` each, answering directly or from an upstream.
///
/// # Errors
///
/// [`TaskError`] if a part is missing and cannot be had, or an Envoy does not start or answers anything but 200.
pub fn run_all(rounds: u32, seconds: u32, applications: &[u32]) -> Result<(), TaskError> {
    let program = wrk::WRK.install()?;
    let envoy = envoy::install()?;
    let folder = target().join("bench-gateway");
    std::fs::create_dir_all(&folder).map_err(|source| TaskError::File { path: folder.clone(), source })?;
    let relays = applications.iter().map(|count| Ok((*count, portal::relay(*count)?)));
    let relays: Vec<(u32, Running)> = relays.collect::<Result<_, TaskError>>()?;
    let variants = variants(&relays)?;
    let upstream = start(&envoy, &folder, "upstream", &Variant::nothing(), None)?;
    for (kind, to) in [("answered by Envoy itself", None), ("answered by an upstream", Some(upstream.port))] {
        let mut contestants = Vec::new();
        for (number, (name, variant)) in variants.iter().enumerate() {
            let file = format!("{}-{number}", if to.is_some() { "proxied" } else { "direct" });
            let mut contestant = start(&envoy, &folder, &file, variant, to)?;
            contestant.name.clone_from(name);
            wait_until_open(contestant.port)?;
            contestants.push(contestant);
        }
        // The first requests find caches cold and connections missing.
        for round in 0..=rounds {
            for contestant in &mut contestants {
                let measured = wrk::measure(&program, contestant.port, if round == 0 { 1 } else { seconds })?;
                if round > 0 {
                    contestant.measured.push(measured);
                }
            }
            println!("{kind}: round {round} of {rounds}");
        }
        println!(
            "\n{kind}: {rounds} rounds of {seconds} s in turn, Envoy {ENVOY_VERSION}, one worker, {} connections\n\n{}\n",
            wrk::CONNECTIONS,
            table(&contestants)
        );
    }
    Ok(())
}

fn variants(relays: &[(u32, Running)]) -> Result<Vec<(String, Variant)>, TaskError> {
    let gatepass = filter::build()?;
    let mut all = vec![
        ("no filter".to_owned(), Variant::nothing()),
        ("a filter that does nothing".to_owned(), Variant::wasm(&compiled("empty")?, "")),
        ("the same host calls, no decision".to_owned(), Variant::wasm(&compiled("same_calls")?, "")),
        ("Envoy's rbac, one header".to_owned(), Variant::rbac()),
        ("Envoy's api_key_auth, 10 000 keys".to_owned(), Variant::api_key_auth(10_000)),
        ("Lua, a table of 10 000 keys".to_owned(), Variant::lua(10_000)),
    ];
    for (count, relay) in relays {
        let name = format!("Gatepass, {count} applications");
        all.push((name, Variant::wasm(&gatepass, &portal::configuration()).asking(relay.port)));
    }
    Ok(all)
}

/// Waits until a gateway lets a good key through: a large bundle takes its time to arrive.
fn wait_until_open(port: u16) -> Result<(), TaskError> {
    let request = "GET /orders HTTP/1.1\r\nHost: bench\r\napikey: key-0\r\nConnection: close\r\n\r\n";
    for _ in 0..1200 {
        if client::send(port, request.as_bytes()).is_ok_and(|answer| answer.status == 200) {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    Err(TaskError::other(format!("the gateway at port {port} lets nobody through")))
}

/// Compiles one of `benches/gateway`.
fn compiled(name: &str) -> Result<PathBuf, TaskError> {
    let source = crate::tools::root().join(format!("benches/gateway/{name}.rs"));
    let module = target().join(format!("bench-gateway/{name}.wasm"));
    let mut rustc = std::process::Command::new("rustc");
    rustc.args([
        "--edition",
        "2024",
        "--target",
        WASM_TARGET,
        "-Copt-level=3",
        "-Clto=fat",
        "-Cpanic=abort",
        "-o",
    ]);
    run(rustc.arg(&module).arg(source), "install Rust from rustup.rs")?;
    Ok(module)
}

fn start(
    program: &std::path::Path,
    folder: &std::path::Path,
    name: &str,
    variant: &Variant,
    upstream: Option<u16>,
) -> Result<Contestant, TaskError> {
    let (port, admin_port) = (free_port()?, free_port()?);
    let file = folder.join(format!("{name}.json"));
    write(&file, variant.envoy(port, admin_port, upstream).to_string().as_bytes())?;
    let envoy = Envoy::start(program, &file, admin_port, 1)?;
    Ok(Contestant { name: name.to_owned(), port, envoy, measured: Vec::new() })
}

fn table(contestants: &[Contestant]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header([
        "",
        "thousand requests a second: median (least–most)",
        "against a filter that does nothing",
        "median, ms",
        "99 %, ms",
        "memory, MB",
    ]);
    let rate = |contestant: &Contestant| median(contestant, |one| one.requests_a_second);
    let empty = contestants.get(1).map_or(1.0, rate);
    for contestant in contestants {
        let mut rates: Vec<f64> = contestant.measured.iter().map(|one| one.requests_a_second).collect();
        rates.sort_by(f64::total_cmp);
        let end = |at: Option<&f64>| at.copied().unwrap_or_default() / 1000.0;
        let (least, most) = (end(rates.first()), end(rates.last()));
        table.add_row([
            contestant.name.clone(),
            format!("{:.1} ({least:.1}–{most:.1})", rate(contestant) / 1000.0),
            format!("{:.2}", rate(contestant) / empty),
            format!("{:.2}", median(contestant, |one| one.median_ms)),
            format!("{:.2}", median(contestant, |one| one.most_ms)),
            (contestant.envoy.memory_kilobytes() / 1024).to_string(),
        ]);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn median(contestant: &Contestant, of: impl Fn(&Measured) -> f64) -> f64 {
    let mut values: Vec<f64> = contestant.measured.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
