//! `cargo xtask package`: one archive with the filter and all that is needed to run it. The same sources and compiler
//! make the same bytes.

mod archive;
mod oci;
mod sbom;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::filter;
use crate::tools::{TaskError, read_bytes, read_text, root, target, write};

/// Where the files of a release come from, and what they are called in it.
const COPIED: [(&str, &str); 5] = [
    ("crates/filter/gatepass_filter.meta.json", "gatepass_filter.meta.json"),
    ("crates/filter/README.md", "README.md"),
    ("crates/filter/ANSWERS.md", "ANSWERS.md"),
    ("CHANGELOG.md", "CHANGELOG.md"),
    ("LICENSE", "LICENSE"),
];

const EXAMPLES: [&str; 3] = ["gateway-envoy", "gateway-kong", "istio"];

/// What the sample for Istio has in place of the image's digest.
const NO_DIGEST: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The files of a release by their names in it.
type Files = BTreeMap<String, Vec<u8>>;

/// Builds the filter and writes the release into the target folder.
///
/// # Errors
///
/// [`TaskError`] if the filter cannot be built, or a file not be read or written.
pub fn run() -> Result<(), TaskError> {
    let filter = filter::build_and_check()?;
    let archive = write_to(&filter, &target().join("package"))?;
    println!("{}", archive.display());
    Ok(())
}

/// Writes the release with this filter into a folder: `gatepass-filter-VERSION/`, the same as `.tar.gz`, and the
/// archive's digest beside it. Returns the archive.
///
/// # Errors
///
/// [`TaskError`] if a file cannot be read or written.
pub fn write_to(filter: &Path, folder: &Path) -> Result<PathBuf, TaskError> {
    let version = env!("CARGO_PKG_VERSION");
    let name = format!("gatepass-filter-{version}");
    let files = files(&read_bytes(filter)?, version)?;
    let unpacked = folder.join(&name);
    // What an earlier version had and this one has not must not stay.
    if unpacked.exists() {
        let failed = |source| TaskError::File { path: unpacked.clone(), source };
        std::fs::remove_dir_all(&unpacked).map_err(failed)?;
    }
    for (file, bytes) in &files {
        write(&unpacked.join(file), bytes)?;
    }
    let archive = folder.join(format!("{name}.tar.gz"));
    let bytes =
        archive::tar_gz(files.iter().map(|(file, bytes)| (format!("{name}/{file}"), bytes.as_slice())))?;
    write(&archive, &bytes)?;
    let sum = format!("{}  {name}.tar.gz\n", digest(&bytes));
    write(&folder.join(format!("{name}.tar.gz.sha256")), sum.as_bytes())?;
    Ok(archive)
}

fn files(filter: &[u8], version: &str) -> Result<Files, TaskError> {
    let mut files = Files::new();
    files.insert("gatepass_filter.wasm".to_owned(), filter.to_vec());
    for (from, to) in COPIED {
        files.insert(to.to_owned(), read_bytes(&root().join(from))?);
    }
    let image = oci::layout(filter, version)?;
    for (file, bytes) in image.files {
        files.insert(format!("gatepass-filter-oci/{file}"), bytes);
    }
    for example in EXAMPLES {
        for path in list(&root().join("examples").join(example))? {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut bytes = read_bytes(&path)?;
            if (example, file.as_str()) == ("istio", "gatepass.yaml") {
                let text = read_text(&path)?;
                bytes = text.replacen(NO_DIGEST, &image.manifest_digest, 1).into_bytes();
            }
            files.insert(format!("examples/{example}/{file}"), bytes);
        }
    }
    files.insert("sbom.cdx.json".to_owned(), sbom::of("gatepass-filter", filter)?);
    let sums: String = files.iter().map(|(file, bytes)| digest(bytes) + "  " + file + "\n").collect();
    files.insert("SHA256SUMS".to_owned(), sums.into_bytes());
    Ok(files)
}

/// The files of a folder; none of ours has folders of its own.
fn list(folder: &Path) -> Result<Vec<PathBuf>, TaskError> {
    let failed = |source| TaskError::File { path: folder.to_owned(), source };
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let paths: Result<Vec<PathBuf>, std::io::Error> = entries.map(|entry| Ok(entry?.path())).collect();
    Ok(paths.map_err(failed)?.into_iter().filter(|path| path.is_file()).collect())
}

/// SHA-256 in hexadecimal digits.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}
