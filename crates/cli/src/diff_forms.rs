//! Differences as texts. What is for programs is written row by row; what is for people shows the first rows.

use std::io::{Result, Write};

use gatepass::diff::{Diff, DiffRow, Difference, SideSummary};
use gatepass::{Completeness, Reason};
use serde_json::Value;

use crate::arguments::OutputForm;
use crate::output::{self, guarded};
use crate::report_page::grouped;

/// One JSON document.
pub(crate) fn json(diff: &Diff<'_>, wanted: &[Difference], writer: &mut dyn Write) -> Result<()> {
    serde_json::to_writer_pretty(&mut *writer, &diff.document(wanted))?;
    writer.write_all(b"\n")
}

/// A line with everything but the rows, then a row a line.
pub(crate) fn lines(diff: &Diff<'_>, wanted: &[Difference], writer: &mut dyn Write) -> Result<()> {
    let mut head = serde_json::to_value(diff.document(&[]))?;
    if let Value::Object(members) = &mut head {
        members.remove("rows");
        let rows: u64 = wanted.iter().map(|difference| diff.counts().of(*difference)).sum();
        members.insert("row_count".to_owned(), rows.into());
    }
    writeln!(writer, "{head}")?;
    for row in diff.rows().filter(|row| wanted.contains(&row.change)) {
        serde_json::to_writer(&mut *writer, &row)?;
        writer.write_all(b"\n")?;
    }
    Ok(())
}

/// Comma-separated values, each row with how complete the snapshots are.
pub(crate) fn csv(diff: &Diff<'_>, wanted: &[Difference], writer: &mut dyn Write) -> Result<()> {
    let mut csv = csv::Writer::from_writer(writer);
    csv.write_record([
        "change",
        "reason_before",
        "reason_after",
        "application_name",
        "developer_name",
        "team_name",
        "resource_name",
        "application_id",
        "developer_id",
        "team_id",
        "resource_id",
        "as_of_before",
        "as_of_after",
        "completeness_before",
        "completeness_after",
    ])?;
    let document = diff.document(&[]);
    let (before, after) = (document.before, document.after);
    let about = [
        before.as_of.to_string(),
        after.as_of.to_string(),
        before.completeness.as_str().to_owned(),
        after.completeness.as_str().to_owned(),
    ];
    let mut some = false;
    for row in diff.rows().filter(|row| wanted.contains(&row.change)) {
        some = true;
        let id = |id: Option<String>| id.unwrap_or_default();
        let cells = [
            row.change.as_str().to_owned(),
            code(row.reason_before).to_owned(),
            code(row.reason_after).to_owned(),
            guarded(row.application_name),
            guarded(row.developer_name.unwrap_or_default()),
            guarded(row.team_name.unwrap_or_default()),
            guarded(row.resource_name),
            row.application_id.to_string(),
            id(row.developer_id.map(|id| id.to_string())),
            id(row.team_id.map(|id| id.to_string())),
            row.resource_id.to_string(),
        ];
        csv.write_record(cells.iter().chain(&about))?;
    }
    if !some && document.completeness != Completeness::Complete {
        // No difference between parts of a portal is not none.
        let blank = vec![String::new(); 11];
        csv.write_record(blank.iter().chain(&about))?;
    }
    csv.flush()
}

/// A reason, or that there was none.
pub(crate) fn code(reason: Option<Reason>) -> &'static str {
    reason.map_or("allowed", Reason::code)
}

/// What a side is, in a line.
pub(crate) fn side(side: &SideSummary) -> String {
    let roles = if side.rbac_enabled { "on" } else { "off" };
    let completeness = side.completeness.as_str();
    format!("as of {}, policy {}, RBAC {roles}, snapshot {completeness}", side.as_of, side.policy)
}

/// What differs in all, in a line.
pub(crate) fn headline(diff: &Diff<'_>) -> String {
    let (counts, (applications, resources)) = (diff.counts(), diff.compared());
    format!(
        "{} gained, {} lost, {} denied for another reason; of {} applications × {} resources",
        count(counts.gained),
        count(counts.lost),
        count(counts.reason_changed),
        grouped(applications),
        grouped(resources)
    )
}

pub(crate) fn count(number: u64) -> String {
    grouped(usize::try_from(number).unwrap_or(usize::MAX))
}

