//! Where Konnect's API is.

use std::net::IpAddr;
use std::str::FromStr;

use gatepass::Region;
use ureq::http::Uri;

/// What is before `/v2` and `/v3`: https, or http on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    text: String,
    loopback: bool,
    region: Option<Region>,
}

/// Why a text is no base URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BaseUrlError {
    #[error("this is no URL; write for example `https://eu.api.konghq.com`")]
    NoUrl,
    #[error("a token goes over https only; write `https://…` (http is for this machine's own addresses)")]
    NotHttps,
    #[error("a base URL has no user, password, query or fragment; the token comes from KONNECT_TOKEN")]
    Surplus,
    #[error("leave out `/{0}`; the version is chosen with --api")]
    Version(String),
}

impl BaseUrl {
    /// Konnect's own in a region.
    pub(crate) fn of_region(region: Region) -> Self {
        Self { text: format!("https://{region}.api.konghq.com"), loopback: false, region: Some(region) }
    }

    /// The URL without a slash at its end.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is on this machine.
    pub(crate) const fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The region that Konnect's own host names tell.
    pub(crate) const fn region(&self) -> Option<Region> {
        self.region
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        let uri: Uri = text.parse().map_err(|_| BaseUrlError::NoUrl)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(BaseUrlError::NoUrl);
        };
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let address = host.parse::<IpAddr>().ok();
        let loopback = host.eq_ignore_ascii_case("localhost") || address.is_some_and(|ip| ip.is_loopback());
        match scheme {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(BaseUrlError::NotHttps),
            _ => return Err(BaseUrlError::NoUrl),
        }
        if authority.as_str().contains('@') || uri.query().is_some() || text.contains('#') {
            return Err(BaseUrlError::Surplus);
        }
        let path = uri.path().trim_end_matches('/');
        let last = path.rsplit('/').next().unwrap_or_default();
        if matches!(last, "v2" | "v3") {
            return Err(BaseUrlError::Version(last.to_owned()));
        }
        let region = host.to_ascii_lowercase().strip_suffix(".api.konghq.com").and_then(Region::from_code);
        Ok(Self { text: format!("{scheme}://{authority}{path}"), loopback, region })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_is_for_this_machine_only() {
        for good in
            ["http://127.0.0.1:8080", "http://localhost:1/", "http://[::1]:80", "https://x.example/k/"]
        {
            let url: BaseUrl = good.parse().unwrap();
            assert_eq!(url.as_str(), good.trim_end_matches('/'));
        }
        for (bad, error) in [
            ("http://eu.api.konghq.com", BaseUrlError::NotHttps),
            ("http://localhost.example", BaseUrlError::NotHttps),
            ("http://127.0.0.1@evil.example", BaseUrlError::NotHttps),
            ("https://kpat_x@eu.api.konghq.com", BaseUrlError::Surplus),
            ("https://eu.api.konghq.com/?a=b", BaseUrlError::Surplus),
            ("https://eu.api.konghq.com/v3/", BaseUrlError::Version("v3".into())),
            ("ftp://eu.api.konghq.com", BaseUrlError::NoUrl),
            ("eu.api.konghq.com", BaseUrlError::NoUrl),
            ("", BaseUrlError::NoUrl),
        ] {
            assert_eq!(bad.parse::<BaseUrl>(), Err(error), "{bad}");
        }
    }

    #[test]
    fn konnects_hosts_tell_their_region() {
        let region = |url: &str| url.parse::<BaseUrl>().unwrap().region();
        assert_eq!(region("https://eu.api.konghq.com/"), Some(Region::Eu));
        assert_eq!(region("https://global.api.konghq.com"), None);
        assert_eq!(BaseUrl::of_region(Region::Sg).region(), region("https://sg.api.konghq.com"));
    }
}
