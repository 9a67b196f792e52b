//! What can be wrong between here and Konnect: one clear line each, exit 1, and the token nowhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that fails may panic"
)]

mod konnect;

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use gatepass_emulator::{Api, Errors, Faults};
use konnect::{TOKEN, against, command, one_line, output, portal, small};

#[test]
fn a_wrong_token() {
    let emulator = small(Api::V2);
    let token = "kpat_wrongWRONGwrong";
    let mut command = against(&emulator, &["export", "--portal", "Shop"]);
    let line = one_line(&output(command.env("KONNECT_TOKEN", token)), token);
    assert!(line.contains("401") && line.contains("check that KONNECT_TOKEN holds a valid"), "{line}");
}

#[test]
fn no_token_or_one_that_no_header_can_carry() {
    let mut nothing = command("");
    nothing.env_remove("KONNECT_TOKEN");
    let line = one_line(&output(nothing.args(["export", "--portal", "Shop"])), TOKEN);
    assert_eq!(line, "error: there is no token; set KONNECT_TOKEN, or name a file with --konnect-token-file");
    let token = "kpat_two words";
    let line = one_line(&output(command(token).args(["export", "--portal", "Shop"])), token);
    assert!(line.contains("KONNECT_TOKEN has a character that no HTTP header can carry"), "{line}");
    let line = one_line(
        &output(command(TOKEN).args(["export", "--portal", "Shop", "--konnect-token-file", "/no/such"])),
        TOKEN,
    );
    assert!(line.contains("cannot read the secret in `/no/such`"), "{line}");
}

#[test]
fn the_token_of_a_file_goes_before_the_environments() {
    let emulator = small(Api::V2);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, format!("{}\n", emulator.token())).unwrap();
    let (name, _) = portal(&emulator);
    let mut command = against(&emulator, &["export", "--portal", &name]);
    command.env("KONNECT_TOKEN", "kpat_other").args(["--konnect-token-file", file.to_str().unwrap()]);
    konnect::succeeded(&output(&mut command));
}

#[test]
fn an_unknown_portal() {
    let emulator = small(Api::V2);
    let export = |portal: &str, more: &[&str]| {
        let mut command = against(&emulator, &["export", "--portal", portal]);
        one_line(&output(command.args(more)), emulator.token())
    };
    let unknown = "00000000-0000-4000-8000-000000000000";
    for name in ["Nobody's", unknown] {
        let line = export(name, &[]);
        assert!(line.contains(&format!("neither v3 nor v2 of the API has a portal `{name}`")), "{line}");
    }
    let line = export("Nobody's", &["--api", "v2"]);
    assert!(line.contains("there is no portal named `Nobody's` here, there is `"), "{line}");
    let line = export(unknown, &["--api", "v2"]);
    assert!(line.contains("404") && line.contains("check --region, --api and the ids"), "{line}");
}

#[test]
fn a_proxys_page_instead_of_the_api() {
    let emulator = small(Api::V2);
    let errors = Errors { rate: 1.0, statuses: vec![403], html: true };
    emulator.set_faults(Faults { errors, ..Faults::default() });
    let line = one_line(&output(&mut against(&emulator, &["export", "--portal", "Shop"])), emulator.token());
    assert!(line.contains("the answer is a web page, not the API's JSON"), "{line}");
    assert!(line.contains("check --base-url and any proxy"), "{line}");
}

#[test]
fn a_base_url_without_tls_or_with_a_version() {
    for (url, expected) in [
        ("http://eu.api.konghq.com", "a token goes over https only"),
        ("https://eu.api.konghq.com/v3", "leave out `/v3`"),
        ("https://kpat_emulator@eu.api.konghq.com", "has no user, password"),
        ("eu.api.konghq.com", "this is no URL"),
    ] {
        let output = output(command(TOKEN).args(["export", "--portal", "Shop", "--base-url", url]));
        assert_eq!(output.status.code(), Some(1));
        assert!(konnect::stderr(&output).contains(expected), "{}", konnect::stderr(&output));
    }
    let line = one_line(
        &output(command(TOKEN).args(["export", "--portal", "Shop", "--base-url", "http://127.0.0.1:1"])),
        TOKEN,
    );
    assert_eq!(line, "error: --base-url does not tell the portal's region; pass --region too");
}

fn export_from(url: &str) -> String {
    let mut command = command(TOKEN);
    command.args(["export", "--portal", "Shop", "--region", "eu", "--base-url", url]);
    one_line(
        &output(command.args(["--http-retry-max-attempts", "2", "--http-retry-initial-interval", "1ms"])),
        TOKEN,
    )
}

#[test]
fn https_where_only_http_is_spoken() {
    let emulator = small(Api::V2);
    let line = export_from(&emulator.base_url().replace("http:", "https:"));
    assert!(line.contains("the server does not speak https there; check --base-url"), "{line}");
}

#[test]
fn nobody_listens() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let line = export_from(&format!("http://127.0.0.1:{port}"));
    assert!(line.contains("check the network, --region and --base-url"), "{line}");
}

/// A server that gives every request the same answer; what it was sent.
fn answers(answer: &'static str) -> (String, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (told, seen) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).unwrap();
            let _ = told.send(String::from_utf8_lossy(&buffer[..read]).into_owned());
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (url, seen)
}

#[test]
fn a_redirect_is_not_followed_and_the_token_goes_nowhere_else() {
    let (elsewhere, stolen) = answers("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let redirect = format!(
        "HTTP/1.1 302 Found\r\nlocation: {elsewhere}/v3/portals\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    let (url, seen) = answers(redirect.leak());
    let line = export_from(&url);
    assert!(line.contains("redirects are not followed with a token"), "{line}");
    assert!(seen.recv().unwrap().to_ascii_lowercase().contains("authorization: bearer kpat_emulator"));
    assert!(stolen.try_recv().is_err());
}

#[test]
fn a_server_that_repeats_the_token_does_not_make_us_show_it() {
    let (url, _seen) = answers(
        "HTTP/1.1 403 Forbidden\r\ncontent-type: application/problem+json\r\ncontent-length: 75\r\nconnection: close\r\n\r\n{\"status\": 403, \"title\": \"no\", \"detail\": \"not allowed for 'kpat_emulator'\"}",
    );
    let line = export_from(&url);
    assert!(line.contains("403: not allowed for"), "{line}");
}

#[test]
fn a_certificate_that_nobody_trusts() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (key, certificate) = (at("key.pem"), at("certificate.pem"));
    let made = std::process::Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", &key, "-out", &certificate])
        .output()
        .expect("openssl, to make a certificate with: apt-get install openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = std::process::Command::new("openssl")
        .args([
            "s_server",
            "-quiet",
            "-www",
            "-key",
            &key,
            "-cert",
            &certificate,
            "-accept",
            &format!("127.0.0.1:{port}"),
        ])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let _server = konnect::Kept(server);
    for _ in 0..200 {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let line = export_from(&format!("https://127.0.0.1:{port}"));
    assert!(line.contains("certificate"), "{line}");
    assert!(line.contains("trust its certificate authority"), "{line}");
}
