//! `gatepass-emulator`: Konnect's Portal Management API on this machine, for tests and demos.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use gatepass_emulator::{
    Api, DEFAULT_TOKEN, Data, Emulator, EmulatorError, Faults, Options, Running, Seed, Storage,
};
use serde_json::json;

const EXAMPLES: &str = "Examples:
  gatepass-emulator --seed small                      a small v2 portal on a free port
  gatepass-emulator --seed large 7 --api v3 --port 8001
  gatepass-emulator --developers 1000 --teams 30 --applications 2000 --registrations 4000
  gatepass-emulator --snapshot examples/gateway-envoy/snapshot.json --token kpat_demo
  gatepass-emulator --seed small --faults '{\"seed\": 1, \"errors\": {\"rate\": 0.1}}'

One line of JSON on stdout says where it listens. Stop it with Ctrl-C.";

#[derive(Debug, Parser)]
#[command(name = "gatepass-emulator", version, about, after_help = EXAMPLES)]
struct Arguments {
    /// The port on 127.0.0.1; 0 is any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Keep the data in this SQLite file (made if missing) instead of in memory.
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
    /// Serve the portal of a Gatepass snapshot.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["seed", "api", "developers", "teams", "applications", "registrations", "resources", "no_rbac"])]
    snapshot: Option<PathBuf>,
    /// Make data: `small` or `large`, a number that it is derived from, or both.
    #[arg(long, value_name = "SIZE|N", num_args = 1..=2)]
    seed: Vec<String>,
    /// The generation of the made portal.
    #[arg(long, default_value = "v2")]
    api: Generation,
    /// How many developers to make.
    #[arg(long, value_name = "N")]
    developers: Option<usize>,
    /// How many teams to make.
    #[arg(long, value_name = "N")]
    teams: Option<usize>,
    /// How many applications to make.
    #[arg(long, value_name = "N")]
    applications: Option<usize>,
    /// How many registrations to make.
    #[arg(long, value_name = "N")]
    registrations: Option<usize>,
    /// How many product versions (v2) or APIs (v3) to make.
    #[arg(long, value_name = "N")]
    resources: Option<usize>,
    /// Make a portal that does not use roles.
    #[arg(long)]
    no_rbac: bool,
    /// An accepted token; may be repeated. Not a secret: the emulator has none to protect.
    #[arg(long = "token", value_name = "TOKEN", default_value = DEFAULT_TOKEN)]
    tokens: Vec<String>,
    /// The size of a page when none is asked for.
    #[arg(long, default_value_t = 10)]
    page_size: u16,
    /// The largest page.
    #[arg(long, default_value_t = 100)]
    maximum_page_size: u16,
    /// Show `owner` in the v3 list of applications, which Kong's example of it has not.
    #[arg(long)]
    list_owners: bool,
    /// Where the emulator's clock starts.
    #[arg(long, value_name = "TIME", default_value = "2026-11-22T10:00:00Z")]
    now: String,
    /// Faults from the start, as for `POST /_emulator/faults`.
    #[arg(long, value_name = "JSON")]
    faults: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Generation {
    V2,
    V3,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(running) => {
            running.wait();
            ExitCode::SUCCESS
        }
        Err(error) => {
            // Nobody is left to tell if stderr is closed.
            let _written = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<Running, EmulatorError> {
    let faults = match &arguments.faults {
        None => Faults::default(),
        Some(json) => serde_json::from_str(json).map_err(|error| wrong("--faults", error.to_string()))?,
    };
    let data = data(arguments)?;
    let options = Options {
        storage: arguments.database.clone().map_or(Storage::Memory, Storage::File),
        seed: if let Data::Generated(seed) = &data { seed.seed } else { 1 },
        data,
        tokens: arguments.tokens.clone(),
        port: arguments.port,
        page_size: arguments.page_size,
        maximum_page_size: arguments.maximum_page_size,
        list_owners: arguments.list_owners,
        now: arguments.now.clone(),
    };
    let running = Emulator::start(&options)?;
    running.set_faults(faults);
    let portals =
        running.database().query("SELECT id, api, body ->> 'name' AS name FROM portals ORDER BY seq", &[])?;
    let line = json!({
        "base_url": running.base_url(), "v2": running.api_url(Api::V2), "v3": running.api_url(Api::V3),
        "token": running.token(), "portals": portals,
    });
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{line}").and_then(|()| stdout.flush())?;
    Ok(running)
}

fn data(arguments: &Arguments) -> Result<Data, EmulatorError> {
    if let Some(path) = &arguments.snapshot {
        let text = std::fs::read_to_string(path)
            .map_err(|error| wrong("--snapshot", format!("`{}`: {error}", path.display())))?;
        return Ok(Data::Snapshot(text));
    }
    let sizes = [
        arguments.developers,
        arguments.teams,
        arguments.applications,
        arguments.registrations,
        arguments.resources,
    ];
    if arguments.seed.is_empty() && sizes.iter().all(Option::is_none) {
        return Ok(Data::Kept);
    }
    let api = match arguments.api {
        Generation::V2 => Api::V2,
        Generation::V3 => Api::V3,
    };
    let mut seed = Seed::small(api);
    for word in &arguments.seed {
        seed = match (word.as_str(), word.parse()) {
            ("small", _) => Seed::small(api).with_seed(seed.seed),
            ("large", _) => Seed::large(api).with_seed(seed.seed),
            (_, Ok(number)) => seed.with_seed(number),
            (_, Err(_)) => {
                return Err(wrong("--seed", format!("`{word}` is neither `small`, `large` nor a number")));
            }
        };
    }
    seed.developers = arguments.developers.unwrap_or(seed.developers);
    seed.teams = arguments.teams.unwrap_or(seed.teams);
    seed.applications = arguments.applications.unwrap_or(seed.applications);
    seed.registrations = arguments.registrations.unwrap_or(seed.registrations);
    seed.resources = arguments.resources.unwrap_or(seed.resources);
    seed.rbac = !arguments.no_rbac;
    Ok(Data::Generated(seed))
}

fn wrong(name: &'static str, reason: String) -> EmulatorError {
    EmulatorError::option(name, reason)
}
