//! Hosts: what a route may say of them, and how the one of a request is read.

use std::fmt;

/// The longest host name (RFC 1035 section 2.3.4, with the dots that are written).
pub(crate) const HOST_MAX_BYTES: usize = 255;

/// Which hosts a route takes. Names are kept in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum HostRule {
    /// Every host, also none.
    #[default]
    Any,
    /// This name, whatever the port.
    Exact(Box<str>),
    /// Every name below this one, at any depth, but not the name itself: written `*.example.com`.
    Below(Box<str>),
}

/// Why a text is no host rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HostFault {
    /// Something else than labels of letters, digits, `-` and `_`.
    #[error(
        "a host is a name as `api.example.com`, or `*.example.com` for all below, without scheme and port"
    )]
    Name,
    /// More than a host name may have.
    #[error("a host has {HOST_MAX_BYTES} characters at most")]
    TooLong,
}

impl HostRule {
    /// Reads `example.com`, `*.example.com`, an IPv4 address or an IPv6 address in brackets.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, HostFault> {
        let lower = text.to_ascii_lowercase();
        if let Some(parent) = lower.strip_prefix("*.") {
            return named(parent).map(Self::Below);
        }
        if let Some(address) = lower.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let address: Result<std::net::Ipv6Addr, _> = address.parse();
            return address.map(|_| Self::Exact(lower.into())).map_err(|_| HostFault::Name);
        }
        named(&lower).map(Self::Exact)
    }

    /// Whether a request for this host (port and all) is meant.
    pub(crate) fn takes(&self, host: Option<&str>) -> bool {
        let given = host.map(|host| bare_host(host).to_ascii_lowercase());
        match (self, given) {
            (Self::Any, _) => true,
            (Self::Exact(name), Some(given)) => **name == *given,
            (Self::Below(parent), Some(given)) => {
                given.strip_suffix(&**parent).is_some_and(|below| below.len() > 1 && below.ends_with('.'))
            }
            (_, None) => false,
        }
    }
}

fn named(text: &str) -> Result<Box<str>, HostFault> {
    if text.len() > HOST_MAX_BYTES {
        return Err(HostFault::TooLong);
    }
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if text.split('.').all(|label| !label.is_empty() && label.bytes().all(good)) {
        Ok(text.into())
    } else {
        Err(HostFault::Name)
    }
}

/// The host without port and without the dot of the root.
pub(crate) fn bare_host(host: &str) -> &str {
    // Looked for from the end, byte by byte: a port is short.
    let name = match host.bytes().rposition(|byte| byte == b':') {
        // The colons of an IPv6 address stand before its bracket.
        Some(colon) if !host.ends_with(']') => host.get(..colon).unwrap_or(host),
        _ => host,
    };
    name.strip_suffix('.').unwrap_or(name)
}

/// As it was written, in lower case; `any` for every host.
impl fmt::Display for HostRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Exact(name) => f.write_str(name),
            Self::Below(parent) => write!(f, "*.{parent}"),
        }
    }
}
