use super::*;

fn body(data: &str) -> Vec<u8> {
    format!(r#"{{"meta": {{"page": {{"number": 1, "size": 10, "total": 1}}}}, "data": [{data}]}}"#)
        .into_bytes()
}

#[test]
fn numbers_may_have_a_fraction_of_zero() {
    let page = developers(br#"{"meta":{"page":{"number":1.0,"size":10.0,"total":0.0}},"data":[]}"#).unwrap();
    assert_eq!((page.number, page.size, page.total), (Some(1), Some(10), Some(0)));
    let odd = developers(br#"{"meta":{"page":{"number":"1","size":1.5,"total":-1}},"data":[]}"#).unwrap();
    assert_eq!((odd.number, odd.size, odd.total), (None, None, None));
}

#[test]
fn timestamps_come_in_three_shapes() {
    for time in ["2022-12-22T20:13:07.305Z", "2022-02-07T17:46:57.52Z", "2023-11-14T18:06:57Z"] {
        let team = format!(r#"{{"id":"d3874c1b-2fc7-4d0e-9d58-1ce5307ec1d2","created_at":"{time}"}}"#);
        assert!(teams(&body(&team)).unwrap().problems.is_empty(), "{time}");
    }
    let odd = r#"{"id":"d3874c1b-2fc7-4d0e-9d58-1ce5307ec1d2","created_at":"2023-11-14"}"#;
    let page = teams(&body(odd)).unwrap();
    let problem = page.problems.iter().next().unwrap();
    assert_eq!((problem.code, problem.path.as_str()), ("timestamp_invalid", "/data/0/created_at"));
}

#[test]
fn missing_and_null_optional_members_are_no_problem() {
    // Portal Management 2.0.0: no labels, scopes or strategy.
    let old = r#"{"id":"d3874c1b-2fc7-4d0e-9d58-1ce5307ec1d2","name":"App","developer":{"id":"d3874c1b-2fc7-4d0e-9d58-1ce5307ec1d3"},"auth_strategy":null}"#;
    assert!(applications(&body(old)).unwrap().problems.is_empty());
}

#[test]
fn a_page_does_not_compare_its_objects() {
    // Kong's own examples repeat ids and state a wrong total.
    let team = r#"{"id":"d3874c1b-2fc7-4d0e-9d58-1ce5307ec1d2"}"#;
    let page = teams(&body(&format!("{team},{team}"))).unwrap();
    assert_eq!((page.items.len(), page.total), (2, Some(1)));
    assert!(page.problems.is_empty());
}

#[test]
fn every_surprise_is_a_problem_and_none_ends_the_reading() {
    let odd = r#"{"id":7,"email":null,"full_name":"x","status":"Approved"}, 3"#;
    let page = developers(&body(odd)).unwrap();
    let found: Vec<_> = page.problems.iter().map(|problem| (problem.code, problem.path.as_str())).collect();
    assert_eq!(
        found,
        [
            ("uuid_invalid", "/data/0/id"),
            ("wrong_type", "/data/1"),
            ("status_unrecognized", "/data/0/status"),
            ("text_missing", "/data/0/email"),
        ]
    );
}

#[test]
fn objects_stay_as_they_were_written() {
    let odd = r#"{ "id" : "x", "b":1.0, "a" : 12345678901234567890123, "b": "\u0041" }"#;
    let page = teams(&body(odd)).unwrap();
    assert_eq!((page.items[0].json(), page.items[0].key()), (odd, "x"));
}

/// What an operation of the official documents answers with; `None` if it is nothing we read.
fn official(operation: &str) -> Option<(Kind, bool)> {
    Some(match operation {
        "list-portals" => (Kind::Portal, true),
        "get-portal" | "create-portal" | "update-portal" => (Kind::Portal, false),
        "list-portal-developers" => (Kind::Developer, true),
        "get-developer" | "create-developer" | "update-developer" => (Kind::Developer, false),
        "list-portal-team-developers" => (Kind::TeamDeveloper, true),
        "list-portal-teams" | "list-portal-developer-teams" => (Kind::Team, true),
        "get-portal-team" | "create-portal-team" | "update-portal-team" => (Kind::Team, false),
        "list-portal-team-roles" => (Kind::AssignedRole, true),
        "assign-role-to-portal-teams" => (Kind::AssignedRole, false),
        "list-portal-team-group-mappings" | "update-portal-team-group-mappings" => (Kind::GroupMapping, true),
        "list-applications" => (Kind::Application, true),
        "get-application" | "get-application-unscoped" | "create-application" | "update-application" => {
            (Kind::Application, false)
        }
        "list-registrations" | "list-registrations-by-application" => (Kind::Registration, true),
        "get-application-registration"
        | "update-application-registration"
        | "create-application-registration" => (Kind::Registration, false),
        "list-portal-products" | "get-many-api-product" => (Kind::Product, true),
        "get-api-product" | "create-api-product" | "update-api-product" => (Kind::Product, false),
        "list-portal-product-versions" => (Kind::PortalProductVersion, true),
        "get-portal-product-version"
        | "create-portal-product-version"
        | "update-portal-product-version"
        | "replace-portal-product-version" => (Kind::PortalProductVersion, false),
        "get-many-api-product-version" => (Kind::ApiProductVersion, true),
        "get-api-product-version" | "create-api-product-version" | "update-api-product-version" => {
            (Kind::ApiProductVersion, false)
        }
        "list-app-auth-strategies" => (Kind::AuthStrategy, true),
        "get-app-auth-strategy"
        | "create-app-auth-strategy"
        | "update-app-auth-strategy"
        | "replace-app-auth-strategy" => (Kind::AuthStrategy, false),
        "list-apis" => (Kind::Api, true),
        "fetch-api" | "create-api" | "update-api" => (Kind::Api, false),
        "list-credentials-by-application" | "list-credentials" => (Kind::Credential, true),
        _ => return None,
    })
}

/// Operations of the official examples that nothing here reads, each with why.
const NOT_OURS: &[(&str, &str)] = &[
    ("create-credential", "only developers create credentials, and the answer holds a secret"),
    ("create-api-version", "specifications of APIs decide nothing"),
    ("fetch-api-version", "specifications of APIs decide nothing"),
    ("list-api-versions", "specifications of APIs decide nothing"),
    ("update-api-version", "specifications of APIs decide nothing"),
    ("list-api-operations", "ACE's operations are not modelled"),
    ("fetch-api-operation", "ACE's operations are not modelled"),
    ("list-api-registrations", "the portal's own list is read instead"),
    ("list-developers-by-application", "who may use an application follows from its owner"),
    ("get-api-actions", "the portal view reads actions"),
    ("get-product-actions", "the portal view reads actions"),
    ("list-granted-scopes", "scopes decide nothing here"),
    ("get-application-granted-scopes", "scopes decide nothing here"),
    ("get-application-product-version-granted-scopes", "scopes decide nothing here"),
    ("list-portal-roles", "the two roles are known"),
];

#[test]
fn the_official_response_bodies_read() {
    let Some(folder) = crate::konnect::conformance::documents() else { return };
    let index = std::fs::read(folder.join("examples/INDEX.json")).unwrap();
    let index: Vec<serde_json::Value> = serde_json::from_slice(&index).unwrap();
    let (mut read_bodies, mut not_ours) = (0, 0);
    for entry in index.iter().filter(|entry| entry["status"] != "req") {
        let file = entry["file"].as_str().unwrap();
        let operation = entry["op"].as_str().unwrap();
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let Some((kind, list)) = official(operation) else {
            assert!(NOT_OURS.iter().any(|(known, _)| *known == operation), "{operation} is not sorted");
            not_ours += 1;
            continue;
        };
        let problems = if list {
            read(kind, &bytes).unwrap_or_else(|problems| panic!("{file}: {problems:?}")).problems
        } else {
            object(kind, &bytes).unwrap_or_else(|problems| panic!("{file}: {problems:?}")).1
        };
        assert!(problems.is_empty(), "{file}: {problems:?}");
        read_bodies += 1;
    }
    assert_eq!(read_bodies + not_ours, 146);
    println!("{read_bodies} official response bodies read, {not_ours} are not ours");
    for (name, kind) in [
        ("list-portal-developers", Kind::Developer),
        ("list-portal-developer-teams", Kind::Team),
        ("list-portal-team-roles", Kind::AssignedRole),
    ] {
        let bytes = std::fs::read(folder.join(format!("examples/blog/{name}.json"))).unwrap();
        let page = read(kind, &bytes).unwrap();
        assert!(page.problems.is_empty() && !page.items.is_empty(), "{name}");
    }
}

#[test]
fn a_number_that_no_reader_can_hold_spoils_its_page_and_nothing_after() {
    let page = |number: &str| {
        format!(
            r#"{{"data": [{{"id": "a"}}, {{"id": "b", "x": {number}}}], "meta": {{"page": {{"total": 2}}}}}}"#
        )
    };
    for fits in ["1e300", "12", "-1.5E-400", &"9".repeat(300)] {
        assert!(read(Kind::Developer, page(fits).as_bytes()).is_ok(), "{fits}");
    }
    for too_large in ["1e900", "-1E309", &"9".repeat(400)] {
        let problems = read(Kind::Developer, page(too_large).as_bytes()).unwrap_err();
        let problem = problems.iter().next().unwrap();
        assert_eq!((problem.code, &*problem.path), ("number_too_large", "/data/1"));
        assert!(object(Kind::Portal, format!(r#"{{"id": {too_large}}}"#).as_bytes()).is_err());
    }
}
