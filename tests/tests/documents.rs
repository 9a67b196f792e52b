//! The pages: every link inside the repository resolves, every JSON sample parses, and the book has every page.
#![allow(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use conformance::repository::{files, root};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// Every Markdown page.
fn pages() -> Vec<PathBuf> {
    let pages = files("", ".md");
    assert!(pages.len() > 10, "{pages:?}");
    pages
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// The anchors of a page: headings as GitHub and mdBook make them, and those written out.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut heading = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let kept = |letter: &char| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter);
                let slug: String =
                    heading.take().unwrap_or_default().to_lowercase().chars().filter(kept).collect();
                anchors.insert(slug.replace(' ', "-"));
            }
            Event::Text(part) | Event::Code(part) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&part);
                }
            }
            Event::InlineHtml(html) | Event::Html(html) => {
                anchors.extend(
                    html.split("id=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())),
                );
            }
            _ => {}
        }
    }
    anchors
}

#[test]
fn links_inside_the_repository_resolve() {
    let mut broken = Vec::new();
    let mut followed = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event else {
                continue;
            };
            if ["https://", "http://", "mailto:"].iter().any(|scheme| dest_url.starts_with(scheme)) {
                continue;
            }
            followed += 1;
            let (path, anchor) = dest_url.split_once('#').unwrap_or((&dest_url, ""));
            let target = if path.is_empty() { page.clone() } else { page.parent().unwrap().join(path) };
            let there = target.exists()
                && (anchor.is_empty()
                    || anchors(&fs::read_to_string(&target).unwrap_or_default()).contains(anchor));
            if !there {
                broken.push(format!("{}: {dest_url}", shown(&page)));
            }
        }
    }
    assert!(broken.is_empty(), "broken links:\n{}", broken.join("\n"));
    assert!(followed > 30, "only {followed} links");
}

#[test]
fn json_samples_parse() {
    let mut broken = Vec::new();
    let mut parsed = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let mut sample = None;
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) if &*language == "json" => {
                    sample = Some(String::new());
                }
                Event::Text(part) => {
                    if let Some(sample) = &mut sample {
                        sample.push_str(&part);
                    }
                }
                Event::End(TagEnd::CodeBlock) => {
                    let Some(sample) = sample.take() else { continue };
                    parsed += 1;
                    if let Err(error) = serde_json::from_str::<serde_json::Value>(&sample) {
                        broken.push(format!("{}: {error} in\n{sample}", shown(&page)));
                    }
                }
                _ => {}
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(parsed > 3, "only {parsed} samples");
}

#[test]
fn the_book_has_every_page() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "md") && name != "SUMMARY.md" {
            assert!(summary.contains(&format!("({name})")), "docs/SUMMARY.md does not list {name}");
        }
    }
}
