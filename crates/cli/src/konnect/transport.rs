//! Two ways to Konnect: https with a token of one's own, or kongctl, which has one.

use clap::ValueEnum;
use gatepass::konnect::{Answer, Request};

use super::client::Client;
use super::kongctl::Kongctl;

/// The ways that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Via {
    /// Straight to the API, with a token from `KONNECT_TOKEN` or a file.
    Https,
    /// Through `kongctl api`, with the login of kongctl's profile.
    Kongctl,
}

/// A way, ready to be used; threads may share it.
#[derive(Debug)]
pub(crate) enum Transport {
    Https(Box<Client>),
    Kongctl(Kongctl),
}

impl Transport {
    /// Sends a request and waits for its answer.
    pub(crate) fn send(&self, request: &Request) -> Answer {
        match self {
            Self::Https(client) => client.send(request),
            Self::Kongctl(kongctl) => kongctl.send(request),
        }
    }
}
