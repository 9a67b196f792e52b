//! Reads a snapshot file and makes reports 1 and 2: as JSON with `--json`, otherwise only their number of rows and
//! the digest of what identifies a row, as `benches/python/reports.py` does.
//!
//! `cargo run --release -p gatepass --example reports -- FILE NOW [--json]`
use std::io::Write as _;

use gatepass::report::{Parameters, Report, ReportName, Rows};
use gatepass::{ReadOptions, Snapshot};
use sha2::{Digest as _, Sha256};

fn keys(report: &Report<'_>) -> Vec<String> {
    let mut keys: Vec<String> = match &report.rows {
        Rows::NeedsConsumePermission(rows) => {
            let who = rows.iter().filter_map(|row| Some((row.cause, row.developer_id?)));
            who.map(|(cause, developer)| format!("{cause} {developer}")).collect()
        }
        Rows::BlockedDevelopers(rows) => {
            rows.iter().map(|row| format!("{} {}", row.stage, row.application_id)).collect()
        }
        _ => Vec::new(),
    };
    keys.sort_unstable();
    keys
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(now)) = (arguments.next(), arguments.next()) else {
        return Err("usage: reports FILE NOW [--json]".into());
    };
    let json = arguments.next().is_some();
    let snapshot = Snapshot::read(&std::fs::read(file)?, ReadOptions::default())?.snapshot;
    let names = [ReportName::NeedsConsumePermission, ReportName::BlockedDevelopers];
    let reports = Report::run_all(&names, &snapshot, &Parameters::at(now.parse()?))?;
    for report in &reports {
        let line = if json {
            serde_json::to_string(report)?
        } else {
            let keys = keys(report);
            let digest = Sha256::digest(keys.join("\n"));
            let digest: Vec<String> = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
            format!("{}: {} rows, {}", report.report, keys.len(), digest.concat())
        };
        std::io::stdout().lock().write_all((line + "\n").as_bytes())?;
    }
    // The process ends here: giving every row back to the allocator first would be a twentieth of its time.
    std::mem::forget(reports);
    std::mem::forget(snapshot);
    Ok(())
}
