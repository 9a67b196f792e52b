//! `cargo xtask book`: docs/ and the front page as a book, with mdBook.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo_tool::CargoTool;
use crate::tools::{TaskError, read_text, root, run, target, write};

const MDBOOK: CargoTool =
    CargoTool { name: "mdbook", version: "0.5.4", features: &["--no-default-features"] };

/// Builds the book into `target/book`, and returns its first page.
///
/// # Errors
///
/// [`TaskError`] if mdBook cannot be installed, or a page of the summary is missing, or a page is in no summary.
pub fn build() -> Result<PathBuf, TaskError> {
    let mdbook = MDBOOK.install()?;
    let folder = target().join("book-sources");
    assemble(&folder)?;
    let book = target().join("book");
    run(Command::new(mdbook).arg("build").arg(&folder).arg("--dest-dir").arg(&book), "see above")?;
    Ok(book.join("index.html"))
}

/// The pages as the book has them: the front page beside the others, and files of the repository as names, not links.
fn assemble(folder: &Path) -> Result<(), TaskError> {
    let pages = folder.join("docs");
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(TaskError::File { path: folder.to_owned(), source: error });
        }
        _ => std::fs::create_dir_all(&pages)
            .map_err(|source| TaskError::File { path: pages.clone(), source })?,
    }
    write(&folder.join("book.toml"), read_text(&root().join("book.toml"))?.as_bytes())?;
    let summary = read_text(&root().join("docs/SUMMARY.md"))?.replace("(../README.md)", "(index.md)");
    let front = read_text(&root().join("README.md"))?.replace("](docs/", "](");
    write(&pages.join("index.md"), inside(&front, |link| !pages_has(link)).as_bytes())?;
    let docs = root().join("docs");
    let listed = std::fs::read_dir(&docs).map_err(|source| TaskError::File { path: docs.clone(), source })?;
    for entry in listed.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let source = docs.join(&name);
        if !has_extension(&name, "md") {
            std::fs::copy(&source, pages.join(&name))
                .map_err(|source_error| TaskError::File { path: source, source: source_error })?;
            continue;
        }
        if name != "SUMMARY.md" && !summary.contains(&format!("({name})")) {
            return Err(TaskError::other(format!(
                "docs/{name} is in no chapter: name it in docs/SUMMARY.md"
            )));
        }
        let text = if name == "SUMMARY.md" { summary.clone() } else { read_text(&source)? };
        let text = text.replace("](../README.md", "](index.md");
        write(&pages.join(&name), inside(&text, |link| link.starts_with("../")).as_bytes())?;
    }
    Ok(())
}

fn has_extension(name: &str, wanted: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == wanted)
}

/// Whether a link of the front page leads to a page of the book, or out into the world.
fn pages_has(link: &str) -> bool {
    link.starts_with("http")
        || link.starts_with('#')
        || root().join("docs").join(link.split('#').next().unwrap_or(link)).is_file()
}

/// The text with links that lead out of the book written as what they name.
fn inside(text: &str, leads_out: impl Fn(&str) -> bool) -> String {
    let mut rest = text;
    let mut written = String::with_capacity(text.len());
    while let Some(start) = rest.find("](") {
        let (before, from) = rest.split_at(start);
        let link = from.get(2..).and_then(|link| link.split(')').next()).unwrap_or_default();
        let after = from.get(3 + link.len()..).unwrap_or_default();
        match before.rfind('[') {
            Some(open) if leads_out(link) => {
                let (kept, named) = before.split_at(open);
                written.push_str(kept);
                written.push_str(named.get(1..).unwrap_or_default());
                written.extend([" (`", link.trim_start_matches("../"), "`)"]);
            }
            _ => {
                written.extend([before, "](", link, ")"]);
            }
        }
        rest = after;
    }
    written.push_str(rest);
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_out_of_the_book_become_names() {
        let out = |link: &str| link.starts_with("../");
        assert_eq!(
            inside("see [the filter](../crates/filter/README.md) and [flow](concepts.md#flow)", out),
            "see the filter (`crates/filter/README.md`) and [flow](concepts.md#flow)"
        );
        assert_eq!(inside("an array [1] (x)", out), "an array [1] (x)");
    }
}
