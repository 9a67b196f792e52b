//! The options of the commands that speak with Konnect, named as kongctl names them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use gatepass::konnect::ApiVersion;
use gatepass::{Policy, Region};

use crate::arguments::OutputArguments;
use crate::konnect::{BaseUrl, Via, duration, some_time};
use crate::relay::Profile;

/// Where Konnect is, and how it is asked.
#[derive(Clone, Debug, Args)]
pub(crate) struct ConnectionArguments {
    /// Konnect's region [default: what --base-url tells, else us].
    #[arg(long, value_parser = regions(), help_heading = "Konnect")]
    pub(crate) region: Option<Region>,
    /// Another base URL than `https://REGION.api.konghq.com`: https, or http on this machine.
    #[arg(long, value_name = "URL", env = "KONNECT_BASE_URL", help_heading = "Konnect")]
    pub(crate) base_url: Option<BaseUrl>,
    /// How Konnect is reached [default: kongctl where this runs as a command of kongctl, else https].
    #[arg(long, value_enum, value_name = "WAY", help_heading = "Konnect")]
    pub(crate) via: Option<Via>,
    /// A file with the token, instead of the environment variable KONNECT_TOKEN.
    #[arg(long, value_name = "FILE", help_heading = "Konnect")]
    pub(crate) konnect_token_file: Option<PathBuf>,
    /// How many requests are under way at a time.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32), value_name = "N", help_heading = "Konnect")]
    pub(crate) concurrency: u8,
    /// How often a request is sent at most.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=100), value_name = "N", help_heading = "Konnect")]
    pub(crate) http_retry_max_attempts: u32,
    /// The longest wait before the second attempt; it doubles from there.
    #[arg(long, default_value = "500ms", value_parser = duration, value_name = "TIME", help_heading = "Konnect")]
    pub(crate) http_retry_initial_interval: Duration,
    /// The longest wait before any attempt.
    #[arg(long, default_value = "20s", value_parser = duration, value_name = "TIME", help_heading = "Konnect")]
    pub(crate) http_retry_max_interval: Duration,
    /// How long one request may take.
    #[arg(long, default_value = "30s", value_parser = some_time, value_name = "TIME", help_heading = "Konnect")]
    pub(crate) http_timeout: Duration,
}

