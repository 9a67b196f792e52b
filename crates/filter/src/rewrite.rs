//! What the upstream gets to see: without credentials and claims of clients, with what was found out.

use crate::answer::Code;
use crate::config::Config;
use crate::credential::Sources;
use crate::headers::{Pairs, Rewriting};
use crate::host::{Host, HostError, Level, Map};
use crate::query;

/// Headers that make a framework take `OPTIONS` for something else.
const METHOD_OVERRIDES: [&[u8]; 3] = [b"x-http-method-override", b"x-http-method", b"x-method-override"];

/// What to take away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cleaning<'a> {
    /// Keys of these.
    keys: Option<&'a Sources>,
    asserted: bool,
    overrides: bool,
}

impl<'a> Cleaning<'a> {
    /// For a request that was judged.
    pub(crate) fn judged(config: &Config, sources: &'a Sources) -> Self {
        Self { keys: config.hide_credentials.then_some(sources), asserted: false, overrides: false }
    }

    /// For a request that anybody may make: nothing in it was checked.
    pub(crate) fn anonymous(config: &'a Config) -> Self {
        Self { keys: Some(&config.all_sources), asserted: true, overrides: false }
    }

    /// For a preflight.
    pub(crate) fn preflight(config: &'a Config) -> Self {
        Self { overrides: true, ..Self::anonymous(config) }
    }

    fn takes(&self, config: &Config, name: &[u8], value: &[u8]) -> bool {
        self.keys.is_some_and(|keys| keys.is_key(name, value))
            || (self.asserted && config.guard.is_asserted(name))
            || (self.overrides && METHOD_OVERRIDES.iter().any(|header| name.eq_ignore_ascii_case(header)))
    }
}

/// Rewrites the request's headers: at most one call on Envoy, one for each header on nginx hosts.
///
/// # Errors
///
/// If the host does not do it; the request must not go on then.
pub(crate) fn rewrite(
    host: &dyn Host,
    config: &Config,
    pairs: &Pairs,
    target: Option<&[u8]>,
    cleaning: &Cleaning<'_>,
    added: &[(&'static str, String)],
) -> Result<(), Code> {
    let done = if config.host.is_nginx() {
        one_by_one(host, config, pairs, cleaning, added)?
    } else {
        all_at_once(host, config, pairs, target, cleaning, added)
    };
    done.map_err(|error| {
        host.log(Level::Error, &format!("gatepass: the host does not change headers (status {})", error.0));
        Code::HostMismatch
    })
}

fn all_at_once(
    host: &dyn Host,
    config: &Config,
    pairs: &Pairs,
    target: Option<&[u8]>,
    cleaning: &Cleaning<'_>,
    added: &[(&'static str, String)],
) -> Result<(), HostError> {
    let names = cleaning.keys.map(Sources::query_names).unwrap_or_default();
    let target = target.filter(|_| !names.is_empty()).and_then(|target| query::without(target, &names));
    let mut rewriting = Rewriting::of(pairs);
    for (at, (name, value)) in pairs.iter().enumerate() {
        match &target {
            Some(target) if name == b":path" => {
                rewriting.leave_out(at);
                rewriting.add(name, target);
            }
            _ if config.guard.is_forged(name) || cleaning.takes(config, name, value) => {
                rewriting.leave_out(at);
            }
            _ => {}
        }
    }
    if rewriting.is_unchanged() && added.is_empty() {
        return Ok(());
    }
    host.set_headers(Map::Request, &rewriting.finish(added))
}

/// These hosts cannot remove a header from what the upstream gets, but they can empty it, if there is only one.
fn one_by_one(
    host: &dyn Host,
    config: &Config,
    pairs: &Pairs,
    cleaning: &Cleaning<'_>,
    added: &[(&'static str, String)],
) -> Result<Result<(), HostError>, Code> {
    let taken: Vec<&[u8]> = pairs
        .iter()
        .filter(|(name, value)| cleaning.takes(config, name, value))
        .map(|(name, _)| name)
        .collect();
    // A second copy would reach the upstream.
    if taken.iter().any(|name| pairs.single(name).is_none()) {
        return Err(Code::Rule(gatepass::Reason::CredentialAmbiguous));
    }
    for name in taken {
        if let Err(error) = host.replace_header(Map::Request, name, b"") {
            return Ok(Err(error));
        }
    }
    for (name, value) in added {
        if let Err(error) = host.replace_header(Map::Request, name.as_bytes(), value.as_bytes()) {
            return Ok(Err(error));
        }
    }
    Ok(Ok(()))
}
