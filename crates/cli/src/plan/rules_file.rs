//! The rules file: YAML and TOML become JSON here, and the core reads that.

use std::path::{Path, PathBuf};

use gatepass::Snapshot;
use gatepass::approvals::Rules;

use crate::failure::{Failure, lines};
use crate::files;

/// Why the rules cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RulesFileError {
    #[error("`{}` is not UTF-8 text", path.display())]
    Utf8 { path: PathBuf },
    #[error("`{}` is no YAML: {source}", path.display())]
    Yaml { path: PathBuf, source: serde_yaml_ng::Error },
    #[error("`{}` is no TOML: {source}", path.display())]
    Toml { path: PathBuf, source: Box<toml::de::Error> },
    #[error("`{}` has a key that is no text, or a value that JSON has not: {source}", path.display())]
    Json { path: PathBuf, source: serde_json::Error },
}

/// Reads the rules, and checks them against the portal. Warnings are printed.
pub(crate) fn rules(path: &Path, snapshot: &Snapshot) -> Result<Rules, Failure> {
    let json = json(path, files::read(path)?)?;
    let reading = Rules::read_for(&json, snapshot).map_err(|error| Failure::Problems {
        path: path.to_owned(),
        problems: Box::new(error.problems().clone()),
    })?;
    anstream::eprint!("{}", lines(&reading.problems));
    Ok(reading.rules)
}

/// The file as JSON. JSON itself goes on as it is, so that the core sees what is there twice.
fn json(path: &Path, bytes: Vec<u8>) -> Result<Vec<u8>, RulesFileError> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let begins_as_json = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    match extension.to_ascii_lowercase().as_str() {
        "json" => Ok(bytes),
        "toml" => {
            let text = text(path, &bytes)?;
            let table: toml::Table = toml::from_str(text)
                .map_err(|source| RulesFileError::Toml { path: path.to_owned(), source: Box::new(source) })?;
            written(path, &table)
        }
        "yaml" | "yml" => yaml(path, &bytes),
        _ if begins_as_json => Ok(bytes),
        _ => yaml(path, &bytes),
    }
}

/// YAML's own value refuses a key that is there twice; JSON's would keep the last.
fn yaml(path: &Path, bytes: &[u8]) -> Result<Vec<u8>, RulesFileError> {
    let value: serde_yaml_ng::Value = serde_yaml_ng::from_str(text(path, bytes)?)
        .map_err(|source| RulesFileError::Yaml { path: path.to_owned(), source })?;
    written(path, &value)
}

fn text<'b>(path: &Path, bytes: &'b [u8]) -> Result<&'b str, RulesFileError> {
    std::str::from_utf8(bytes).map_err(|_| RulesFileError::Utf8 { path: path.to_owned() })
}

fn written(path: &Path, value: &impl serde::Serialize) -> Result<Vec<u8>, RulesFileError> {
    serde_json::to_vec(value).map_err(|source| RulesFileError::Json { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<serde_json::Value, String> {
        let json = json(Path::new(name), text.as_bytes().to_vec()).map_err(|error| error.to_string())?;
        serde_json::from_slice(&json).map_err(|error| error.to_string())
    }

    #[test]
    fn the_three_forms_say_the_same() {
        let yaml =
            "trusted:\n  - {domain: arsenal.com, team: Arsenal}\nrequire_ready_team: false # no roles yet\n";
        let toml = "require_ready_team = false\n[[trusted]]\ndomain = \"arsenal.com\"\nteam = \"Arsenal\"\n";
        let json =
            r#"{"trusted": [{"domain": "arsenal.com", "team": "Arsenal"}], "require_ready_team": false}"#;
        let expected: serde_json::Value = serde_json::from_str(json).unwrap();
        for (name, text) in [("r.yaml", yaml), ("r.YML", yaml), ("-", yaml), ("r.toml", toml), ("r", json)] {
            assert_eq!(read(name, text).unwrap(), expected, "{name}");
        }
    }

    #[test]
    fn what_is_there_twice_is_seen_in_every_form() {
        let yaml = read("r.yaml", "otherwise: hold\notherwise: reject\n").unwrap_err();
        assert!(yaml.starts_with("`r.yaml` is no YAML: ") && yaml.contains("duplicate"), "{yaml}");
        let toml = read("r.toml", "otherwise = \"hold\"\notherwise = \"reject\"\n").unwrap_err();
        assert!(toml.starts_with("`r.toml` is no TOML: ") && toml.contains("duplicate"), "{toml}");
        let json =
            json(Path::new("r.json"), br#"{"otherwise": "hold", "otherwise": "reject"}"#.to_vec()).unwrap();
        assert_eq!(Rules::read(&json).unwrap_err().problems().iter().next().unwrap().code, "key_repeated");
        assert!(read("r.yaml", "a: [").is_err() && read("r.toml", "a = [").is_err());
        assert!(read("r.yaml", "&a [*a]").is_err());
    }
}
