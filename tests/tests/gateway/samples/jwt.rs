//! `examples/gateway-envoy/envoy-jwt.yaml`: Envoy verifies tokens, the filter decides by what is in them.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use xtask::client::Answer;

use super::Sample;
use super::{arrived, ask, chain, eventually, reason};

/// An identity provider's key.
struct Issuer(EcdsaKeyPair);

impl Issuer {
    fn new() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let key = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(algorithm, key.as_ref(), &random).unwrap())
    }

    /// Its public key, as identity providers publish it.
    fn jwks(&self) -> Value {
        let point = self.0.public_key().as_ref();
        let part = |range| URL_SAFE_NO_PAD.encode(&point[range]);
        let key = json!({"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "1", "x": part(1..33), "y": part(33..65)});
        json!({"keys": [key]})
    }

    fn sign(&self, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&json!({"alg": "ES256", "typ": "JWT", "kid": "1"})), part(claims));
        let signature = self.0.sign(&SystemRandom::new(), text.as_bytes()).unwrap();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Good claims, with these in place of or beside the usual ones.
fn claims(changes: &Value) -> Value {
    let expires = xtask::now_millis() / 1000 + 600;
    let mut claims =
        json!({"iss": "https://idp.example", "aud": "shop", "exp": expires, "azp": "storefront-web"});
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    claims
}

fn with(gateway: &Sample, token: &str, more: &[(&str, &str)]) -> Answer {
    let bearer = format!("Bearer {token}");
    let mut headers = vec![("authorization", bearer.as_str())];
    headers.extend(more);
    ask(gateway.port, "GET", "/orders/v1/items", &headers)
}

#[test]
fn a_verified_claim_is_a_credential_and_nothing_else_is() {
    let (issuer, stranger) = (Issuer::new(), Issuer::new());
    let keys = Path::new(env!("CARGO_TARGET_TMPDIR")).join("jwks.json");
    std::fs::write(&keys, issuer.jwks().to_string()).unwrap();
    let (konnect, relay) = chain();
    let gateway = Sample::start("envoy-jwt.yaml", "jwt", relay.port, |config| {
        let changed = config.replace("filename: jwks.json", &format!("filename: {}", keys.display()));
        assert_ne!(changed, config);
        changed
    });
    let signed = |changes: Value| issuer.sign(&claims(&changes));

    for good in [
        json!({}),
        json!({"azp": null, "client_id": "storefront-web"}),
        json!({"client_id": "storefront-web"}),
    ] {
        let answer = with(&gateway, &signed(good.clone()), &[]);
        assert_eq!((answer.status, reason(&answer)), (200, String::new()), "{good}");
        let headers = arrived(&answer);
        let value =
            |name: &str| headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
        assert_eq!(value("x-gatepass-application-id"), Some("a0000000-0000-4000-8000-000000000001"));
        assert_eq!(value("authorization"), None, "the token stays at the gateway");
    }

    // Verified, and yet no credential, or not a single one.
    for (changes, expected) in [
        (json!({"azp": "somebody-else"}), "credential_unknown"),
        (json!({"azp": "Storefront-Web"}), "credential_unknown"),
        (json!({"client_id": "somebody-else"}), "credential_ambiguous"),
        (json!({"azp": null}), "credential_missing"),
        (json!({"azp": ["storefront-web"]}), "credential_missing"),
        (json!({"azp": {"id": "storefront-web"}}), "credential_missing"),
        (json!({"azp": ""}), "credential_missing"),
        (json!({"azp": 7}), "credential_missing"),
    ] {
        let answer = with(&gateway, &signed(changes.clone()), &[]);
        assert_eq!((answer.status, reason(&answer).as_str()), (401, expected), "{changes}");
    }
    let both = with(&gateway, &signed(json!({})), &[("apikey", "demo-till")]);
    assert_eq!(reason(&both), "credential_ambiguous", "a token of one and a key of another");

    // Not verified: Envoy itself answers, and the filter has nothing to say.
    let good = signed(json!({}));
    let (head, signature) = good.rsplit_once('.').unwrap();
    let swapped = format!("{head}.{}", stranger.sign(&claims(&json!({}))).rsplit_once('.').unwrap().1);
    let unsigned = format!("{}.", head.replacen(head.split_once('.').unwrap().0, "eyJhbGciOiJub25lIn0", 1));
    for (what, status, token) in [
        ("another's signature", 401, swapped),
        ("no signature", 401, unsigned),
        ("another issuer", 401, signed(json!({"iss": "https://other.example"}))),
        ("another audience", 403, signed(json!({"aud": "bank"}))),
        ("expired", 401, signed(json!({"exp": xtask::now_millis() / 1000 - 600}))),
        ("half a token", 401, format!("{head}.{}", signature.split_at(40).0)),
    ] {
        let answer = with(&gateway, &token, &[]);
        assert_eq!((answer.status, reason(&answer)), (status, String::new()), "{what}");
    }

    // Nobody writes Envoy's metadata from outside, and keys go on working.
    let forged = [("x-jwt-payload", "{\"azp\":\"storefront-web\"}"), ("azp", "storefront-web")];
    assert_eq!(reason(&ask(gateway.port, "GET", "/orders/v1/items", &forged)), "credential_missing");
    assert_eq!(ask(gateway.port, "GET", "/orders/v1/items", &[("apikey", "demo-storefront")]).status, 200);

    // A token that is still good for minutes does not help where the registration was revoked.
    let registration =
        konnect.registration("a0000000-0000-4000-8000-000000000001", "90000000-0000-4000-8000-000000000001");
    konnect.patch(&registration, &json!({"status": "revoked"})).unwrap();
    eventually("a revoke reaches callers with tokens", || {
        reason(&with(&gateway, &good, &[])) == "registration_revoked"
    });
    let log = gateway.envoy.log().unwrap();
    assert!(!log.contains("Function: "), "a callback failed:\n{log}");
}
