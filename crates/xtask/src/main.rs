//! `cargo xtask`: every command of the repository.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::scale::Mode;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Every command of the repository", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Watch a real Envoy let approved applications through and refuse the rest, with the reasons.
    Demo {
        /// End after the cases and the live revoke, with 0 only if everything came out as declared.
        #[arg(long)]
        once: bool,
    },
    /// Run everything: formatting, lints, tests, the filter's checks, and the gateway tests on a real Envoy.
    Test,
    /// The long forms of the tests, for an evening.
    Soak,
    /// Build the filter, check its imports and its size.
    Filter,
    /// Open the one-page report in Chromium, check it, and leave screenshots in `target/browser`.
    Browser,
    /// Build the module of the npm and PyPI packages, with its JavaScript.
    Wasm,
    /// Build the npm package.
    Js {
        /// Run its tests too.
        #[arg(long)]
        test: bool,
        /// Time it beside others that decide.
        #[arg(long)]
        bench: bool,
    },
    /// Open the example portal, on an emulated Konnect: a page that says what one may do, and why not.
    Portal {
        /// Use it in Chromium instead, as each of its developers, and leave screenshots in `target/browser`.
        #[arg(long)]
        test: bool,
    },
    /// Pack the plugin for Kong's JavaScript plugin server as npm publishes it, and install that in `target/kong-plugin`.
    KongPlugin {
        /// Run its own tests too; the gateway tests of `test` run its decisions.
        #[arg(long)]
        test: bool,
    },
    /// Build the wheel for PyPI, with the module of the npm package in it.
    Wheel,
    /// Build the wheel, and test it in clean environments and in Pyodide.
    Python,
    /// Write the JSON Schema of the wire types, and the packages' types from it.
    Schema {
        /// Only say whether they are as the Rust types say.
        #[arg(long)]
        check: bool,
    },
    /// Install Envoy into a local virtual environment.
    Envoy,
    /// Write the pages of docs/ that are generated from the code.
    Docs {
        /// Fail if a page is not up to date.
        #[arg(long)]
        check: bool,
    },
    /// Fuzz what reads bytes from outside, two targets at a time.
    Fuzz {
        /// Only this target.
        target: Option<String>,
        /// For how many seconds each.
        #[arg(long, default_value_t = xtask::fuzz::Effort::TEST.seconds)]
        seconds: u32,
        /// What the random choices begin with; 0 is another start each time.
        #[arg(long, default_value_t = 0)]
        seed: u32,
    },
    /// Change the code that decides, a change at a time, and see whether tests notice (hours).
    Mutants {
        /// Only one of `rule`, `bundle` and `paths`.
        campaign: Option<String>,
    },
    /// Build the book of docs/ into `target/book`.
    Book,
    /// Build what ships twice, in two folders, and compare the bytes.
    Reproducible,
    /// Make everything that a release uploads, with its digests.
    Release {
        /// Upload nothing. There is no other way yet: uploading is for whoever holds the keys.
        #[arg(long, required = true)]
        dry_run: bool,
    },
    /// Write the release of the filter: one archive with samples, digests and a bill of materials.
    Package,
    /// Measure, and print a table for docs/BENCHMARKS.md.
    Bench {
        #[command(subcommand)]
        what: Bench,
    },
    /// Simulate fleets of gateways: the figures of docs/SCALE.md.
    Scale {
        /// Put the figures into the page.
        #[arg(long, conflicts_with = "check")]
        write: bool,
        /// Fail if the page has other figures.
        #[arg(long)]
        check: bool,
    },
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Requests a second through a real Envoy with the filter, beside other filters and none.
    Gateway {
        /// How many rounds.
        #[arg(long, default_value_t = 7)]
        rounds: u32,
        /// For how many seconds each variant is asked in a round.
        #[arg(long, default_value_t = 2)]
        seconds: u32,
        /// How many applications the bundle has; may be given several times.
        #[arg(long, default_values_t = [10_000, 100_000, 1_000_000])]
        applications: Vec<u32>,
    },
    /// From a revoke in Konnect (emulated) to the first refusal of a real Envoy.
    Revoke {
        /// How many.
        #[arg(long, default_value_t = 50)]
        revokes: u32,
    },
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Demo { once } => xtask::demo::run(once),
        Command::Test => xtask::suite::test(),
        Command::Soak => xtask::suite::soak(),
        Command::Filter => xtask::filter::build_and_check().map(|_| ()),
        Command::Docs { check: true } => xtask::docs::run(xtask::docs::Mode::Check),
        Command::Docs { check: false } => xtask::docs::run(xtask::docs::Mode::Write),
        Command::Scale { write, check } => xtask::scale::run(match (write, check) {
            (true, _) => Mode::Write,
            (_, true) => Mode::Check,
            _ => Mode::Print,
        }),
        Command::Browser => xtask::browser::test(),
        Command::Fuzz { target, seconds, seed } => {
            xtask::fuzz::run_all(target.as_deref(), xtask::fuzz::Effort { seconds, seed })
        }
        Command::Mutants { campaign } => xtask::mutants::run(campaign.as_deref()),
        Command::Book => xtask::docs::book().map(|page| println!("{}", page.display())),
        Command::Reproducible => xtask::reproducible::run_twice(),
        Command::Release { dry_run: _ } => xtask::release::dry_run(),
        Command::Package => xtask::package::run(),
        Command::Bench { what: Bench::Gateway { rounds, seconds, applications } } => {
            xtask::bench_gateway::run_all(rounds, seconds, &applications)
        }
        Command::Bench { what: Bench::Revoke { revokes } } => xtask::bench_revoke::run(revokes),
        Command::Js { bench: true, .. } => xtask::js::bench(),
        Command::Js { test: true, .. } => xtask::js::test(),
        Command::Js { .. } => xtask::js::build().map(|folder| println!("{}", folder.display())),
        Command::Portal { test: true } => xtask::portal::test(),
        Command::Portal { test: false } => xtask::portal::serve(),
        Command::Schema { check } => xtask::schema::generate(check),
        Command::Wasm => xtask::wasm::build().map(|folder| println!("{}", folder.display())),
        Command::KongPlugin { test: true } => xtask::kong_plugin::test(),
        Command::KongPlugin { test: false } => {
            xtask::kong_plugin::build().map(|package| println!("{}", package.display()))
        }
        Command::Wheel => xtask::wheel::build().map(|wheel| println!("{}", wheel.display())),
        Command::Python => xtask::wheel_tests::run_all(),
        Command::Envoy => xtask::envoy::install().map(|path| println!("{}", path.display())),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
