//! What can go wrong with a plugin server, and that nothing then gets past the guard.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::Duration;

use gatepass_proxy_host::Request;
use serde_json::json;

use super::super::check::Seen;
use super::super::portal::{self, Portal};
use super::kong::Kong;
use super::packed::Packed;
use super::server::{Kind, Server};

const BOTH: [Kind; 2] = [Kind::Stock, Kind::Own];
const SHORT: Duration = Duration::from_millis(400);

/// What the filter lets through while all is well.
fn good() -> Request {
    Request::get("/orders/v1/items").host("api.example").header("apikey", "demo-storefront")
}

fn config() -> serde_json::Value {
    let mut config = portal::configuration("kong");
    Portal::example().fill_in(&mut config, xtask::now_millis());
    config
}

fn started(kind: Kind) -> (Server, Kong, u32) {
    let server = Server::start(kind);
    let mut kong = Kong::new(&server.socket);
    let instance = kong.start_instance(&config()).unwrap();
    (server, kong, instance)
}

/// The guard refused it: the upstream saw nothing, and the client a problem.
fn is_guarded(seen: &Seen, name: &str) {
    assert_eq!((seen.status, seen.upstream.len()), (503, 0), "{name}: {seen:?}");
    assert_eq!(seen.json()["reason"], "decision_missing", "{name}");
    assert_eq!(seen.values("cache-control"), ["no-store"], "{name}");
    assert_eq!(seen.values("retry-after"), ["1"], "{name}");
}

/// How many functions of Kong an allowed request asks for.
fn asked_for(kong: &mut Kong, instance: u32) -> usize {
    let mut most = 0;
    let seen = kong.serve_with(instance, &good(), |asked| most = asked).unwrap();
    assert_eq!((seen.status, seen.upstream.len()), (200, 1));
    most
}

#[test]
fn killed_at_any_moment() {
    let (_server, mut kong, instance) = started(Kind::Own);
    let most = asked_for(&mut kong, instance);
    assert!((8..20).contains(&most), "{most}");
    for moment in 1..=most {
        let (mut server, mut kong, instance) = started(Kind::Own);
        let seen = kong
            .serve_with(instance, &good(), |asked| {
                if asked == moment {
                    server.kill();
                }
            })
            .unwrap();
        assert!(!kong.errors.is_empty(), "{moment}: Kong saw it");
        if moment == most {
            // The decision was made, and told: the last that is asked for.
            assert_eq!(seen.upstream.len(), 1);
        } else {
            is_guarded(&seen, &format!("killed after {moment} of {most}"));
        }
        is_guarded(&kong.serve(instance, &good()).unwrap(), "gone");
    }
}

#[test]
fn restarted_without_its_instances() {
    for kind in BOTH {
        let (_old, mut kong, instance) = started(kind);
        assert_eq!(kong.serve(instance, &good()).unwrap().status, 200);
        let new = Server::start(kind);
        let mut kong = Kong::new(&new.socket);
        is_guarded(&kong.serve(instance, &good()).unwrap(), "no instance");
        assert!(kong.errors[0].starts_with("no plugin instance"), "by which Kong knows to start one");
        let instance = kong.start_instance(&config()).unwrap();
        assert_eq!(kong.serve(instance, &good()).unwrap().status, 200, "{kind:?}: it recovers");
    }
}

#[test]
fn hanging() {
    for kind in BOTH {
        let (server, kong, instance) = started(kind);
        let mut kong = kong.with_timeout(SHORT);
        assert_eq!(kong.serve(instance, &good()).unwrap().status, 200);
        server.freeze();
        is_guarded(&kong.serve(instance, &good()).unwrap(), "frozen");
        assert!(kong.errors[0].starts_with("no data"), "{:?}", kong.errors);
    }
}

/// Other plugins under the same name, in the server of `kong-pdk`: what ours would be with a bug.
#[test]
fn plugins_that_fail_in_other_ways() {
    let plugins = [
        ("throws", "throw new Error('no')"),
        ("throws later", "await kong.request.getMethod(); throw new Error('no')"),
        ("rejects", "return Promise.reject(new Error('no'))"),
        ("returns at once", ""),
        ("returns the word", "return 'allow'"),
        ("never ends", "await new Promise(() => {})"),
        ("blocks", "for (;;) {}"),
        ("ends its process", "process.exit(0)"),
        ("asks for what is not there", "await kong.nonsense.doIt()"),
        ("says another word", "await kong.ctx.shared.set('gatepass', 'deny')"),
        ("says nearly the word", "await kong.ctx.shared.set('gatepass', 'ALLOW')"),
        ("says no word", "await kong.ctx.shared.set('gatepass', '')"),
        ("says yes", "await kong.ctx.shared.set('gatepass', true)"),
        ("says a list", "await kong.ctx.shared.set('gatepass', ['allow'])"),
        (
            "takes it back",
            "await kong.ctx.shared.set('gatepass', 'allow'); await kong.ctx.shared.set('gatepass', null)",
        ),
    ];
    for (name, access) in plugins {
        let folder = tempfile::tempdir().unwrap();
        let source = format!(
            "module.exports = {{ Name: 'gatepass', Priority: 1, Version: '1', Schema: [], \
             Plugin: class {{ async access(kong) {{ {access} }} }} }}\n"
        );
        std::fs::write(folder.path().join("gatepass.js"), source).unwrap();
        let server = Server::start_with(Kind::Stock, folder.path());
        let mut kong = Kong::new(&server.socket).with_timeout(SHORT);
        let instance = kong.start_instance(&json!({})).unwrap();
        is_guarded(&kong.serve(instance, &good()).unwrap(), name);
    }
}

