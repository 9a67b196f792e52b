//! The command line of `gatepass key`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use gatepass::{ApplicationId, Timestamp};

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make an API key for an application, or a key that signs bundles.
    ///
    /// An API key is printed once, and only its digest is kept. A signing key goes to a new file that only its owner can
    /// read; what gateways verify with is printed.
    #[command(
        after_help = "Examples:\n  gatepass key new --application ID --keys digests.json\n  gatepass key new --application ID --keys digests.json --expires-at 2027-01-01T00:00:00Z | pass insert shop/key\n  gatepass key new --signing -o relay.key > relay.pub\n\nA key is `gpk_`, 32 random letters and digits, and 6 that are a checksum, so that scanners find leaks:\n  gpk_[0-9A-Za-z]{38}\nTo rotate, make another: both are good until the older one's `expires_at` in the file is past. Relay and export\nread the file with --keys."
    )]
    New(NewKeyArguments),
}

#[derive(Debug, Args)]
pub(crate) struct NewKeyArguments {
    /// The application that will call with it.
    #[arg(long, visible_alias = "application-id", value_name = "ID", required_unless_present = "signing")]
    pub(crate) application: Option<ApplicationId>,
    /// The file of credentials to add the digest to, as --keys of export and relay; made if there is none.
    #[arg(long, value_name = "FILE", required_unless_present = "signing")]
    pub(crate) keys: Option<PathBuf>,
    /// From when on it is refused (RFC 3339) [default: never].
    #[arg(long, value_name = "TIME")]
    pub(crate) expires_at: Option<Timestamp>,
    /// What the key begins with.
    #[arg(long, default_value = "gpk", value_parser = prefix, value_name = "WORD")]
    pub(crate) prefix: String,
    /// Make a key that signs bundles.
    #[arg(long, conflicts_with_all = ["application", "keys", "expires_at"], requires = "file")]
    pub(crate) signing: bool,
    /// Where to write the signing key; the file must not be there yet.
    #[arg(short = 'o', long = "output-file", value_name = "FILE", requires = "signing")]
    pub(crate) file: Option<PathBuf>,
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
