use std::collections::BTreeMap;

use super::*;

#[derive(Default)]
struct Fake {
    headers: Vec<(&'static str, &'static [u8])>,
    query: &'static str,
    properties: BTreeMap<&'static str, &'static [u8]>,
    options: bool,
}

impl Readable for Fake {
    fn values<'s>(&'s self, name: &[u8]) -> impl Iterator<Item = &'s [u8]> {
        let named = self.headers.iter().filter(|(n, _)| n.as_bytes().eq_ignore_ascii_case(name));
        named.map(|(_, value)| *value)
    }

    fn query(&self) -> Option<&[u8]> {
        Some(self.query.as_bytes())
    }

    fn property(&self, path: &[u8]) -> Option<Vec<u8>> {
        let path = String::from_utf8_lossy(path).replace('\0', ".");
        self.properties.get(path.as_str()).map(|value| value.to_vec())
    }

    fn is_options(&self) -> bool {
        self.options
    }
}

fn sources() -> Sources {
    Sources::new(vec![
        Source::KeyHeader { name: b"apikey".to_vec(), scheme: None },
        Source::KeyQuery { name: b"apikey".to_vec() },
        Source::KeyHeader { name: b"authorization".to_vec(), scheme: Some(b"Bearer".to_vec()) },
    ])
}

fn key(value: &[u8]) -> Shown {
    Shown::Key(CredentialKey::api_key(value))
}

#[test]
fn keys_are_read_from_every_source() {
    let read = |headers: &[(&'static str, &'static str)], query| {
        let headers = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        sources().read(&Fake { headers, query, ..Fake::default() })
    };
    assert_eq!(read(&[], ""), Shown::Missing);
    assert_eq!(read(&[("apikey", "")], "apikey="), Shown::Missing);
    assert_eq!(read(&[("apikey", "  \t")], ""), Shown::Missing);
    assert_eq!(read(&[("ApiKey", "k")], ""), key(b"k"));
    assert_eq!(read(&[], "x=1&apikey=k"), key(b"k"));
    assert_eq!(read(&[("authorization", "bearer  k")], ""), key(b"k"));
    assert_eq!(read(&[("authorization", "Basic k")], ""), Shown::Missing);
    assert_eq!(read(&[("authorization", "Bearerk")], ""), Shown::Missing);
    assert_eq!(read(&[("authorization", "Bearer")], ""), Shown::Missing);
    assert_eq!(read(&[("apikey", "a,b")], ""), key(b"a,b"));
    assert_eq!(read(&[("apikey", "k"), ("authorization", "Bearer k")], "apikey=k"), key(b"k"));
    assert_eq!(read(&[("apikey", "k"), ("authorization", "Bearer j")], ""), Shown::Ambiguous);
    assert_eq!(read(&[("apikey", "k"), ("apikey", "k")], ""), Shown::Ambiguous);
    assert_eq!(read(&[("apikey", "k"), ("ApiKey", "")], ""), Shown::Ambiguous);
    assert_eq!(read(&[], "apikey=k&apikey=k"), Shown::Ambiguous);
    assert_eq!(read(&[], "apikey=%zz"), Shown::Ambiguous);
}

#[test]
fn a_key_that_is_no_text_is_a_key_all_the_same() {
    let request = Fake { headers: vec![("apikey", b"\xff\xfe")], ..Fake::default() };
    assert_eq!(sources().read(&request), key(b"\xff\xfe"));
}

#[test]
fn a_header_is_believed_once_and_never_on_options() {
    let sources = Sources::new(vec![Source::AssertedHeader {
        name: b"x-consumer-custom-id".to_vec(),
        claim: Claim::Custom,
    }]);
    let one: Vec<(&str, &[u8])> = vec![("X-Consumer-Custom-ID", b"app-1")];
    let read = |headers: &[(&'static str, &'static [u8])], options| {
        sources.read(&Fake { headers: headers.to_vec(), options, ..Fake::default() })
    };
    assert_eq!(read(&one, false), Shown::Key(CredentialKey::custom_id(b"app-1")));
    assert_eq!(read(&one, true), Shown::Missing);
    assert_eq!(read(&[one[0], one[0]], false), Shown::Ambiguous);
    assert_eq!(read(&[one[0], ("x-anonymous-consumer", b"true")], false), Shown::Missing);
    assert_eq!(
        read(&[one[0], ("x-anonymous-consumer", b"false")], false),
        Shown::Key(CredentialKey::custom_id(b"app-1"))
    );
}

#[test]
fn a_claim_counts_only_as_text_of_the_right_issuer() {
    let source = Source::AssertedProperty {
        path: b"jwt\0azp".to_vec(),
        issuer_path: Some(b"jwt\0iss".to_vec()),
        claim: Claim::Client { issuer: b"https://idp".to_vec() },
    };
    let sources = Sources::new(vec![source]);
    let read = |properties: &[(&'static str, &'static [u8])]| {
        sources.read(&Fake { properties: properties.iter().copied().collect(), ..Fake::default() })
    };
    let good: (&str, &[u8]) = ("jwt.iss", b"https://idp");
    assert_eq!(read(&[("jwt.azp", b"c"), good]), Shown::Key(CredentialKey::client_id(b"https://idp", b"c")));
    assert_eq!(read(&[("jwt.azp", b"c"), ("jwt.iss", b"https://other")]), Shown::Missing);
    assert_eq!(read(&[("jwt.azp", b"c")]), Shown::Missing);
    assert_eq!(read(&[good]), Shown::Missing);
    assert_eq!(read(&[("jwt.azp", &[0, 0, 0, 0, 0, 0, 0xf0, 0x3f]), good]), Shown::Missing);
    assert_eq!(read(&[("jwt.azp", &[1]), good]), Shown::Missing);
}

#[test]
fn an_application_is_named_by_a_uuid() {
    let sources = Sources::new(vec![Source::AssertedProperty {
        path: b"p".to_vec(),
        issuer_path: None,
        claim: Claim::Application,
    }]);
    let read =
        |value: &'static [u8]| sources.read(&Fake { properties: [("p", value)].into(), ..Fake::default() });
    let id = "0f3b1c4e-8a55-4c4f-9d0b-2f5a6f1f2e11";
    assert_eq!(read(id.as_bytes()), Shown::Application(id.parse().unwrap()));
    assert_eq!(read(b"app"), Shown::Unknown);
    assert_eq!(read(b""), Shown::Missing);
}

#[test]
fn what_is_hidden_is_what_can_be_a_key() {
    let sources = sources();
    assert!(sources.is_key(b"ApiKey", b""));
    assert!(sources.is_key(b"authorization", b"BEARER k"));
    assert!(!sources.is_key(b"authorization", b"Basic k"));
    assert!(!sources.is_key(b"api_key", b"k"));
    assert_eq!(sources.vary(), "apikey, authorization");
    assert_eq!(sources.query_names(), [b"apikey"]);
}
