//! The one-page report in a real Chromium: from the emulator's portal through `gatepass export` and
//! `gatepass report all` to a browser that sorts, filters and prints it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::chain::{self, Konnect, Programs, TOKEN};
use crate::tools::{TaskError, read_text, root, run, target, write};
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
    let programs = chain::build()?;

    let folder = target().join("browser");
    let snapshot = folder.join("snapshot.json");
    std::fs::create_dir_all(&folder).map_err(|source| TaskError::File { path: folder.clone(), source })?;
    export(&programs, &snapshot)?;
    let page = page(&programs, &snapshot, "report.html")?;
    let hostile = folder.join("hostile.json");
    write(&hostile, hostile_snapshot()?.as_bytes())?;
    let hostile = self::page(&programs, &hostile, "hostile.html")?;

    let mut command = node::node(&checks);
    command.arg("report.mjs").args([&folder, &page, &hostile]).env("CHROMIUM", chromium);
    run(&mut command, "install Node.js")
}

/// The snapshot of a made-up portal, taken over HTTP as anybody's would be.
fn export(programs: &Programs, snapshot: &Path) -> Result<(), TaskError> {
    let sizes = ["--developers", "80", "--teams", "9", "--applications", "100", "--registrations", "160"];
    let konnect = Konnect::with(programs, |emulator| emulator.args(sizes))?;
    let mut export = Command::new(&programs.gatepass);
    export
        .args(["export", "--portal", &konnect.name, "--api", "v2", "--region", "eu"])
        .args(["--base-url", &konnect.base_url(), "-o"])
        .arg(snapshot)
        .env("KONNECT_TOKEN", TOKEN);
    run(&mut export, "build gatepass")
}

/// All reports on a page, beside the snapshot.
fn page(programs: &Programs, snapshot: &Path, name: &str) -> Result<PathBuf, TaskError> {
    let page = snapshot.with_file_name(name);
    let mut report = Command::new(&programs.gatepass);
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
