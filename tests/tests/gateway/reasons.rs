//! Proves that no reason was forgotten: each is told to somebody on every host, or cannot be told by a gateway.

use gatepass::Reason;

use super::vector::{self, Host};

/// What no gateway can tell, and why.
const OF_OTHER_QUESTIONS: [(Reason, &str); 5] = [
    (Reason::PortalPublic, "only registering and viewing ask for it"),
    (Reason::NotTeamMember, "only registering has a developer beside the owner"),
    (Reason::RegistrationDisabled, "only registering asks for it"),
    (Reason::StrategyMismatch, "only registering asks for it"),
    (Reason::RegistrationExists, "only registering asks for it"),
];

/// What only gateways tell, with the status; the last one only where headers cannot be removed.
const OF_GATEWAYS: [(&str, u16); 4] = [
    ("host_ambiguous", 400),
    ("path_ambiguous", 400),
    ("host_mismatch", 503),
    ("identity_header_forged", 400),
];

#[test]
fn every_reason_is_told_on_every_host() {
    for host in [Host::ProxyEnvoy, Host::ProxyKong, Host::RealEnvoy] {
        let cases = vector::cases(host);
        let tells = |code: &str, status: u16| {
            cases
                .iter()
                .any(|case| case.expect.reason.as_deref() == Some(code) && case.expect.status == status)
        };
        for reason in Reason::ALL {
            let is_of_others = OF_OTHER_QUESTIONS.iter().any(|(other, _)| other == reason);
            let is_told = tells(reason.code(), reason.http_status());
            assert_ne!(
                is_told, is_of_others,
                "{host:?}: {reason} has a vector, or a place in the list above"
            );
        }
        for (code, status) in OF_GATEWAYS {
            let is_told = tells(code, status);
            assert_eq!(
                is_told,
                host == Host::ProxyKong || code != "identity_header_forged",
                "{host:?}: {code}"
            );
        }
        for case in &cases {
            let Some(code) = case.expect.reason.as_deref() else { continue };
            let known = code.parse::<Reason>().is_ok() || OF_GATEWAYS.iter().any(|(other, _)| *other == code);
            assert!(known, "{}: `{code}` is no reason", case.name);
        }
    }
}
