//! Checks the URL of one hop, before anything is resolved.

use crate::{error::FetchError, is_global};
use std::net::IpAddr;
use url::{Host, Url};

/// The URL of one hop, checked as far as it can be without asking anybody.
///
/// # Errors
/// [`FetchError::Target`] for what is no web URL, [`FetchError::Private`] for an address that must not be reached.
pub(crate) fn check(url: &Url, allow_private: bool) -> Result<(), FetchError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FetchError::Target("neither http nor https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::Target("it holds credentials"));
    }
    let address: IpAddr = match url.host() {
        None => return Err(FetchError::Target("it has no host")),
        Some(Host::Domain(_)) => return Ok(()),
        Some(Host::Ipv4(address)) => address.into(),
        Some(Host::Ipv6(address)) => address.into(),
    };
    if allow_private || is_global(address) { Ok(()) } else { Err(FetchError::Private) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(url: &str) -> Result<(), FetchError> {
        check(&Url::parse(url).unwrap(), false)
    }

    #[test]
    fn private_addresses_are_refused_in_any_spelling() {
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0177.0.0.1/",
            "http://127.1/",
            "http://0/",
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]:80/",
            "http://[::ffff:7f00:1]/",
            "http://\u{ff11}\u{ff12}\u{ff17}.0.0.1/",
            "https://169.254.169.254/latest/meta-data/",
        ] {
            assert!(matches!(checked(url), Err(FetchError::Private)), "{url}");
        }
        assert!(check(&Url::parse("http://127.0.0.1/").unwrap(), true).is_ok());
    }

    #[test]
    fn only_plain_web_urls_pass() {
        for url in [
            "ftp://a.com/",
            "file:///etc/passwd",
            "http://u@a.com/",
            "http://u:p@a.com/",
            "data:,x",
            "gopher://a.com",
        ] {
            assert!(matches!(checked(url), Err(FetchError::Target(_))), "{url}");
        }
        for url in ["http://a.com/", "https://8.8.8.8:8443/x?y", "http://localhost/"] {
            assert!(checked(url).is_ok(), "{url}");
        }
    }
}
