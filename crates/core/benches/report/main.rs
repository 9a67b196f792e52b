//! Reports on the portal they are budgeted for: reading it, reports 1 and 2 together, and each report alone.
//!
//! With `GATEPASS_WRITE_PORTAL=FILE` the portal is written to a file instead, for the comparison with Python
//! (`benches/python/`).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a benchmark that fails may panic, and its numbers are small"
)]

mod portal;

use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use gatepass::report::{Parameters, Report, ReportName};
use gatepass::{ReadOptions, Snapshot};

const ONE_AND_TWO: [ReportName; 2] = [ReportName::NeedsConsumePermission, ReportName::BlockedDevelopers];

fn read(file: &str) -> Snapshot {
    Snapshot::read(file.as_bytes(), ReadOptions::default()).unwrap().snapshot
}

fn main() {
    let file = portal::portal();
    if let Some(path) = std::env::var_os("GATEPASS_WRITE_PORTAL") {
        std::fs::write(path, file).unwrap();
        return;
    }
    let mut criterion = Criterion::default()
        .sample_size(10)
        .measurement_time(Duration::from_secs(4))
        .warm_up_time(Duration::from_secs(1))
        .configure_from_args();
    let parameters = Parameters::at(portal::NOW.parse().unwrap());
    println!("{} bytes", file.len());
    criterion.bench_function("report/read", |bencher| bencher.iter(|| read(black_box(&file))));
    criterion.bench_function("report/read_and_1_and_2_as_json", |bencher| {
        bencher.iter(|| {
            let snapshot = read(black_box(&file));
            let reports = Report::run_all(&ONE_AND_TWO, &snapshot, &parameters).unwrap();
            reports.iter().map(|report| serde_json::to_vec(report).unwrap().len()).sum::<usize>()
        });
    });
    let snapshot = read(&file);
    // What fixes are chosen by is derived once per snapshot; deriving it is part of the line above.
    for report in Report::run_all(ReportName::ALL, &snapshot, &parameters).unwrap() {
        println!("{}: {} rows", report.report, report.rows.len());
    }
    criterion.bench_function("report/1_and_2", |bencher| {
        bencher.iter(|| Report::run_all(&ONE_AND_TWO, &snapshot, &parameters).unwrap().len());
    });
    for name in ReportName::ALL {
        criterion.bench_function(&format!("report/{name}"), |bencher| {
            bencher.iter(|| Report::run(*name, &snapshot, &parameters).unwrap().rows.len());
        });
    }
    criterion.final_summary();
}
