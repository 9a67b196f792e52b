//! Keys, signatures and chunks as operators use them: `key new`, `bundle build --sign`, `sign`, `verify`, and a relay
//! that signs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails may panic"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use gatepass::bundle::{Built, Bundle, BundleTimestamp, Chunk, GlobalChunk, Manifest, Trust};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_gatepass"))
            .current_dir(self.0.path())
            .args(arguments)
            .output()
            .unwrap()
    }

    /// What a command that must work prints.
    fn good(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Why a command that must not work did not.
    fn bad(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8(output.stderr).unwrap()
    }

    fn key(&self, name: &str) -> String {
        self.good(&["key", "new", "--signing", "-o", name]).trim().to_owned()
    }
}

fn sample() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/gateway-envoy/snapshot.json");
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_signing_key_is_secret_and_never_overwritten() {
    let folder = Folder::new();
    let public = folder.key("relay.key");
    assert!(public.starts_with("ed25519:") && public.len() == 52, "{public}");
    let secret = std::fs::read_to_string(folder.path("relay.key")).unwrap();
    assert!(secret.starts_with("gatepass-signing-key-1:") && !secret.contains(public.get(8..).unwrap()));
    assert!(folder.bad(&["key", "new", "--signing", "-o", "relay.key"]).contains("never overwritten"));
    assert_eq!(std::fs::read_to_string(folder.path("relay.key")).unwrap(), secret);
    assert_ne!(folder.key("other.key"), public);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(folder.path("relay.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        std::fs::set_permissions(folder.path("relay.key"), std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = folder.bad(&["bundle", "build", &sample(), "--sign", "relay.key", "-o", "x.gpb"]);
        assert!(error.contains("others can read the signing key `relay.key` (mode 640)"), "{error}");
        assert!(!folder.path("x.gpb").exists());
    }
    std::fs::write(folder.path("relay.pub"), &public).unwrap();
}

fn verify<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["bundle", "verify", "orders.gpb", "--audience", "edge"], more].concat()
}

#[test]
fn signed_bundles_are_verified_as_a_gateway_would() {
    let folder = Folder::new();
    let (first, second) = (folder.key("first.key"), folder.key("second.key"));
    let file = "orders.gpb";
    folder.good(&["bundle", "build", &sample(), "--sign", "first.key", "--audience", "edge", "-o", file]);
    folder.good(&verify(&["--public-key", &first]));
    folder.good(&verify(&["--public-key", &second, "--public-key", &first]));
    let error = folder.bad(&verify(&["--public-key", &second]));
    assert!(
        error.contains("`orders.gpb` is not signed by a key that counts: none of its signatures"),
        "{error}"
    );
    assert!(folder.bad(&["bundle", "verify", file, "--public-key", &first]).contains("another audience"));
    let error = folder.bad(&verify(&["--public-key", &first, "--policy", "konnect"]));
    assert!(error.contains("another policy"), "{error}");
    let error =
        folder.bad(&verify(&["--public-key", &first, "--portal-id", "a0000000-0000-4000-8000-000000000001"]));
    assert!(error.contains("other portals"), "{error}");
    let error = folder.bad(&verify(&["--public-key", &first, "--max-age", "1s"]));
    assert!(error.contains("seconds old, and may be 1"), "{error}");

    // Rotation: the new key signs beside the old.
    folder.good(&["bundle", "sign", file, "--signing-key-file", "second.key"]);
    folder.good(&verify(&["--public-key", &first]));
    folder.good(&verify(&["--public-key", &second]));
    let shown: serde_json::Value =
        serde_json::from_str(&folder.good(&["bundle", "inspect", file, "--output", "json"])).unwrap();
    assert_eq!(shown["signed_by"].as_array().unwrap().len(), 2);
    // The same key and the same snapshot give the same bytes.
    let bytes = std::fs::read(folder.path(file)).unwrap();
    folder.good(&[
        "bundle",
        "build",
        &sample(),
        "--audience",
        "edge",
        "--sign",
        "second.key",
        "--sign",
        "first.key",
        "-o",
        "again.gpb",
    ]);
    assert_eq!(std::fs::read(folder.path("again.gpb")).unwrap(), bytes);

    // Without its timestamp, or with another's, a bundle has no age.
    folder.good(&[
        "bundle",
        "build",
        &sample(),
        "--policy",
        "konnect",
        "--sign",
        "first.key",
        "-o",
        "konnect.gpb",
    ]);
    std::fs::copy(folder.path("konnect.gpb.timestamp"), folder.path("orders.gpb.timestamp")).unwrap();
    assert!(folder.bad(&verify(&["--public-key", &first])).contains("is of another bundle"));
    std::fs::remove_file(folder.path("orders.gpb.timestamp")).unwrap();
    assert!(folder.bad(&verify(&["--public-key", &first])).contains("nothing says how fresh"));
}