impl ConnectionArguments {
    /// The same, in this region unless another is given or a base URL tells it.
    #[must_use]
    pub(crate) fn or_region(&self, region: Option<Region>) -> Self {
        let told = self.base_url.as_ref().and_then(BaseUrl::region);
        Self { region: self.region.or(told).or(region), ..self.clone() }
    }
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// The portal's id or its exact name.
    #[arg(long, value_name = "ID|NAME")]
    pub(crate) portal: String,
    /// The API the portal is managed through [default: v3, and v2 if it is not found there].
    #[arg(long, value_parser = versions())]
    pub(crate) api: Option<ApiVersion>,
    /// Where to write the snapshot; standard output if left out.
    #[arg(short = 'o', long = "output-file", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Replace people's names and the local parts of their e-mail addresses by pseudonyms.
    #[arg(long)]
    pub(crate) redact: bool,
    /// A file with a secret, by which pseudonyms are the same in every export.
    #[arg(long, value_name = "FILE", requires = "redact")]
    pub(crate) redact_secret_file: Option<PathBuf>,
    /// Write the snapshot even if lists are incomplete; it says so, and what is missing is denied.
    #[arg(long)]
    pub(crate) allow_partial: bool,
    /// A JSON file with credentials to add: an array of `{"application_id", "kind", "sha256"}` and the like.
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("source").required(true).args(["portal", "snapshot"]))]
pub(crate) struct RelayArguments {
    /// A portal to poll, by its id or exact name; may be given several times.
    #[arg(long, value_name = "ID|NAME")]
    pub(crate) portal: Vec<String>,
    /// A snapshot file to watch instead of polling Konnect; may be given several times.
    #[arg(long, value_name = "FILE", conflicts_with = "portal")]
    pub(crate) snapshot: Vec<PathBuf>,
    /// The API the portals are managed through [default: v3, and v2 if they are not found there].
    #[arg(long, value_parser = versions())]
    pub(crate) api: Option<ApiVersion>,
    /// A JSON file with credentials to add, read again with every poll.
    #[arg(long, value_name = "FILE")]
    pub(crate) keys: Option<PathBuf>,
    /// What gateways will check: strict is everything, konnect only what Konnect itself enforces.
    #[arg(long, default_value_t = Policy::Strict)]
    pub(crate) policy: Policy,
    /// Which gateways the bundle is for.
    #[arg(long, default_value = "", value_name = "NAME")]
    pub(crate) audience: String,
    /// How long from the beginning of a poll to that of the next.
    #[arg(long, default_value = "30s", value_parser = some_time, value_name = "TIME")]
    pub(crate) interval: Duration,
    /// How long at least, if a refresh is asked for in between.
    #[arg(long, default_value = "5s", value_parser = some_time, value_name = "TIME")]
    pub(crate) refresh_interval: Duration,
    /// The age beyond which `/healthz` answers 503: what gateways have as their maximum.
    #[arg(long, default_value = "5m", value_parser = some_time, value_name = "TIME")]
    pub(crate) max_age: Duration,
    /// Where to listen; other than this machine's own addresses need --bundle-token-file.
    #[arg(long, default_value = "127.0.0.1:8085", value_name = "ADDRESS:PORT")]
    pub(crate) listen: SocketAddr,
    /// A file with the token that whoever fetches the bundle must send.
    #[arg(long, value_name = "FILE")]
    pub(crate) bundle_token_file: Option<PathBuf>,
    /// A file with the secret that whoever asks for a refresh must send; without it nobody can.
    #[arg(long, value_name = "FILE")]
    pub(crate) refresh_secret_file: Option<PathBuf>,
    /// A file with a key that signs what is served; may be given several times, as when keys change.
    #[arg(long, value_name = "FILE")]
    pub(crate) signing_key_file: Vec<PathBuf>,
    /// Answer proxies at /v1/authorize, by this configuration: the filter's, without `host` and `bundle`.
    #[arg(long, value_name = "FILE", requires = "authorize_profile")]
    pub(crate) authorize: Option<PathBuf>,
    /// Which proxy asks at /v1/authorize, and so which headers say what its client asked for.
    #[arg(long, value_enum, value_name = "PROXY", requires = "authorize")]
    pub(crate) authorize_profile: Option<Profile>,
    /// Answer AuthZEN's questions at /access/v1 to whoever sends the token in this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) authzen_token_file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ApplyArguments {
    /// The plan file; `-` reads standard input.
    pub(crate) plan: PathBuf,
    /// Make the changes; without it they are only listed.
    #[arg(long, visible_alias = "auto-approve")]
    pub(crate) yes: bool,
    /// The snapshot that the plan was made from, for what the plan itself does not say.
    #[arg(long, value_name = "FILE")]
    pub(crate) snapshot: Option<PathBuf>,
    /// Go on although live state has moved from what the plan saw.
    #[arg(long)]
    pub(crate) even_if_moved: bool,
    /// The journal [default: beside the plan, as `plan.journal.jsonl`].
    #[arg(long, value_name = "FILE")]
    pub(crate) journal: Option<PathBuf>,
    /// The API the portal is managed through [default: what the plan or its snapshot says].
    #[arg(long, value_parser = versions())]
    pub(crate) api: Option<ApiVersion>,
    #[command(flatten)]
    pub(crate) output: OutputArguments,
    #[command(flatten)]
    pub(crate) connection: ConnectionArguments,
}

/// `v2` or `v3`.
pub(crate) fn versions() -> impl clap::builder::TypedValueParser<Value = ApiVersion> {
    PossibleValuesParser::new(ApiVersion::ALL.iter().map(|version| version.as_str())).try_map(|word| {
        ApiVersion::ALL.iter().copied().find(|version| version.as_str() == word).ok_or("not a version")
    })
}

fn regions() -> impl clap::builder::TypedValueParser<Value = Region> {
    PossibleValuesParser::new(Region::ALL.iter().map(|region| region.as_str()))
        .try_map(|code| Region::from_code(&code).ok_or("not a region"))
}