/// What a server may send that is none.
#[test]
fn garbage() {
    let response = |parts: Vec<Packed>| Packed::List(parts).to_bytes();
    let step = |data: Packed| Packed::table([("EventId", Packed::Number(0)), ("Data", data)]);
    let (one, nil, number) = (|| Packed::Number(1), || Packed::Nil, Packed::Number);
    let answers: [(&str, Vec<u8>); 12] = [
        ("nothing", Vec::new()),
        ("text", b"HTTP/1.1 200 OK\r\n\r\nallow".to_vec()),
        ("a byte that is no value", vec![0xc1]),
        ("half a list", vec![0x94, 0x01]),
        ("a list that announces more than there is", vec![0xdd, 0xff, 0xff, 0xff, 0xff]),
        ("a word", Packed::text("allow").to_bytes()),
        ("a request", response(vec![number(0), one(), nil(), step(Packed::text("ret"))])),
        ("the answer to another call", response(vec![one(), number(7), nil(), step(Packed::text("ret"))])),
        ("an error", response(vec![one(), one(), Packed::text("no"), nil()])),
        ("no result", response(vec![one(), one(), nil(), nil()])),
        ("another result", response(vec![one(), one(), nil(), Packed::text("allow")])),
        ("the end at once", response(vec![one(), one(), nil(), step(Packed::text("ret"))])),
    ];
    for (name, answer) in answers {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("js.sock");
        answer_all(&socket, answer);
        let mut kong = Kong::new(&socket).with_timeout(SHORT);
        is_guarded(&kong.serve(0, &good()).unwrap(), name);
    }
}

fn answer_all(socket: &Path, answer: Vec<u8>) {
    let listener = UnixListener::bind(socket).unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            // A peer that is gone wants no answer.
            let _ = stream.read(&mut request).and_then(|_| stream.write_all(&answer));
        }
    });
}

#[test]
fn a_bad_configuration_is_refused_with_every_mistake() {
    for kind in BOTH {
        let (_server, mut kong, instance) = started(kind);
        let mut bad = config();
        bad["realmm"] = "x".into();
        bad["preflight"] = "perhaps".into();
        let error = kong.start_instance(&bad).unwrap_err();
        assert!(error.contains("/realmm") && error.contains("/preflight"), "{error}");
        let error = kong.start_instance(&json!({})).unwrap_err();
        assert!(error.contains("`bundle`") && error.contains("`host`"), "{error}");
        assert_eq!(kong.serve(instance, &good()).unwrap().status, 200, "the others go on");
    }
}

/// Bytes that the decoder of `kong-pdk` takes for others, or that end its process.
#[test]
fn bytes_that_are_read_in_two_ways() {
    let key = |key: &[u8]| Request::get("/orders/v1/items").host("api.example").header("apikey", key);
    let path = |path: &[u8]| Request::get(path).host("api.example").header("apikey", "demo-storefront");
    let long = |byte: u8| [b"/orders/v1/".as_slice(), &[byte; 300], b"x"].concat();
    let cases = [
        ("an overlong letter in the path", path(b"/\xc1\xafrders/v1/items"), "path_ambiguous"),
        ("an overlong slash in the path", path(b"/health\xc0\xaf../orders/v1"), "path_ambiguous"),
        ("a long path", path(&long(0xff)), "path_ambiguous"),
        ("an overlong letter in the key", key(b"\xc1\xa4emo-storefront"), "credential_unknown"),
        ("a byte order mark before the key", key(b"\xef\xbb\xbfdemo-storefront"), "credential_unknown"),
        ("a surrogate in the key", key(b"demo-storefront\xed\xa0\x80"), "credential_unknown"),
        (
            "a byte order mark before the host",
            Request::get("/orders/v1/items")
                .host(b"\xef\xbb\xbfapi.example")
                .header("apikey", "demo-storefront"),
            "host_ambiguous",
        ),
        (
            "an overlong letter in the host",
            Request::get("/orders/v1/items").host(b"\xc1\xa1pi.example").header("apikey", "demo-storefront"),
            "host_ambiguous",
        ),
    ];
    for kind in BOTH {
        let (mut server, mut kong, instance) = started(kind);
        for (name, request, reason) in &cases {
            let seen = kong.serve(instance, request).unwrap();
            assert_eq!(seen.json()["reason"], *reason, "{kind:?}: {name}: {seen:?}");
            assert!(seen.upstream.is_empty());
        }
        let seen = kong.serve(instance, &good().header("__proto__", "x").header("constructor", "y")).unwrap();
        assert_eq!((seen.status, seen.upstream.len()), (200, 1), "{seen:?}");
        assert!(server.is_running() && kong.errors.is_empty(), "{kind:?}: {:?}", kong.errors);
    }
}

#[test]
fn more_headers_than_kong_shows() {
    let many =
        |count: usize| (0..count).fold(good(), |request, number| request.header(format!("x-{number}"), "1"));
    let (_server, mut kong, instance) = started(Kind::Own);
    assert_eq!(kong.serve(instance, &many(990)).unwrap().status, 200);
    for count in [998, 999, 1200] {
        is_guarded(&kong.serve(instance, &many(count)).unwrap(), "the key could be given twice");
    }
}