/// A relay on a snapshot file, and its address.
struct Relay {
    child: std::process::Child,
    url: String,
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Relay {
    fn start(folder: &Folder, more: &[&str]) -> Self {
        use std::io::BufRead as _;
        let mut child = Command::new(env!("CARGO_BIN_EXE_gatepass"))
            .current_dir(folder.0.path())
            .args(["relay", "--snapshot", &sample(), "--interval", "100ms", "--listen", "127.0.0.1:0"])
            .args(more)
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = std::io::BufReader::new(child.stderr.take().unwrap()).lines();
        let url = lines.find_map(|line| Some(line.unwrap().strip_prefix("listening on ")?.to_owned()));
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, url: url.expect("the relay listens") }
    }

    fn get(&self, path: &str) -> (u16, Option<String>, Vec<u8>) {
        let agent = ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build().new_agent();
        let mut answer = agent.get(format!("{}{path}", self.url)).call().unwrap();
        let stamp =
            answer.headers().get("x-gatepass-timestamp").map(|value| value.to_str().unwrap().to_owned());
        (answer.status().as_u16(), stamp, answer.body_mut().read_to_vec().unwrap())
    }

    /// The same, once there is something.
    fn first(&self, path: &str) -> (Option<String>, Vec<u8>) {
        loop {
            let (status, stamp, body) = self.get(path);
            if status == 200 {
                return (stamp, body);
            }
            assert_eq!(status, 503);
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }
}

#[test]
fn a_relay_signs_and_serves_chunks_that_make_the_same_bundle() {
    let folder = Folder::new();
    let public = folder.key("relay.key").parse().unwrap();
    let relay = Relay::start(&folder, &["--signing-key-file", "relay.key", "--audience", "edge"]);
    let (stamp, file) = relay.first("/v1/bundle");
    let bundle = Bundle::open(&file).unwrap();
    let trust = Trust {
        bundle_keys: vec![public],
        timestamp_keys: vec![public],
        audience: Some("edge".into()),
        ..Trust::default()
    };
    trust.bundle(&bundle).unwrap();
    trust.timestamp(&BundleTimestamp::from_header(&stamp.unwrap()).unwrap()).unwrap();

    let (stamp, head) = relay.first("/v1/manifest");
    trust.timestamp(&BundleTimestamp::from_header(&stamp.unwrap()).unwrap()).unwrap();
    let manifest = Manifest::parse(&head).unwrap();
    trust.manifest(&manifest).unwrap();
    let part = |sha256: &[u8; 32]| {
        let tag = Manifest::entity_tag(sha256);
        let (status, _, body) = relay.get(&format!("/v1/chunks/{}", tag.trim_matches('"')));
        assert_eq!(status, 200);
        body
    };
    let global = GlobalChunk::verify(part(&manifest.global().sha256), &manifest).unwrap();
    let entries = (0_u32..).zip(manifest.chunks());
    let chunks = entries
        .map(|(index, entry)| Arc::new(Chunk::verify(index, part(&entry.sha256), &manifest).unwrap()))
        .collect();
    let assembled = Bundle::assemble(manifest, Arc::new(global), chunks).unwrap();
    assert_eq!(assembled.content_digest(), bundle.content_digest());
    let bytes = Built {
        manifest: assembled.manifest().clone(),
        global: assembled.global().bytes().to_vec(),
        chunks: assembled.chunks().iter().map(|chunk| chunk.bytes().to_vec()).collect(),
    };
    assert_eq!(bytes.to_bytes(), file, "the same file, part by part");
    for gone in ["/v1/chunks/", "/v1/chunks/00", &format!("/v1/chunks/{}", "ab".repeat(32))] {
        assert_eq!(relay.get(gone).0, 404, "{gone}");
    }
}

#[test]
fn chunks_are_as_protected_as_the_bundle() {
    let folder = Folder::new();
    std::fs::write(folder.path("token"), "t0ken\n").unwrap();
    let relay = Relay::start(&folder, &["--bundle-token-file", "token"]);
    for path in ["/v1/bundle", "/v1/manifest", &format!("/v1/chunks/{}", "ab".repeat(32))] {
        assert_eq!(relay.get(path).0, 401, "{path}");
    }
}
