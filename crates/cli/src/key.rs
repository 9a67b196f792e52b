//! `gatepass key new --application ID`: an API key that scanners recognize, of which only the digest is kept.

mod append;
mod text;

use std::io::Write as _;

use gatepass::Timestamp;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub(crate) use append::AppendError;
use text::ApiKey;

use crate::bundle::hexadecimal;
use crate::failure::{Failure, Findings};
use crate::key_arguments::NewKeyArguments;

/// Why no key was made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("the operating system gives no random numbers: {0}; no key was made")]
    Random(getrandom::Error),
    #[error(transparent)]
    Append(#[from] AppendError),
    #[error("name what the key is for: --application ID and --keys FILE, or --signing and -o FILE")]
    Unnamed,
}

/// A credential as snapshots and the operator's file have it.
#[derive(Serialize)]
struct Credential {
    application_id: String,
    kind: &'static str,
    sha256: String,
    expires_at: Option<Timestamp>,
    status: &'static str,
}

/// Makes a key, keeps its digest, and prints it, once.
pub(crate) fn new(arguments: &NewKeyArguments) -> Result<Findings, Failure> {
    if let (true, Some(file)) = (arguments.signing, &arguments.file) {
        return crate::signing::new(file);
    }
    let (Some(application), Some(keys)) = (arguments.application, &arguments.keys) else {
        return Err(KeyError::Unnamed.into());
    };
    let key = ApiKey::generate(&arguments.prefix).map_err(KeyError::Random)?;
    let credential = Credential {
        application_id: application.to_string(),
        kind: "api_key",
        sha256: hexadecimal(&Sha256::digest(key.expose())),
        expires_at: arguments.expires_at,
        status: "active",
    };
    // Before it is shown: a key that nobody accepts would be found out in production.
    let count = append::append(keys, &credential).map_err(KeyError::from)?;
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{}", key.expose()).and_then(|()| stdout.flush())?;
    anstream::eprintln!(
        "this is the only time the key is shown; `{}` has its digest, as one of {count}",
        keys.display()
    );
    Ok(Findings::None)
}
