//! The fuzz targets of `tests/fuzz`, two at a time.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::tools::{TaskError, cargo, read_text, root, run, target};

/// What libFuzzer needs of the compiler: which edges of the program ran, and where they are.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Ccodegen-units=1";

const REMEDY: &str = "install a C++ compiler (on Debian: apt-get install g++), which libFuzzer is built with";

/// How hard a target is tried.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// For how many seconds.
    pub seconds: u32,
    /// What libFuzzer's random choices begin with; 0 is another start each time.
    pub seed: u32,
}

impl Effort {
    /// In `cargo xtask test`: the same choices each time, so that what passes once does not fail by chance.
    pub const TEST: Self = Self { seconds: 60, seed: 1 };

    /// In `cargo xtask soak`, which is there to find what is new.
    pub const SOAK: Self = Self { seconds: 600, seed: 0 };
}

/// Fuzzes one target, or all.
///
/// # Errors
///
/// [`TaskError`] if the targets do not build, or one of them found something; its input is then in a file that is named.
pub fn run_all(only: Option<&str>, effort: Effort) -> Result<(), TaskError> {
    let folder = root().join("tests/fuzz");
    let names: Vec<String> = names(&folder)?;
    let chosen: Vec<&String> = names.iter().filter(|name| only.is_none_or(|only| only == *name)).collect();
    if chosen.is_empty() {
        let message =
            format!("there is no fuzz target `{}`; there are {}", only.unwrap_or_default(), names.join(", "));
        return Err(TaskError::other(message));
    }
    let programs = build(&folder)?;
    let mut found = Vec::new();
    for pair in chosen.chunks(2) {
        let mut running = Vec::new();
        for name in pair {
            running.push((name, start(&programs, &folder, name, effort)?));
        }
        for (name, mut child) in running {
            let status = child.wait().map_err(TaskError::other)?;
            println!("{} {}", report(name)?, if status.success() { "" } else { "FOUND SOMETHING" });
            if !status.success() {
                found.push(name.as_str());
            }
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    let findings = output().join("findings");
    Err(TaskError::other(format!(
        "{} found something: the input is in `{}`, what it broke in `{}`",
        found.join(" and "),
        findings.display(),
        output().join("TARGET.log").display()
    )))
}

fn output() -> PathBuf {
    target().join("fuzz")
}

/// The names of the targets: one program each.
fn names(folder: &Path) -> Result<Vec<String>, TaskError> {
    let programs = folder.join("src/bin");
    let listed = std::fs::read_dir(&programs).map_err(|source| TaskError::File { path: programs, source })?;
    let mut names: Vec<String> = listed
        .flatten()
        .filter_map(|entry| Some(entry.path().file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.sort_unstable();
    Ok(names)
}

fn build(folder: &Path) -> Result<PathBuf, TaskError> {
    let triple = host()?;
    let mut build = cargo();
    build.current_dir(folder).args(["build", "--release", "--locked", "--target", &triple]);
    build.env("CARGO_TARGET_DIR", output()).env("RUSTFLAGS", COVERAGE);
    run(&mut build, REMEDY)?;
    Ok(output().join(triple).join("release"))
}

/// This machine's target triple: naming it keeps the flags away from build scripts.
fn host() -> Result<String, TaskError> {
    let told = crate::tools::output(Command::new("rustc").arg("-vV"), "install Rust from rustup.rs")?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| TaskError::other("`rustc -vV` names no host"))
}

fn start(programs: &Path, folder: &Path, name: &str, effort: Effort) -> Result<Child, TaskError> {
    let (found, findings) = (output().join("corpus").join(name), output().join("findings"));
    for folder in [&found, &findings] {
        std::fs::create_dir_all(folder).map_err(|source| TaskError::File { path: folder.clone(), source })?;
    }
    let log = log(name);
    let file = std::fs::File::create(&log).map_err(|source| TaskError::File { path: log, source })?;
    let mut command = Command::new(programs.join(name));
    command
        // What is new goes into the first folder; seeds are only read.
        .args([&found, &folder.join("seeds").join(name)])
        .arg(format!("-max_total_time={}", effort.seconds))
        .arg(format!("-seed={}", effort.seed))
        .arg(format!("-artifact_prefix={}/{name}-", findings.display()))
        .args(["-max_len=16384", "-timeout=10", "-rss_limit_mb=1024", "-print_final_stats=1"]);
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).spawn();
    spawned.map_err(|source| TaskError::Start { program: name.to_owned(), source, remedy: REMEDY })
}

fn log(name: &str) -> PathBuf {
    output().join(format!("{name}.log"))
}

/// What a run of a target was, in a line.
fn report(name: &str) -> Result<String, TaskError> {
    let text = read_text(&log(name))?;
    let number = |of: &str| {
        let line = text.lines().rev().find_map(|line| line.strip_prefix(of));
        line.map_or("?", str::trim).to_owned()
    };
    let edges = text.lines().rev().find_map(|line| line.split("cov: ").nth(1)?.split(' ').next());
    let runs = number("stat::number_of_executed_units:");
    Ok(format!("{name:14} {runs:>10} inputs, {:>6} edges", edges.unwrap_or("?")))
}
