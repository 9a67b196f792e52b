//! The example of a portal's front end, on an emulated Konnect.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::chain::{self, Konnect, TOKEN};
use crate::tools::{TaskError, root, run, target};
use crate::{chromium, js, node};

fn folder() -> PathBuf {
    root().join("examples/portal-frontend")
}

/// Opens the portal with Vite, which says where, until it is stopped.
///
/// # Errors
///
/// [`TaskError`] if Node.js is missing or a part does not build or start.
pub fn serve() -> Result<(), TaskError> {
    let (folder, konnect) = start()?;
    let mut vite = Command::new(node::program(&folder, "vite"));
    println!("the portal of an emulated Konnect; Ctrl+C ends it");
    run(with_konnect(vite.current_dir(&folder), &konnect), "see above")
}

/// Uses the portal in Chromium as each of its developers and as its admin.
///
/// # Errors
///
/// As [`serve()`]; [`TaskError`] if Chromium is missing, or a page does not say what it should.
pub fn test() -> Result<(), TaskError> {
    let chromium = chromium::install()?;
    let (folder, konnect) = start()?;
    let mut drive = node::node(&folder);
    drive.arg("test/drive.mjs").arg(screenshots()).env("CHROMIUM", chromium);
    run(with_konnect(&mut drive, &konnect), "see above")
}

/// Builds the package and the programs, and starts the emulator with the sample portal.
fn start() -> Result<(PathBuf, Konnect), TaskError> {
    js::build()?;
    let programs = chain::build()?;
    let folder = folder();
    node::install(&folder)?;
    let konnect = Konnect::start(&programs, &root().join(Path::new("examples/gateway-envoy/snapshot.json")))?;
    Ok((folder, konnect))
}

fn with_konnect<'a>(command: &'a mut Command, konnect: &Konnect) -> &'a mut Command {
    command
        .env("KONNECT_BASE_URL", konnect.base_url())
        .env("KONNECT_REGION", "eu")
        .env("KONNECT_TOKEN", TOKEN)
        .env("KONNECT_PORTAL", &konnect.name)
}

fn screenshots() -> PathBuf {
    target().join("browser")
}
