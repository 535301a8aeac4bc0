//! An instance as the registry names it: id, URL, weight; checked once, here.

use crate::InvalidInstance;
use std::net::{IpAddr, SocketAddr};
use url::{Host, Url};

/// The longest id.
const ID_MAX_CHARS: usize = 128;
/// The heaviest weight, so that sums of scaled weights stay within 64 bits.
const WEIGHT_MAX: u32 = 65_535;

/// Where an instance listens and how much it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceSpec {
    pub(crate) id: String,
    pub(crate) authority: String,
    pub(crate) base_path: String,
    pub(crate) target: Target,
    pub(crate) weight: u32,
}

/// Where to connect to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Address(SocketAddr),
    /// Looked up at connect.
    Name(String, u16),
}

impl InstanceSpec {
    /// Reads `http://host[:port][/base]`. An address as host needs no lookup. `weight` is the share of requests
    /// relative to the others, cut to 65,535; 0 takes no requests.
    ///
    /// # Errors
    /// [`InvalidInstance`]: an id with other than visible ASCII characters, no URL, another scheme, credentials, a query.
    pub fn parse(id: &str, url: &str, weight: u32) -> Result<Self, InvalidInstance> {
        let id_is_plain = id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/');
        if id.is_empty() || id.len() > ID_MAX_CHARS || !id_is_plain {
            return Err(InvalidInstance::Id { max: ID_MAX_CHARS });
        }
        let parsed = Url::parse(url).map_err(|source| InvalidInstance::Url { source })?;
        let unusable = |reason| InvalidInstance::Unusable { url: without_credentials(&parsed), reason };
        if parsed.scheme() != "http" {
            return Err(unusable("must begin with http://"));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(unusable("must not hold credentials"));
        }
        if parsed.query().is_some() || parsed.fragment().is_some() {
            return Err(unusable("must not have a query or fragment"));
        }
        let host = parsed.host().ok_or_else(|| unusable("must have a host"))?;
        let port = parsed.port_or_known_default().unwrap_or(80);
        Ok(Self {
            id: id.to_owned(),
            authority: parsed.port().map_or_else(|| host.to_string(), |port| format!("{host}:{port}")),
            base_path: parsed.path().trim_end_matches('/').to_owned(),
            target: target(&host, port),
            weight: weight.min(WEIGHT_MAX),
        })
    }

    /// The instance's id, unique within its service.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The weight.
    #[must_use]
    pub fn weight(&self) -> u32 {
        self.weight
    }

    /// The URL in its normal form, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}{}", self.authority, self.base_path)
    }
}

fn target(host: &Host<&str>, port: u16) -> Target {
    match host {
        Host::Domain(name) => Target::Name((*name).to_owned(), port),
        Host::Ipv4(ip) => Target::Address(SocketAddr::new(IpAddr::V4(*ip), port)),
        Host::Ipv6(ip) => Target::Address(SocketAddr::new(IpAddr::V6(*ip), port)),
    }
}

fn without_credentials(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    format!("{}://{host}{}", url.scheme(), url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<InstanceSpec, InvalidInstance> {
        InstanceSpec::parse("a-1", url, 1)
    }

    #[test]
    fn an_address_needs_no_lookup_and_a_name_does() {
        let spec = parse("http://127.0.0.1:9101").unwrap();
        assert_eq!(spec.target, Target::Address("127.0.0.1:9101".parse().unwrap()));
        assert_eq!((spec.authority.as_str(), spec.base_path.as_str()), ("127.0.0.1:9101", ""));
        let spec = parse("http://[::1]:80/app/").unwrap();
        assert_eq!(spec.target, Target::Address("[::1]:80".parse().unwrap()));
        assert_eq!((spec.authority.as_str(), spec.base_path.as_str()), ("[::1]", "/app"));
        let spec = parse("http://Messages.internal:9101/").unwrap();
        assert_eq!(spec.target, Target::Name("messages.internal".into(), 9101));
        assert_eq!(spec.url(), "http://messages.internal:9101");
    }

    #[test]
    fn what_cannot_be_asked_is_refused_without_telling_secrets() {
        parse("127.0.0.1:9101").unwrap_err();
        parse("ftp://a").unwrap_err();
        parse("http://a/?x=1").unwrap_err();
        InstanceSpec::parse("", "http://a", 1).unwrap_err();
        InstanceSpec::parse("a/b", "http://a", 1).unwrap_err();
        let told = parse("http://user:secret@host").unwrap_err().to_string();
        assert!(told.contains("credentials") && !told.contains("secret"), "{told}");
    }
}
