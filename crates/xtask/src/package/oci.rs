//! The filter as an OCI image layout: `scratch` and `plugin.wasm`, as Istio pulls plugins (the "compat" variant of the
//! Wasm image specification, which every registry takes).

use serde_json::{Value, json};

use super::archive::{tar, tar_gz};
use super::{Files, digest};
use crate::tools::TaskError;

/// An image.
pub(super) struct Image {
    /// The files of the layout.
    pub(super) files: Files,
    /// What `sha256` of a `WasmPlugin` names.
    pub(super) manifest_digest: String,
}

pub(super) fn layout(filter: &[u8], version: &str) -> Result<Image, TaskError> {
    let plugin = || [("plugin.wasm".to_owned(), filter)];
    let layer = tar_gz(plugin())?;
    let config = json!({
        "architecture": "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{}", digest(&tar(plugin())?))]},
        "history": [{"created_by": "COPY plugin.wasm ./"}]
    });
    let config = config.to_string().into_bytes();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": descriptor("application/vnd.oci.image.config.v1+json", &config),
        "layers": [descriptor("application/vnd.oci.image.layer.v1.tar+gzip", &layer)],
        "annotations": {"org.opencontainers.image.title": "gatepass-filter", "org.opencontainers.image.version": version}
    });
    let manifest = manifest.to_string().into_bytes();
    let mut entry = descriptor("application/vnd.oci.image.manifest.v1+json", &manifest);
    if let Some(entry) = entry.as_object_mut() {
        entry.insert("annotations".to_owned(), json!({"org.opencontainers.image.ref.name": version}));
    }
    let index = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [entry]
    });
    let manifest_digest = digest(&manifest);
    let mut files = Files::new();
    files.insert("oci-layout".to_owned(), json!({"imageLayoutVersion": "1.0.0"}).to_string().into_bytes());
    files.insert("index.json".to_owned(), index.to_string().into_bytes());
    for blob in [config, layer, manifest] {
        files.insert(format!("blobs/sha256/{}", digest(&blob)), blob);
    }
    Ok(Image { files, manifest_digest })
}

fn descriptor(media_type: &str, blob: &[u8]) -> Value {
    json!({"mediaType": media_type, "digest": format!("sha256:{}", digest(blob)), "size": blob.len()})
}
