//! The places an operator writes down for a service: instances by URL, or DNS names to ask.

use crate::instance::{InstanceUrl, check_id};
use crate::limits::{DNS_NAME_MAX_CHARS, WEIGHT_MAX};
use crate::{Instance, Origin, RegistryError};
use std::sync::Arc;

/// A service and where to find its instances; several places make a union.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceDefinition {
    /// Its name: `[a-zA-Z0-9._-]{1,64}`.
    pub name: String,
    /// Where to find it. May be empty: the instances then come from the registries alone.
    pub places: Vec<Place>,
}

/// Where to find instances.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// One instance.
    Fixed(Instance),
    /// All instances of a DNS name.
    Dns(DnsName),
}

impl Place {
    /// Reads `http://host:port[/base]` (one instance of weight 1, its id made of host and port),
    /// `dns://name:port[/base]` or `srv://name[/base]`.
    ///
    /// # Errors
    /// [`RegistryError::Url`] or [`RegistryError::DnsSource`].
    pub fn parse(text: &str) -> Result<Self, RegistryError> {
        if let Some(rest) = text.strip_prefix("dns://") {
            return DnsName::address(rest).map(Self::Dns);
        }
        if let Some(rest) = text.strip_prefix("srv://") {
            return DnsName::service(rest).map(Self::Dns);
        }
        let url = InstanceUrl::parse(text)?;
        let (id, url) = (url.id(), url.as_str().into());
        Ok(Self::Fixed(Instance { id, url, weight: 1, origin: Origin::Fixed }))
    }

    /// One instance with an id and a weight (cut to 65,535; 0 gets no requests) of its own.
    ///
    /// # Errors
    /// [`RegistryError::Name`] or [`RegistryError::Url`].
    pub fn fixed(id: &str, url: &str, weight: u32) -> Result<Self, RegistryError> {
        check_id(id)?;
        let url = InstanceUrl::parse(url)?.as_str().into();
        Ok(Self::Fixed(Instance {
            id: id.into(),
            url,
            weight: weight.min(WEIGHT_MAX),
            origin: Origin::Fixed,
        }))
    }
}

/// A DNS name, and what to ask it for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DnsName {
    pub(crate) name: Arc<str>,
    /// The port of all addresses; none where SRV records say it.
    pub(crate) port: Option<u16>,
    /// The path in front of all requests: empty or `/…`.
    pub(crate) base: Arc<str>,
}

impl DnsName {
    /// From `name:port[/base]`.
    fn address(rest: &str) -> Result<Self, RegistryError> {
        let refuse = |reason| RegistryError::DnsSource { reason };
        let (authority, base) = split_base(rest)?;
        let (name, port) = authority.rsplit_once(':').ok_or_else(|| refuse("there must be a port"))?;
        let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let port = port.parse().ok().filter(|port| *port != 0 && is_number);
        let port = port.ok_or_else(|| refuse("the port must be 1 to 65535"))?;
        Ok(Self { name: dns_name(name)?, port: Some(port), base })
    }

    /// From `name[/base]`.
    fn service(rest: &str) -> Result<Self, RegistryError> {
        let (name, base) = split_base(rest)?;
        Ok(Self { name: dns_name(name)?, port: None, base })
    }
}

impl std::fmt::Display for DnsName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.port {
            Some(port) => write!(f, "dns://{}:{port}{}", self.name, self.base),
            None => write!(f, "srv://{}{}", self.name, self.base),
        }
    }
}

/// The base is held against the rules of instances' URLs, and comes back in their spelling.
fn split_base(rest: &str) -> Result<(&str, Arc<str>), RegistryError> {
    let (authority, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let url = InstanceUrl::parse(&format!("http://host:1{path}"))?;
    Ok((authority, url.as_str().trim_start_matches("http://host:1").into()))
}

/// Letters, digits, `-`, `_` (as in `_http._tcp`), and dots between labels; a dot at the end means: from the root.
fn dns_name(name: &str) -> Result<Arc<str>, RegistryError> {
    let refuse = |reason| RegistryError::DnsSource { reason };
    if name.len() > DNS_NAME_MAX_CHARS {
        return Err(refuse("too long"));
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(allowed);
    let labels = name.strip_suffix('.').unwrap_or(name);
    if labels.split('.').all(is_label) { Ok(name.into()) } else { Err(refuse("not a DNS name")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_kinds_of_places_are_read() {
        let shown = |text| match Place::parse(text).unwrap() {
            Place::Fixed(instance) => format!("{} {}", instance.id, instance.url),
            Place::Dns(name) => name.to_string(),
        };
        assert_eq!(shown("http://127.0.0.1:9101/"), "127.0.0.1-9101 http://127.0.0.1:9101");
        assert_eq!(shown("dns://messages.svc.:8080/base/"), "dns://messages.svc.:8080/base");
        assert_eq!(shown("srv://_http._tcp.messages"), "srv://_http._tcp.messages");
    }

    #[test]
    fn other_places_are_refused() {
        for text in [
            "",
            "dns://name",
            "dns://:80",
            "dns://name:0",
            "dns://name:+80",
            "dns://na me:80",
            "dns://a..b:80",
            "dns://user@name:80",
            "dns://name:80?x",
            "srv://name:80",
            "srv://",
            "https://h:1",
        ] {
            assert!(Place::parse(text).is_err(), "{text}");
        }
        assert!(Place::fixed("a b", "http://h:1", 1).is_err());
    }
}
