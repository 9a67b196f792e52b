//! Being a command of kongctl: what its context file tells a running extension.
//!
//! Source: "kongctl CLI Extension Developer Guide" (Kong/kongctl, docs/extensions.md, Apache-2.0): an extension runs as
//! a child of `kongctl`, finds the context by `KONGCTL_EXTENSION_CONTEXT`, and reaches Konnect by calling `kongctl api`
//! again. There are no secrets in the context.

use std::path::PathBuf;

use serde::Deserialize;

use super::base_url::BaseUrl;

/// The variable with the path of the context file.
const VARIABLE: &str = "KONGCTL_EXTENSION_CONTEXT";

/// Largest context that is read.
const CONTEXT_MAX: u64 = 1 << 20;

/// What the context tells that matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extension {
    /// The command path's `id` in `kongctl-extension.yaml`.
    pub(crate) command: String,
    pub(crate) base_url: Option<BaseUrl>,
    /// `json`, `yaml` or `text`.
    pub(crate) output: String,
    /// The kongctl that runs this.
    pub(crate) kongctl: Option<PathBuf>,
}

/// Why the context cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExtensionError {
    #[error(
        "kongctl's context `{path}` cannot be read: {reason}; run this as a command of kongctl, or unset {VARIABLE}"
    )]
    Unreadable { path: String, reason: String },
    #[error("kongctl's base URL `{url}`: {reason}")]
    BaseUrl { url: String, reason: String },
}

#[derive(Deserialize)]
struct Context {
    #[serde(default)]
    matched_command_path: Matched,
    #[serde(default)]
    resolved: Resolved,
    #[serde(default)]
    host: Host,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Matched {
    id: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Resolved {
    base_url: String,
    output: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Host {
    kongctl_path: String,
}

impl Extension {
    /// The context, if kongctl runs this.
    pub(crate) fn of_environment() -> Result<Option<Self>, ExtensionError> {
        let Some(path) = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from) else {
            return Ok(None);
        };
        let unreadable =
            |reason: String| ExtensionError::Unreadable { path: path.display().to_string(), reason };
        let mut json = Vec::new();
        let file = std::fs::File::open(&path).map_err(|error| unreadable(error.to_string()))?;
        std::io::Read::read_to_end(&mut std::io::Read::take(file, CONTEXT_MAX), &mut json)
            .map_err(|error| unreadable(error.to_string()))?;
        Self::read(&json, unreadable).map(Some)
    }

    fn read(json: &[u8], unreadable: impl Fn(String) -> ExtensionError) -> Result<Self, ExtensionError> {
        let context: Context = serde_json::from_slice(json).map_err(|error| unreadable(error.to_string()))?;
        let url = context.resolved.base_url;
        let base_url =
            match url.as_str() {
                "" => None,
                text => Some(text.parse::<BaseUrl>().map_err(|error| ExtensionError::BaseUrl {
                    url: url.clone(),
                    reason: error.to_string(),
                })?),
            };
        let kongctl = Some(context.host.kongctl_path).filter(|path| !path.is_empty()).map(PathBuf::from);
        Ok(Self {
            command: context.matched_command_path.id,
            base_url,
            output: context.resolved.output,
            kongctl,
        })
    }

    /// The words that a command path of kongctl stands for here: `kongctl get portal-snapshot` is `gatepass export`.
    pub(crate) fn words(&self) -> &'static [&'static str] {
        match self.command.as_str() {
            "get_portal_snapshot" => &["export"],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Extension, String> {
        let unreadable = |reason: String| ExtensionError::Unreadable { path: "c".into(), reason };
        Extension::read(json.as_bytes(), unreadable).map_err(|error| error.to_string())
    }

    #[test]
    fn the_context_tells_the_command_the_base_url_and_the_form() {
        let json = r#"{"schema_version": 1, "matched_command_path": {"id": "get_portal_snapshot", "path": ["get", "portal-snapshot"]},
            "resolved": {"profile": "team-a", "base_url": "https://eu.api.konghq.com", "output": "json"},
            "host": {"kongctl_path": "/usr/local/bin/kongctl", "kongctl_version": "1.4.0"}}"#;
        let extension = read(json).unwrap();
        assert_eq!(extension.words(), ["export"]);
        assert_eq!(extension.base_url.unwrap().as_str(), "https://eu.api.konghq.com");
        assert_eq!(
            (extension.output.as_str(), extension.kongctl),
            ("json", Some("/usr/local/bin/kongctl".into()))
        );
        assert_eq!(read("{}").unwrap(), Extension::default());
    }

    #[test]
    fn what_is_no_context_is_said() {
        assert!(read("[").unwrap_err().starts_with("kongctl's context `c` cannot be read: "));
        let insecure = r#"{"resolved": {"base_url": "http://konnect.example"}}"#;
        assert!(read(insecure).unwrap_err().contains("https only"), "{:?}", read(insecure));
    }
}
