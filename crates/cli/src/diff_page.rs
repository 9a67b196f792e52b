//! Differences as a page: no network, readable without its script.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatepass::diff::{Diff, Difference};
use sha2::{Digest as _, Sha256};

use crate::diff_forms::{ROW_HEADINGS, cells, count, doubt, first_rows, headline, side, tables};
use crate::failure::Failure;
use crate::output::plain;
use crate::report_page::{SCRIPT, STYLE};

/// Askama escapes every text in it but the style and the script, which are ours.
#[derive(Template)]
#[template(path = "diff.html")]
struct Page {
    headline: String,
    before: String,
    after: String,
    doubt: Option<&'static str>,
    numbers: [(String, &'static str); 3],
    sections: Vec<Section>,
    version: &'static str,
    style: &'static str,
    style_digest: String,
    script: &'static str,
    script_digest: String,
}

struct Section {
    title: String,
    headings: Vec<Heading>,
    rows: Vec<Vec<Cell>>,
}

struct Heading {
    text: String,
    class: &'static str,
}

struct Cell {
    text: String,
    class: &'static str,
    label: String,
    /// A number without its thousands apart.
    sort: Option<String>,
}

impl Section {
    /// `numbers_from` is the first column with numbers.
    fn new(title: &str, headings: &[&str], rows: Vec<Vec<String>>, numbers_from: usize) -> Self {
        let class = |column: usize| if column >= numbers_from { "number" } else { "" };
        let cell = |(column, text): (usize, String)| Cell {
            class: class(column),
            label: headings.get(column).map_or_else(String::new, |heading| capital(heading)),
            sort: (column >= numbers_from).then(|| text.replace(',', "")),
            text: plain(&text),
        };
        let headings = headings.iter().enumerate();
        Self {
            title: capital(title),
            headings: headings
                .clone()
                .map(|(column, heading)| Heading { text: capital(heading), class: class(column) })
                .collect(),
            rows: rows.into_iter().map(|row| row.into_iter().enumerate().map(cell).collect()).collect(),
        }
    }
}

/// The differences as a page.
pub(crate) fn page(diff: &Diff<'_>, wanted: &[Difference], most: usize) -> Result<String, Failure> {
    let document = diff.document(&[]);
    let counts = diff.counts();
    let tables = tables(diff, most).into_iter();
    let mut sections: Vec<Section> = tables
        .map(|table| {
            let numbers_from = if table.headings.contains(&"pairs") { 3 } else { 1 };
            Section::new(&table.title, &table.headings, table.cells, numbers_from)
        })
        .collect();
    let rows = first_rows(diff, wanted, most);
    let all: u64 = wanted.iter().map(|difference| diff.counts().of(*difference)).sum();
    let shown =
        if rows.len() as u64 == all { String::new() } else { format!("the first {} of ", rows.len()) };
    let title = format!("applications and resources ({shown}{})", count(all));
    sections.push(Section::new(&title, &ROW_HEADINGS, rows.iter().map(cells).collect(), usize::MAX));
    sections.retain(|section| !section.rows.is_empty());
    let page = Page {
        headline: headline(diff),
        before: side(&document.before),
        after: side(&document.after),
        doubt: doubt(diff),
        numbers: [
            (count(counts.lost), "lost"),
            (count(counts.gained), "gained"),
            (count(counts.reason_changed), "denied for another reason"),
        ],
        sections,
        version: env!("CARGO_PKG_VERSION"),
        style: STYLE,
        style_digest: STANDARD.encode(Sha256::digest(STYLE)),
        script: SCRIPT,
        script_digest: STANDARD.encode(Sha256::digest(SCRIPT)),
    };
    Ok(page.render().map_err(std::io::Error::other)? + "\n")
}

fn capital(title: &str) -> String {
    let mut chars = title.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
