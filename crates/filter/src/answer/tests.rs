use super::*;

const AUDIENCE: Audience<'static> = Audience {
    host: HostKind::Envoy,
    disclose: Disclose::Reason,
    realm: "orders",
    is_grpc: false,
    accept: None,
    request_id: Some("id-1"),
};

fn codes() -> impl Iterator<Item = Code> {
    let own = [Code::HostAmbiguous, Code::PathAmbiguous, Code::IdentityHeaderForged, Code::HostMismatch];
    Reason::ALL.iter().copied().map(Code::Rule).chain(own)
}

#[test]
fn every_code_has_a_readable_answer() {
    for code in codes() {
        let response = answer(code, &AUDIENCE);
        assert_eq!(response.status, u32::from(code.status()));
        let body: serde_json::Value = serde_json::from_str(&response.body).unwrap();
        assert_eq!(body["reason"], code.as_str());
        assert_eq!(body["type"], format!("urn:gatepass:problem:{}", code.as_str()));
        assert_eq!(body["status"], code.status());
        assert_eq!(body["detail"], body["message"]);
        assert_eq!(body["request_id"], "id-1");
        let mut names: Vec<_> = response.headers.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), response.headers.len(), "nginx keeps only the last of equal headers");
    }
}

#[test]
fn undisclosed_answers_of_one_status_are_alike() {
    let audience = Audience { disclose: Disclose::None, ..AUDIENCE };
    for status in [400, 401, 403, 503] {
        let mut bodies: Vec<_> =
            codes().filter(|code| code.status() == status).map(|code| answer(code, &audience).body).collect();
        bodies.dedup();
        assert_eq!(bodies.len(), 1, "{status}");
        assert!(!bodies[0].contains("reason"), "{}", bodies[0]);
    }
}

#[test]
fn the_status_has_its_header() {
    let header = |code: Code, wanted: &str| {
        answer(code, &AUDIENCE).headers.into_iter().find(|(name, _)| *name == wanted).map(|(_, value)| value)
    };
    let missing = Code::Rule(Reason::CredentialMissing);
    assert_eq!(header(missing, "www-authenticate").unwrap(), "Key realm=\"orders\"");
    assert_eq!(header(Code::HostMismatch, "retry-after").unwrap(), "1");
    assert_eq!(header(missing, "cache-control").unwrap(), "no-store");
}

#[test]
fn text_is_given_only_where_it_is_preferred() {
    for (accept, text) in [
        ("", false),
        ("*/*", false),
        ("text/plain", true),
        ("text/*", true),
        ("TEXT/PLAIN", true),
        ("text/plain, application/json", false),
        ("text/plain;q=0.5, application/json;q=0.4", true),
        ("text/plain;q=0.5, */*;q=0.8", false),
        ("text/html, */*;q=0.1", false),
        ("application/json", false),
        ("text/plain;q=0", false),
        ("text/plain;q=banana", false),
        ("text/plain;q=99999999999", false),
    ] {
        assert_eq!(prefers_text(Some(accept.as_bytes())), text, "{accept}");
    }
    assert!(!prefers_text(Some(b"\xff")) && !prefers_text(None));
    let response = answer(Code::PathAmbiguous, &Audience { accept: Some(b"text/plain"), ..AUDIENCE });
    assert_eq!(
        response.body,
        "400 Bad request\npath_ambiguous: the path of the request has more than one reading\n"
    );
}

#[test]
fn grpc_is_answered_as_grpc_and_nothing_else_is() {
    for (content_type, grpc) in [
        ("application/grpc", true),
        ("Application/gRPC", true),
        ("application/grpc+proto", true),
        ("application/grpc-web", false),
        ("application/grpc;x", false),
        ("application/json", false),
        ("", false),
    ] {
        assert_eq!(is_grpc(content_type.as_bytes()), grpc, "{content_type}");
    }
    let denied = Code::Rule(Reason::RegistrationPending);
    let envoy = answer(denied, &Audience { is_grpc: true, ..AUDIENCE });
    assert_eq!((envoy.status, envoy.grpc_status), (403, 7));
    assert!(envoy.headers.contains(&("x-gatepass-reason", "registration_pending".to_owned())));
    let kong = answer(denied, &Audience { is_grpc: true, host: HostKind::Kong, ..AUDIENCE });
    assert_eq!((kong.status, kong.grpc_status, kong.body.as_str()), (200, -1, ""));
    assert!(kong.headers.contains(&("grpc-status", "7".to_owned())));
    let quiet = answer(denied, &Audience { is_grpc: true, disclose: Disclose::None, ..AUDIENCE });
    assert!(quiet.headers.iter().all(|(name, _)| *name != "x-gatepass-reason"));
}
