//! Says whether Kong's OpenAPI documents are at hand: tests that need them are named as ignored where they are not.

use std::path::Path;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(specs)");
    println!("cargo::rerun-if-env-changed=GATEPASS_SPECS");
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/specs");
    let folder = std::env::var_os("GATEPASS_SPECS").map_or(beside, Into::into);
    println!("cargo::rerun-if-changed={}", folder.display());
    if folder.join("portal-management-v2.yaml").is_file() {
        println!("cargo::rustc-cfg=specs");
        println!("cargo::rustc-env=GATEPASS_SPECS_FOUND={}", folder.display());
    } else {
        println!("cargo::rustc-env=GATEPASS_SPECS_FOUND=");
    }
}
