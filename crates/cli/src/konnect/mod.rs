//! Konnect over HTTP: the client, and what drives the core's state machines with it.

mod base_url;
mod checked;
mod client;
mod clock;
mod drive;
mod duration;
mod extension;
mod keys;
mod kongctl;
mod progress;
mod secret;
mod transport;

use std::sync::Arc;
use std::time::Duration;

use gatepass::Region;
use gatepass::konnect::crawl::{Crawl, CrawlError, CrawlResult, Options, Progress, Target};
use gatepass::konnect::{ApiVersion, RetryPolicy};

pub(crate) use base_url::BaseUrl;
pub(crate) use checked::{Checked, CheckedError};
pub(crate) use clock::{Clock, random};
pub(crate) use drive::DriveError;
pub(crate) use duration::{duration, millis, some_time};
pub(crate) use extension::Extension;
pub(crate) use keys::{Keys, KeysError};
pub(crate) use progress::Bar;
pub(crate) use secret::{Secret, SecretError};
pub(crate) use transport::Via;

use client::Client;
use extension::ExtensionError;
use kongctl::Kongctl;
use transport::Transport;

use crate::arguments_konnect::ConnectionArguments;

/// Konnect, ready to be asked.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) transport: Arc<Transport>,
    pub(crate) region: Region,
    pub(crate) retry: RetryPolicy,
    concurrency: usize,
    timeout: Duration,
}

/// Why Konnect cannot be asked, or could not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KonnectError {
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(transparent)]
    Extension(#[from] ExtensionError),
    #[error("kongctl does not tell the region of its profile; pass --region too")]
    KongctlRegion,
    #[error("--base-url does not tell the portal's region; pass --region too")]
    Region,
    #[error(
        "neither v3 nor v2 of the API has a portal `{portal}`{others}; check --region and the portal's id or name"
    )]
    NoPortal { portal: String, others: String },
    #[error(transparent)]
    Drive(#[from] DriveError),
}

impl Connection {
    /// A connection as the options say, or as kongctl's context does where they are silent. Nothing is sent yet.
    pub(crate) fn new(arguments: &ConnectionArguments) -> Result<Self, KonnectError> {
        let extension = Extension::of_environment()?;
        let own_token = arguments.konnect_token_file.is_some();
        let via = arguments.via.unwrap_or(match &extension {
            Some(_) if !own_token => Via::Kongctl,
            _ => Via::Https,
        });
        let told = extension.as_ref().and_then(|extension| extension.base_url.clone());
        let base_url = arguments.base_url.clone().or(told.filter(|_| arguments.region.is_none()));
        let region = match (arguments.region, &base_url) {
            (Some(region), _) => region,
            (None, Some(url)) => url.region().ok_or(KonnectError::Region)?,
            (None, None) if via == Via::Kongctl => return Err(KonnectError::KongctlRegion),
            (None, None) => Region::Us,
        };
        let base_url = base_url.unwrap_or_else(|| BaseUrl::of_region(region));
        let timeout = arguments.http_timeout;
        let transport = match via {
            Via::Https => {
                let token = Secret::token(arguments.konnect_token_file.as_deref())?;
                Transport::Https(Box::new(Client::new(&base_url, token, timeout)))
            }
            Via::Kongctl => {
                let program = extension.and_then(|extension| extension.kongctl);
                let program = program.unwrap_or_else(|| "kongctl".into());
                Transport::Kongctl(Kongctl { program, base_url: base_url.as_str().to_owned(), timeout })
            }
        };
        let retry = RetryPolicy {
            max_attempts: arguments.http_retry_max_attempts,
            initial_interval_ms: millis(arguments.http_retry_initial_interval),
            max_interval_ms: millis(arguments.http_retry_max_interval),
            ..RetryPolicy::default()
        };
        Ok(Self {
            transport: Arc::new(transport),
            region,
            retry,
            concurrency: arguments.concurrency.into(),
            timeout,
        })
    }

    /// The usual options of a crawl here.
    pub(crate) fn options(&self) -> Options {
        Options { region: Some(self.region), retry: self.retry, ..Options::default() }
    }

    /// Reads a portal whole. Without a version v3 is asked first, and v2 if the portal is not found there.
    pub(crate) fn read(
        &self,
        portal: &str,
        api: Option<ApiVersion>,
        options: &Options,
        mut watch: impl FnMut(Progress),
    ) -> Result<(CrawlResult, ApiVersion), KonnectError> {
        let target = portal.parse().map_or_else(|_| Target::Name(portal.to_owned()), Target::Id);
        let mut crawl = |api| {
            let crawl = Crawl::new(target.clone(), api, options.clone());
            drive::crawl(&self.transport, self.concurrency, self.timeout, crawl, &mut watch)
                .map(|result| (result, api))
        };
        if let Some(api) = api {
            return Ok(crawl(api)?);
        }
        match crawl(ApiVersion::V3) {
            Err(third) if is_unknown(&third) => match crawl(ApiVersion::V2) {
                Err(second) if is_unknown(&second) => {
                    let portal = portal.chars().filter(|c| !c.is_control()).collect();
                    let others = [("v3", others(&third)), ("v2", others(&second))];
                    let others = others.iter().filter_map(|(api, others)| {
                        others
                            .filter(|others| others.contains('`'))
                            .map(|others| format!(", in {api} {others}"))
                    });
                    Err(KonnectError::NoPortal { portal, others: others.collect() })
                }
                other => Ok(other?),
            },
            other => Ok(other?),
        }
    }
}

/// Which portals there are instead of the one that was asked for by its name, in words.
fn others(error: &DriveError) -> Option<&str> {
    match error {
        DriveError::Crawl(CrawlError::PortalUnknown { others, .. }) => Some(others),
        _ => None,
    }
}

/// Whether the portal is not there, in this version of the API.
fn is_unknown(error: &DriveError) -> bool {
    match error {
        DriveError::Crawl(CrawlError::PortalUnknown { .. }) => true,
        DriveError::Crawl(CrawlError::Request(error)) => {
            let mut parts = error.path().split('/').skip(2);
            error.status() == Some(404)
                && error.code() == "not_found"
                && parts.next() == Some("portals")
                && parts.nth(1).is_none()
        }
        _ => false,
    }
}
