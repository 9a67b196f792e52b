//! Differences on a portal of 10 000 applications and 5 000 resources: 50 million pairs.
//!
//! Prints a table: for each comparison how long counting takes, how long writing every row as JSON takes, and the
//! most memory that was ever used (Linux).
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a benchmark may fail, reads the clock, and prints rounded numbers"
)]

use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::time::Instant;

use gatepass::diff::{Diff, Difference, Side};
use gatepass::{Change, Policy, Rbac, ReadOptions, Snapshot};

const APPLICATIONS: u64 = 10_000;
const RESOURCES: u64 = 5_000;
const DEVELOPERS: u64 = 8_000;
const TEAMS: u64 = 200;
const REGISTRATIONS: u64 = 100_000;

/// SplitMix64 of a number: a choice that depends on nothing else.
const fn choice(kind: u64, number: u64, of: u64) -> u64 {
    let mut z = (kind << 40 ^ number).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % of
}

fn id(kind: u64, number: u64) -> String {
    format!("00000000-0000-4000-8{kind:03x}-{number:012x}")
}

fn list(count: u64, item: impl Fn(u64) -> String) -> String {
    format!("[{}]", (0..count).map(item).collect::<Vec<_>>().join(","))
}

fn status(kind: u64, number: u64) -> &'static str {
    match choice(kind, number, 20) {
        0 => "pending",
        1 => "rejected",
        2 => "revoked",
        _ => "approved",
    }
}

/// `month` 1 is the same portal a while later: 1 in 50 registrations and 1 in 100 developers have another status.
fn portal(month: u64) -> String {
    let later = |kind: u64, number, of| if choice(kind + 90, number, of) == 0 { month } else { 0 };
    let developers = list(DEVELOPERS, |n| {
        let status = status(1 + 20 * later(1, n, 100), n);
        format!(
            r#"{{"id":"{}","email":"d{n}@shop.example","full_name":"Developer {n}","status":"{status}"}}"#,
            id(1, n)
        )
    });
    let teams = list(TEAMS, |n| format!(r#"{{"id":"{}","name":"Team {n}"}}"#, id(2, n)));
    let (mut members, mut roles) = (String::new(), String::new());
    for team in 0..TEAMS {
        let comma = if team > 0 { "," } else { "" };
        let own = list(60, |n| format!("\"{}\"", id(1, choice(3, team * 100 + n, DEVELOPERS))));
        let _ = write!(members, "{comma}\"{}\":{own}", id(2, team));
        let assigned = list(100, |n| {
            let role = if choice(4, team * 100 + n, 3) == 0 { "API Viewer" } else { "API Consumer" };
            let entity = id(5, choice(5, team * 100 + n, RESOURCES));
            format!(
                r#"{{"role_name":"{role}","entity_id":"{entity}","entity_type_name":"Services","entity_region":"eu"}}"#
            )
        });
        let _ = write!(roles, "{comma}\"{}\":{assigned}", id(2, team));
    }
    let applications = list(APPLICATIONS, |n| {
        format!(
            r#"{{"id":"{}","name":"App {n}","developer":{{"id":"{}"}}}}"#,
            id(6, n),
            id(1, choice(6, n, DEVELOPERS))
        )
    });
    let registrations = list(REGISTRATIONS, |n| {
        let status = status(7 + 20 * later(7, n, 50), n);
        let application = id(6, choice(8, n, APPLICATIONS));
        let version = id(9, (n * 49_999) % RESOURCES);
        format!(
            r#"{{"id":"{}","status":"{status}","application":{{"id":"{application}"}},"product_version":{{"id":"{version}"}}}}"#,
            id(7, n)
        )
    });
    let versions = list(RESOURCES, |n| {
        let published = if choice(10, n, 10) == 0 { "unpublished" } else { "published" };
        format!(
            r#"{{"id":"{}","product_id":"{}","name":"v1","publish_status":"{published}"}}"#,
            id(9, n),
            id(5, n)
        )
    });
    let products = list(RESOURCES, |n| format!(r#"{{"id":"{}","name":"Product {n}"}}"#, id(5, n)));
    format!(
        r#"{{"format":"gatepass.snapshot/1","exported_at":"2026-11-22T10:00:00Z","api":"v2","region":"eu",
            "portal":{{"id":"{}","name":"Large","rbac_enabled":true}},"developers":{developers},"teams":{teams},
            "team_developers":{{{members}}},"team_roles":{{{roles}}},"applications":{applications},
            "registrations":{registrations},"products":{products},"product_versions":{versions}}}"#,
        id(99, 0)
    )
}

fn read(month: u64) -> Snapshot {
    Snapshot::read(portal(month).as_bytes(), ReadOptions::default()).unwrap().snapshot
}

/// The most memory this process ever had, in MB, where the system tells.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse::<u64>().ok());
    kilobytes.map_or_else(|| "?".to_owned(), |kilobytes| (kilobytes / 1000).to_string())
}

fn main() {
    let (before, after) = (read(0), read(1));
    let revoked = (0..1000).map(|n| Change::RevokeDeveloper { developer_id: id(1, n).parse().unwrap() });
    let planned = before.with(&revoked.collect::<Vec<_>>()).unwrap();
    let off = before.with_rbac(Rbac::Off);
    let side = |snapshot, policy| Side { snapshot, policy };
    let strict = |snapshot| side(snapshot, Policy::Strict);
    println!("{} MB used by the portals", peak());
    println!("| comparison | gained | lost | other reason | counting | all rows as JSON | rows | peak MB |");
    println!("|---|---|---|---|---|---|---|---|");
    for (name, before, after) in [
        ("a month later", strict(&before), strict(&after)),
        ("RBAC off to on", strict(&off), strict(&before)),
        ("plan: 1000 developers revoked", strict(&before), strict(&planned)),
        ("policy konnect to strict", side(&before, Policy::Konnect), strict(&before)),
    ] {
        let began = Instant::now();
        let diff = Diff::new(before, after);
        let counting = began.elapsed().as_secs_f64();
        let began = Instant::now();
        let mut writer = BufWriter::new(std::io::sink());
        serde_json::to_writer(&mut writer, &diff.document(Difference::ALL)).unwrap();
        writer.flush().unwrap();
        let writing = began.elapsed().as_secs_f64();
        let counts = diff.counts();
        let rows = counts.gained + counts.lost + counts.reason_changed;
        println!(
            "| {name} | {} | {} | {} | {counting:.3} s | {writing:.2} s | {rows} | {} |",
            counts.gained,
            counts.lost,
            counts.reason_changed,
            peak()
        );
    }
}