/// What a partial or unverified side means for the differences.
pub(crate) fn doubt(diff: &Diff<'_>) -> Option<&'static str> {
    match diff.document(&[]).completeness {
        Completeness::Complete => None,
        Completeness::Unverified => Some(
            "a snapshot is unverified: nobody counted every list, so differences may be missing or wrong",
        ),
        Completeness::Partial => Some(
            "a snapshot is PARTIAL: part of the portal is missing or was refused, so differences may be missing or wrong",
        ),
    }
}

/// The first rows: what is lost, then what is gained, then the rest.
pub(crate) fn first_rows<'s>(diff: &Diff<'s>, wanted: &[Difference], most: usize) -> Vec<DiffRow<'s>> {
    let order = [Difference::Lost, Difference::Gained, Difference::ReasonChanged];
    let mut rows: Vec<DiffRow<'s>> = Vec::new();
    for difference in order {
        let missing = most.saturating_sub(rows.len());
        // Nobody looks through millions of pairs for a row that is not there.
        if wanted.contains(&difference) && diff.counts().of(difference) > 0 && missing > 0 {
            rows.extend(diff.rows().filter(|row| row.change == difference).take(missing));
        }
    }
    rows
}

/// A row's cells, for people.
pub(crate) fn cells(row: &DiffRow<'_>) -> Vec<String> {
    vec![
        row.change.as_str().replace('_', " "),
        row.application_name.to_owned(),
        row.developer_name.or(row.team_name).unwrap_or("?").to_owned(),
        row.resource_name.to_owned(),
        code(row.reason_before).to_owned(),
        code(row.reason_after).to_owned(),
    ]
}

pub(crate) const ROW_HEADINGS: [&str; 6] = ["change", "application", "owner", "resource", "before", "after"];

/// Counts under a title.
pub(crate) struct CountTable {
    pub(crate) title: String,
    pub(crate) headings: [&'static str; 4],
    pub(crate) cells: Vec<Vec<String>>,
}

/// The counts as tables. Those of teams and resources are cut at `most`.
pub(crate) fn tables(diff: &Diff<'_>, most: usize) -> [CountTable; 3] {
    let numbers = |name: &str, counts: gatepass::diff::Counts| {
        vec![name.to_owned(), count(counts.lost), count(counts.gained), count(counts.reason_changed)]
    };
    let reasons = diff.by_reason().iter().map(|reason| {
        let change = reason.change.as_str().replace('_', " ");
        vec![change, code(reason.reason_before).into(), code(reason.reason_after).into(), count(reason.pairs)]
    });
    let teams = diff.by_team().iter().map(|team| {
        // A team may have no name, and an application may have no team.
        let id = team.team_id.map(|id| id.to_string());
        let name = team.team_name.filter(|name| !name.is_empty()).map(str::to_owned).or(id);
        numbers(&name.unwrap_or_else(|| "(no team)".to_owned()), team.counts)
    });
    let resources =
        diff.by_resource().iter().map(|resource| numbers(resource.resource_name, resource.counts));
    let title = |name: &str, all: usize| {
        if all > most { format!("{name} (the first {most} of {})", grouped(all)) } else { name.to_owned() }
    };
    let whom = |name| [name, "lost", "gained", "reason changed"];
    [
        CountTable {
            title: "reasons".to_owned(),
            headings: ["change", "before", "after", "pairs"],
            cells: reasons.collect(),
        },
        CountTable {
            title: title("teams", diff.by_team().len()),
            headings: whom("team"),
            cells: teams.take(most).collect(),
        },
        CountTable {
            title: title("resources", diff.by_resource().len()),
            headings: whom("resource"),
            cells: resources.take(most).collect(),
        },
    ]
}

/// Tables with titles: counts, then the first rows.
pub(crate) fn for_people(
    diff: &Diff<'_>,
    wanted: &[Difference],
    most: usize,
    form: OutputForm,
) -> Result<String> {
    let document = diff.document(&[]);
    let (before, after) = (side(&document.before), side(&document.after));
    let markdown = form == OutputForm::Markdown;
    let title = if markdown { "# Differences\n\n" } else { "" };
    let (mark, end) = if markdown { ("- ", "\n") } else { ("", "") };
    let mut text = format!(
        "{title}{mark}before: {before}
{mark}after: {after}
{end}{}
",
        headline(diff)
    );
    if let Some(doubt) = doubt(diff) {
        let beware = if markdown { "\n**Beware:** " } else { "beware: " };
        text.extend([beware, doubt, "\n"]);
    }
    let mut add = |title: &str, headings: &[&str], cells: Vec<Vec<String>>| -> Result<()> {
        if !cells.is_empty() {
            let rows = output::Rows { headings, cells, items: &[(); 0] };
            let title = if markdown { format!("\n## {title}\n\n") } else { format!("\n{title}\n") };
            text += &(title + &rows.text(form, &())?);
        }
        Ok(())
    };
    for table in tables(diff, most) {
        add(&table.title, &table.headings, table.cells)?;
    }
    let rows = first_rows(diff, wanted, most);
    let all: u64 = wanted.iter().map(|difference| diff.counts().of(*difference)).sum();
    let title = if rows.len() as u64 == all {
        "applications and resources".to_owned()
    } else {
        format!(
            "applications and resources (the first {} of {}; --output csv has all)",
            rows.len(),
            count(all)
        )
    };
    add(&title, &ROW_HEADINGS, rows.iter().map(cells).collect())?;
    Ok(text)
}
