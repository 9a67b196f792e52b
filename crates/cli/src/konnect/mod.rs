//! Konnect over HTTP: the client, and what drives the core's state machines with it.

mod base_url;
mod checked;
mod client;
mod clock;
mod drive;
mod duration;
mod keys;
mod progress;
mod secret;

use std::sync::Arc;
use std::time::Duration;

use gatepass::Region;
use gatepass::konnect::crawl::{Crawl, CrawlError, CrawlResult, Options, Progress, Target};
use gatepass::konnect::{ApiVersion, RetryPolicy};

pub(crate) use base_url::BaseUrl;
pub(crate) use checked::{Checked, CheckedError};
pub(crate) use client::Client;
pub(crate) use clock::{Clock, random};
pub(crate) use drive::DriveError;
pub(crate) use duration::{duration, millis, some_time};
pub(crate) use keys::{Keys, KeysError};
pub(crate) use progress::Bar;
pub(crate) use secret::{Secret, SecretError};

use crate::arguments_konnect::ConnectionArguments;

/// Konnect, ready to be asked.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) client: Arc<Client>,
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
    #[error("--base-url does not tell the portal's region; pass --region too")]
    Region,
    #[error(
        "neither v3 nor v2 of the API has a portal `{portal}`; check --region and the portal's id or name"
    )]
    NoPortal { portal: String },
    #[error(transparent)]
    Drive(#[from] DriveError),
}

impl Connection {
    /// A connection as the options say. Nothing is sent yet.
    pub(crate) fn new(arguments: &ConnectionArguments) -> Result<Self, KonnectError> {
        let region = match (arguments.region, &arguments.base_url) {
            (Some(region), _) => region,
            (None, Some(url)) => url.region().ok_or(KonnectError::Region)?,
            (None, None) => Region::Us,
        };
        let base_url = arguments.base_url.clone().unwrap_or_else(|| BaseUrl::of_region(region));
        let token = Secret::token(arguments.konnect_token_file.as_deref())?;
        let retry = RetryPolicy {
            max_attempts: arguments.http_retry_max_attempts,
            initial_interval_ms: millis(arguments.http_retry_initial_interval),
            max_interval_ms: millis(arguments.http_retry_max_interval),
            ..RetryPolicy::default()
        };
        Ok(Self {
            client: Arc::new(Client::new(&base_url, token, arguments.http_timeout)),
            region,
            retry,
            concurrency: arguments.concurrency.into(),
            timeout: arguments.http_timeout,
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
            drive::crawl(&self.client, self.concurrency, self.timeout, crawl, &mut watch)
                .map(|result| (result, api))
        };
        if let Some(api) = api {
            return Ok(crawl(api)?);
        }
        match crawl(ApiVersion::V3) {
            Err(error) if is_unknown(&error) => match crawl(ApiVersion::V2) {
                Err(error) if is_unknown(&error) => {
                    let portal = portal.chars().filter(|c| !c.is_control()).collect();
                    Err(KonnectError::NoPortal { portal })
                }
                other => Ok(other?),
            },
            other => Ok(other?),
        }
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
