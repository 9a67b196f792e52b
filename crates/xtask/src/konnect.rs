//! The Konnect conformance suite: Kong's own OpenAPI documents, which are not in the repository, served by Prism to
//! the client, and put to the emulator by schemathesis.

use std::path::PathBuf;

use crate::tools::{TaskError, cargo, root, run};
use crate::{node, python};

/// How to get what the suite needs besides packages.
pub const DOCUMENTS: &str = "get Kong's OpenAPI documents from github.com/Kong/developer.konghq.com (api-specs/konnect), \
                             name them as tests/prism/README.md lists, and set GATEPASS_SPECS to their folder";

/// The folder with the documents: `GATEPASS_SPECS`, or `../shared/specs` beside the repository.
pub fn documents() -> Option<PathBuf> {
    let folder =
        std::env::var_os("GATEPASS_SPECS").map_or_else(|| root().join("../shared/specs"), PathBuf::from);
    folder.join("portal-management-v2.yaml").is_file().then_some(folder)
}

/// Every request of crawl and apply, accepted by Prism; and its static examples, which are no portal.
///
/// # Errors
///
/// [`TaskError`] if Prism cannot be installed, saying what is missing, or a test fails.
pub fn prism(documents: &std::path::Path) -> Result<(), TaskError> {
    let folder = root().join("tests/prism");
    node::install(&folder)?;
    let mut test = cargo();
    test.args(["test", "--locked", "--package", "gatepass-cli", "--features", "prism", "--test", "prism"]);
    test.args(["--", "--nocapture"]);
    test.env("GATEPASS_PRISM", node::program(&folder, "prism")).env("GATEPASS_SPECS", documents);
    run(&mut test, REMEDY)
}

/// The emulator, held against the documents with so many examples for each operation.
///
/// # Errors
///
/// [`TaskError`] if schemathesis cannot be installed, saying what is missing, or it finds something.
pub fn schemathesis(documents: &std::path::Path, examples: u32) -> Result<(), TaskError> {
    let venv = python::venv("schemathesis", &root().join("tests/schemathesis/requirements.txt"))?;
    let mut test = cargo();
    test.args(["test", "--locked", "--package", "gatepass-emulator", "--features", "schemathesis"]);
    test.args(["--test", "schemathesis", "--", "--nocapture"]);
    test.env("GATEPASS_SCHEMATHESIS", venv.program("schemathesis"))
        .env("GATEPASS_SCHEMATHESIS_EXAMPLES", examples.to_string())
        .env("GATEPASS_SPECS", documents);
    run(&mut test, REMEDY)
}

const REMEDY: &str = "install Rust from rustup.rs";
