//! Against Kong's own documents, where they are at hand: every request is an operation of theirs.

use std::collections::BTreeSet;

use super::apply::{self, Apply};
use super::crawl::{self, Crawl, Target};
use super::server::{Server, id};
use super::{ApiVersion, Request};
use crate::Timestamp;

const NOW: Timestamp = Timestamp::from_millis(1_795_341_600_000);

/// Kong's documents are not in the repository: see DESIGN.
pub(super) fn documents() -> Option<std::path::PathBuf> {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = match std::env::var_os("GATEPASS_SPECS") {
        Some(folder) => folder.into(),
        None => here.join("../../../shared/specs"),
    };
    if folder.join("examples/INDEX.json").is_file() {
        return Some(folder);
    }
    println!(
        "the Konnect conformance suite was not run: {} is absent; get Kong's documents from \
         github.com/Kong/developer.konghq.com (api-specs/konnect) and set GATEPASS_SPECS to their folder",
        folder.display()
    );
    None
}

/// The operations of a document, as `GET /v2/portals/{portalId}`. Read line by line: paths are the only keys
/// with a leading slash at two blanks, methods the only such words at four.
fn operations(folder: &std::path::Path, document: &str, version: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(folder.join(document)).unwrap();
    let mut operations = BTreeSet::new();
    let mut path = String::new();
    for line in text.lines() {
        let line = line.trim_end().trim_end_matches(':').replace('\'', "");
        if let Some(found) = line.strip_prefix("  /") {
            path = format!("/{version}/{found}");
        } else if let Some(method @ ("get" | "post" | "put" | "patch" | "delete")) = line.strip_prefix("    ")
        {
            operations.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    assert!(operations.len() > 5, "{document} has no operations");
    operations
}

fn is_operation(request: &str, operations: &BTreeSet<String>) -> bool {
    let asked: Vec<&str> = request.split('/').collect();
    operations.iter().any(|operation| {
        let known: Vec<&str> = operation.split('/').collect();
        known.len() == asked.len()
            && known.iter().zip(&asked).all(|(known, asked)| known == asked || known.starts_with('{'))
    })
}

fn record(sent: &mut BTreeSet<String>, request: &Request) {
    let path = request.path.split('?').next().unwrap();
    sent.insert(format!("{} {path}", request.method));
}

fn crawled(api: ApiVersion, sent: &mut BTreeSet<String>) {
    let mut server = match api {
        ApiVersion::V2 => Server::v2(3, 2, 3),
        ApiVersion::V3 => Server::v3(3, 2, 3),
    };
    for target in [Target::Id(id(1).parse().unwrap()), Target::Name("Orders".into())] {
        let mut crawl = Crawl::new(target, api, crawl::Options::default());
        while let crawl::Step::Send(requests) = crawl.next(NOW) {
            for request in requests {
                record(sent, &request);
                crawl.answer(request.id, &server.answer(&request), NOW, 0.0);
            }
        }
        assert_eq!(crawl.into_result().unwrap().partial, []);
    }
}

fn applied(api: ApiVersion, plan: &serde_json::Value, mut server: Server, sent: &mut BTreeSet<String>) {
    let subjects = crate::plan::subjects(plan);
    let options = apply::Options::new(api, id(1).parse().unwrap(), "digest");
    let mut apply = Apply::new(options, subjects, &[]).unwrap();
    loop {
        match apply.next(NOW) {
            apply::Step::Send(request) => {
                record(sent, &request);
                apply.answer(request.id, &server.answer(&request), NOW, 0.0);
            }
            apply::Step::Done(summary) => return assert!(summary.is_success(), "{summary:?}"),
            _ => {}
        }
    }
}

#[test]
fn every_request_is_an_operation_of_the_documents() {
    let Some(folder) = documents() else { return };
    let strategies = operations(&folder, "application-auth-strategies-v2.yaml", "v2");
    for (api, [management, products]) in [
        (ApiVersion::V2, ["portal-management-v2.yaml", "api-products-v2.yaml"]),
        (ApiVersion::V3, ["portal-management-v3.yaml", "api-builder-v3.yaml"]),
    ] {
        let mut known = strategies.clone();
        known.extend(operations(&folder, management, api.as_str()));
        known.extend(operations(&folder, products, api.as_str()));
        let mut sent = BTreeSet::new();
        crawled(api, &mut sent);
        for (of, plan, server, _) in apply::cases() {
            if of == api {
                applied(api, &plan, server(), &mut sent);
            }
        }
        let odd: Vec<&String> = sent.iter().filter(|request| !is_operation(request, &known)).collect();
        assert!(odd.is_empty(), "{odd:?}");
        println!("{} kinds of requests of {api:?} are operations of the documents", sent.len());
    }
}
