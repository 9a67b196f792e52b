//! The wheel, as its users have it: in clean environments, with the oldest and the newest libraries, and in Pyodide.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::python::{Venv, venv, venv_of};
use crate::tools::{TaskError, cargo, root, run, target};
use crate::{node, wasm, wheel};

const REMEDY: &str = "see the failures above";

/// Pythons that are looked for, newest first, besides the one that everything is run with.
const NEWER: [&str; 3] = ["3.14", "3.13", "3.12"];

/// Builds the wheel and runs its tests.
///
/// # Errors
///
/// [`TaskError`] if something cannot be installed, or a test fails.
pub fn run_all() -> Result<(), TaskError> {
    let wheel = wheel::build()?;
    let emulator = emulator()?;
    println!("\n… the oldest libraries");
    pytest(&installed("python-lowest", "lowest.txt", &wheel)?, &["tests/core"], &wheel, &emulator)?;
    println!("\n… every extra, newest");
    let full = installed("python-full", "full.txt", &wheel)?;
    pytest(&full, &["tests/core", "tests/full"], &wheel, &emulator)?;
    println!("\n… types");
    let mut mypy = full.python();
    mypy.current_dir(folder()).args(["-m", "mypy", "src", "tests/core", "tests/full", "tests/conftest.py"]);
    run(&mut mypy, REMEDY)?;
    newest(&wheel, &emulator)?;
    println!("\n… Pyodide");
    let pyodide = folder().join("tests/pyodide");
    node::install(&pyodide)?;
    run(node::node(&pyodide).arg("run.mjs").arg(&wheel).arg(root()), REMEDY)
}

/// The newest Python that is here; where there is only one, it was run above.
fn newest(wheel: &Path, emulator: &Path) -> Result<(), TaskError> {
    let runs = |program: &PathBuf| {
        Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
    };
    let named = std::env::var_os("GATEPASS_NEWEST_PYTHON").map(PathBuf::from);
    let Some(python) = named.or_else(|| NEWER.into_iter().flat_map(programs).find(runs)) else {
        println!(
            "\n… there is no newer Python here; name one in GATEPASS_NEWEST_PYTHON to run the tests with it, too"
        );
        return Ok(());
    };
    println!("\n… {}", python.display());
    let venv = venv_of(python.as_os_str(), "python-newest", &folder().join("requirements/newest.txt"))?;
    install(&venv, wheel)?;
    pytest(&venv, &["tests/core"], wheel, emulator)
}

/// Where a Python of a version may be: on the path, or among those that pyenv keeps.
fn programs(version: &str) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from(format!("python{version}"))];
    let home = |name| std::env::var_os(name).map(PathBuf::from);
    let pyenv = home("PYENV_ROOT").or_else(|| Some(home("HOME")?.join(".pyenv")));
    let kept = pyenv.and_then(|root| std::fs::read_dir(root.join("versions")).ok());
    for entry in kept.into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&format!("{version}.")) {
            found.push(entry.path().join("bin/python"));
        }
    }
    found
}

fn folder() -> PathBuf {
    root().join("bindings/python")
}

fn installed(name: &str, requirements: &str, wheel: &Path) -> Result<Venv, TaskError> {
    let venv = venv(name, &folder().join("requirements").join(requirements))?;
    install(&venv, wheel)?;
    Ok(venv)
}

fn install(venv: &Venv, wheel: &Path) -> Result<(), TaskError> {
    venv.pip_install(&["--no-deps", "--force-reinstall", &wheel.to_string_lossy()])
}

fn pytest(venv: &Venv, tests: &[&str], wheel: &Path, emulator: &Path) -> Result<(), TaskError> {
    let mut pytest = venv.python();
    pytest.current_dir(folder()).args(["-m", "pytest"]).args(tests);
    pytest.env("GATEPASS_REPOSITORY", root()).env("GATEPASS_WHEEL", wheel).env("GATEPASS_EMULATOR", emulator);
    pytest.env("GATEPASS_WASM", target().join("wasm-package").join(wasm::MODULE));
    // What is compiled is kept beside the environment, not in the home of whoever runs this.
    pytest.env("XDG_CACHE_HOME", target().join("python-cache"));
    run(&mut pytest, REMEDY)
}

fn emulator() -> Result<PathBuf, TaskError> {
    run(
        cargo().args(["build", "--locked", "--quiet", "--package", "gatepass-emulator"]),
        "install Rust from rustup.rs",
    )?;
    Ok(target().join("debug").join(format!("gatepass-emulator{}", std::env::consts::EXE_SUFFIX)))
}
