//! The one-page report in a real Chromium: from the emulator's portal through `gatepass export` and
//! `gatepass report all` to a browser that sorts, filters and prints it.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::tools::{TaskError, cargo, read_text, root, run, target, write};
use crate::{chromium, node};

/// What the pages' ages are counted to: a few days after the emulator's portal was last changed.
const NOW: &str = "2026-11-24T10:00:00Z";

/// A name in the sample portal, and what a stranger with bad intentions would have typed there (as JSON).
const HOSTILE: [(&str, &str); 7] = [
    ("Ada Stern", "<script>alert(1)</script>"),
    ("Cy Laurent", "=HYPERLINK(\\\"http://evil.test\\\",\\\"pay\\\")"),
    ("\"Loyalty\"", "\"\\u001b[31mred\\u202e|\\u0000\""),
    ("\"Coupons\"", "\"<img src=x onerror=alert(1)>\""),
    ("\"Retail\"", "\"\\\"><svg onload=alert(1)>\""),
    ("ada@shop.example", "ada@shop.example?bcc=all@evil.test&body=pay"),
    (
        "Ben Okafor",
        "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww",
    ),
];

/// Makes the pages and runs the checks of `tests/browser` on them. The screenshots stay in `target/browser`.
///
/// # Errors
///
/// [`TaskError`] if Node.js or Chromium is missing (saying how to get it), or the page does not work.
pub fn test() -> Result<(), TaskError> {
    let checks = root().join("tests/browser");
    let chromium = chromium::install()?;
    node::install(&checks)?;
    run(
        cargo().args(["build", "--locked", "-p", "gatepass-cli", "-p", "gatepass-emulator"]),
        "install Rust",
    )?;

    let folder = target().join("browser");
    let snapshot = folder.join("snapshot.json");
    std::fs::create_dir_all(&folder).map_err(|source| TaskError::File { path: folder.clone(), source })?;
    export(&snapshot)?;
    let page = page(&snapshot, "report.html")?;
    let hostile = folder.join("hostile.json");
    write(&hostile, hostile_snapshot()?.as_bytes())?;
    let hostile = self::page(&hostile, "hostile.html")?;

    let mut command = node::node(&checks);
    command.arg("report.mjs").args([&folder, &page, &hostile]).env("CHROMIUM", chromium);
    run(&mut command, "install Node.js")
}

/// The snapshot of a made-up portal, taken over HTTP as anybody's would be.
fn export(snapshot: &Path) -> Result<(), TaskError> {
    let mut emulator = Command::new(built("gatepass-emulator"));
    emulator.args(["--developers", "80", "--teams", "9", "--applications", "100", "--registrations", "160"]);
    let emulator = Running::start(&mut emulator)?;
    let mut export = Command::new(built("gatepass"));
    export
        .args(["export", "--portal", "Shop developers", "--api", "v2", "--region", "eu"])
        .args(["--base-url", &emulator.base_url, "-o"])
        .arg(snapshot)
        .env("KONNECT_TOKEN", "kpat_emulator");
    run(&mut export, "build gatepass")
}

/// All reports on a page, beside the snapshot.
fn page(snapshot: &Path, name: &str) -> Result<PathBuf, TaskError> {
    let page = snapshot.with_file_name(name);
    let mut report = Command::new(built("gatepass"));
    report.args(["report", "all"]).arg(snapshot).args(["--now", NOW, "-o"]).arg(&page);
    run(report.env_remove("GATEPASS_OUTPUT"), "build gatepass").map(|()| page)
}

fn hostile_snapshot() -> Result<String, TaskError> {
    let sample = read_text(&root().join("examples/gateway-envoy/snapshot.json"))?;
    HOSTILE.into_iter().try_fold(sample, |text, (name, typed)| {
        if text.contains(name) {
            Ok(text.replace(name, typed))
        } else {
            Err(TaskError::other(format!(
                "the sample portal has no `{name}` any more: put another name here"
            )))
        }
    })
}

fn built(program: &str) -> PathBuf {
    target().join("debug").join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
}

/// A running emulator; it ends when this is dropped.
struct Running {
    child: Child,
    base_url: String,
}

impl Running {
    fn start(command: &mut Command) -> Result<Self, TaskError> {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(TaskError::other)?;
        let mut line = String::new();
        let told = child.stdout.take().map(|stdout| BufReader::new(stdout).read_line(&mut line));
        let running = Self { child, base_url: base_url(&line).unwrap_or_default() };
        match told {
            Some(Ok(_)) if !running.base_url.is_empty() => Ok(running),
            _ => Err(TaskError::other(format!("the emulator did not say where it listens, but `{line}`"))),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn base_url(line: &str) -> Option<String> {
    let told: serde_json::Value = serde_json::from_str(line).ok()?;
    Some(told.get("base_url")?.as_str()?.to_owned())
}
