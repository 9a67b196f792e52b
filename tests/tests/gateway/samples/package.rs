//! The release of the filter: what is in it is what its digests say, the same every time, and its page tells every answer.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use gatepass::Reason;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::super::environment;
use super::documents;

fn release(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    xtask::package::write_to(&environment::filter(), &folder).unwrap()
}

fn unpacked(archive: &Path) -> PathBuf {
    let name = archive.file_name().unwrap().to_str().unwrap();
    archive.with_file_name(name.strip_suffix(".tar.gz").unwrap())
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn the_archive_is_what_its_digests_say_and_the_same_every_time() {
    let (first, second) = (release("package-1"), release("package-2"));
    let bytes = std::fs::read(&first).unwrap();
    assert_eq!(bytes, std::fs::read(&second).unwrap(), "two archives of the same files");
    let sum = std::fs::read_to_string(first.with_extension("gz.sha256")).unwrap();
    assert_eq!(sum.split(' ').next(), Some(digest(&bytes).as_str()));

    // As whoever downloads it does, with the tools of the system.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("package-unpacked");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    assert!(Command::new("tar").arg("-xzf").arg(&first).current_dir(&folder).status().unwrap().success());
    let root = folder.join(unpacked(&first).file_name().unwrap());
    let mut check = Command::new("sha256sum");
    check.args(["--check", "--strict", "--quiet", "SHA256SUMS"]).current_dir(&root);
    assert!(check.status().unwrap().success());
    let listed: BTreeSet<String> = std::fs::read_to_string(root.join("SHA256SUMS"))
        .unwrap()
        .lines()
        .map(|line| line.split_once("  ").unwrap().1.to_owned())
        .collect();
    for file in [
        "gatepass_filter.wasm",
        "gatepass_filter.meta.json",
        "README.md",
        "ANSWERS.md",
        "sbom.cdx.json",
        "examples/gateway-envoy/envoy.yaml",
        "examples/gateway-envoy/envoy-jwt.yaml",
        "examples/gateway-kong/kong.yml",
        "examples/istio/gatepass.yaml",
        "gatepass-filter-oci/oci-layout",
    ] {
        assert!(listed.contains(file), "{file}");
    }
    assert_eq!(
        std::fs::read(root.join("gatepass_filter.wasm")).unwrap(),
        std::fs::read(environment::filter()).unwrap()
    );
}

#[test]
fn the_image_is_scratch_and_the_plugin_and_the_sample_names_its_digest() {
    let root = unpacked(&release("package-oci"));
    let oci = root.join("gatepass-filter-oci");
    let blob = |descriptor: &Value| {
        let digits = descriptor["digest"].as_str().unwrap().strip_prefix("sha256:").unwrap().to_owned();
        let bytes = std::fs::read(oci.join("blobs/sha256").join(&digits)).unwrap();
        assert_eq!((digest(&bytes), bytes.len() as u64), (digits, descriptor["size"].as_u64().unwrap()));
        bytes
    };
    assert_eq!(json(&oci.join("oci-layout"))["imageLayoutVersion"], "1.0.0");
    let index = json(&oci.join("index.json"));
    let entry = &index["manifests"][0];
    let manifest: Value = serde_json::from_slice(&blob(entry)).unwrap();
    let config: Value = serde_json::from_slice(&blob(&manifest["config"])).unwrap();
    let layer = blob(&manifest["layers"][0]);
    assert_eq!(manifest["layers"].as_array().unwrap().len(), 1);
    let mut tar = Vec::new();
    flate2::read::GzDecoder::new(layer.as_slice()).read_to_end(&mut tar).unwrap();
    assert_eq!(config["rootfs"]["diff_ids"][0], format!("sha256:{}", digest(&tar)));
    let mut archive = tar::Archive::new(tar.as_slice());
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.push((entry.path().unwrap().into_owned(), bytes));
    }
    assert_eq!(files, [(PathBuf::from("plugin.wasm"), std::fs::read(environment::filter()).unwrap())]);

    let plugin = documents(&root.join("examples/istio/gatepass.yaml")).remove(0);
    assert_eq!(format!("sha256:{}", plugin["spec"]["sha256"].as_str().unwrap()), entry["digest"]);
    let (_, tag) = plugin["spec"]["url"].as_str().unwrap().rsplit_once(':').unwrap();
    assert_eq!(tag, entry["annotations"]["org.opencontainers.image.ref.name"]);
}

#[test]
fn the_bill_of_materials_names_what_is_compiled_in_and_nothing_else() {
    let root = unpacked(&release("package-sbom"));
    let sbom = json(&root.join("sbom.cdx.json"));
    assert_eq!((&sbom["bomFormat"], &sbom["specVersion"]), (&"CycloneDX".into(), &"1.6".into()));
    let main = &sbom["metadata"]["component"];
    assert_eq!(main["name"], "gatepass-filter");
    let filter = std::fs::read(environment::filter()).unwrap();
    assert_eq!(main["hashes"][0]["content"], digest(&filter));
    let components = sbom["components"].as_array().unwrap();
    let names: BTreeSet<&str> = components.iter().map(|found| found["name"].as_str().unwrap()).collect();
    for name in ["gatepass", "serde_json", "sha2", "base64", "chrono", "uuid"] {
        assert!(names.contains(name), "{name}");
    }
    // For tests, for other targets, and for other packages.
    for name in ["jsonschema", "proptest", "js-sys", "wasm-bindgen", "tokio", "clap"] {
        assert!(!names.contains(name), "{name}");
    }
    for found in components {
        assert!(found["purl"].as_str().unwrap().starts_with("pkg:cargo/"), "{found}");
        assert_ne!(found["licenses"][0]["expression"], "", "{found}");
        let is_ours = found["name"].as_str().unwrap().starts_with("gatepass");
        assert_eq!(found["hashes"][0]["content"].as_str().map(str::len), (!is_ours).then_some(64), "{found}");
    }
    let reference = |value: &Value| value.as_str().unwrap().to_owned();
    let all = components.iter().chain([main]);
    let references: BTreeSet<String> = all.map(|found| reference(&found["bom-ref"])).collect();
    for dependency in sbom["dependencies"].as_array().unwrap() {
        let on = dependency["dependsOn"].as_array().unwrap();
        assert!(
            references.contains(&reference(&dependency["ref"]))
                && on.iter().all(|on| references.contains(&reference(on)))
        );
    }
}

#[test]
fn the_page_tells_every_answer_with_its_status() {
    let page = include_str!("../../../../crates/filter/ANSWERS.md");
    let mut told = BTreeSet::new();
    for row in page.lines().filter(|line| line.starts_with("| 4") || line.starts_with("| 5")) {
        let status: u16 = row.split('|').nth(1).unwrap().trim().parse().unwrap();
        for code in row.split('|').nth(2).unwrap().split('`').skip(1).step_by(2) {
            let of_gateway = [
                ("host_ambiguous", 400),
                ("path_ambiguous", 400),
                ("identity_header_forged", 400),
                ("host_mismatch", 503),
            ];
            let known = of_gateway.iter().find(|(known, _)| *known == code).map(|(_, status)| *status);
            let known = known.or_else(|| Some(code.parse::<Reason>().ok()?.http_status()));
            assert_eq!(known, Some(status), "{code}");
            told.insert(code);
        }
    }
    // Of another question than whether a request may pass.
    let elsewhere = [
        "portal_public",
        "not_team_member",
        "registration_disabled",
        "registration_exists",
        "strategy_mismatch",
    ];
    for reason in Reason::ALL {
        let code = reason.code();
        assert_ne!(elsewhere.contains(&code), told.contains(code), "{code}");
    }
}
