//! The command line of `gatepass key`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use gatepass::{ApplicationId, Timestamp};

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make an API key for an application, print it once, and keep only its digest.
    #[command(
        after_help = "Examples:\n  gatepass key new --application ID --keys digests.json\n  gatepass key new --application ID --keys digests.json --expires-at 2027-01-01T00:00:00Z | pass insert shop/key\n\nA key is `gpk_`, 32 random letters and digits, and 6 that are a checksum, so that scanners find leaks:\n  gpk_[0-9A-Za-z]{38}\nTo rotate, make another: both are good until the older one's `expires_at` in the file is past. Relay and export\nread the file with --keys."
    )]
    New(NewKeyArguments),
}

#[derive(Debug, Args)]
pub(crate) struct NewKeyArguments {
    /// The application that will call with it.
    #[arg(long, visible_alias = "application-id", value_name = "ID")]
    pub(crate) application: ApplicationId,
    /// The file of credentials to add the digest to, as --keys of export and relay; made if there is none.
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: PathBuf,
    /// From when on it is refused (RFC 3339) [default: never].
    #[arg(long, value_name = "TIME")]
    pub(crate) expires_at: Option<Timestamp>,
    /// What the key begins with.
    #[arg(long, default_value = "gpk", value_parser = prefix, value_name = "WORD")]
    pub(crate) prefix: String,
}

/// 2 to 16 lower-case letters and digits, a letter first.
fn prefix(text: &str) -> Result<String, String> {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let starts_well = text.starts_with(|first: char| first.is_ascii_lowercase());
    if starts_well && (2..=16).contains(&text.len()) && text.bytes().all(is_word) {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is no prefix; write 2 to 16 lower-case letters and digits, such as `shop`"))
    }
}
