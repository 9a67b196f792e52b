//! Reads a snapshot file and writes reports 1 and 2 as JSON: `cargo run --release -p gatepass --example reports -- FILE NOW`.
use std::io::Write as _;

use gatepass::report::{Parameters, Report, ReportName};
use gatepass::{ReadOptions, Snapshot};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(now)) = (arguments.next(), arguments.next()) else {
        return Err("usage: reports FILE NOW".into());
    };
    let snapshot = Snapshot::read(&std::fs::read(file)?, ReadOptions::default())?.snapshot;
    let names = [ReportName::NeedsConsumePermission, ReportName::BlockedDevelopers];
    let reports = Report::run_all(&names, &snapshot, &Parameters::at(now.parse()?))?;
    for report in &reports {
        eprintln!("{}: {} rows", report.report, report.rows.len());
        let mut line = serde_json::to_vec(report)?;
        line.push(b'\n');
        std::io::stdout().lock().write_all(&line)?;
    }
    // The process ends here: giving every row back to the allocator first would be a twentieth of its time.
    std::mem::forget(reports);
    std::mem::forget(snapshot);
    Ok(())
}
