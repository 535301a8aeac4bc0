//! An instance as everybody sees it, and what of strangers' words is accepted as one.

use crate::RegistryError;
use crate::limits::{NAME_MAX_CHARS, TTL_DEFAULT_S, TTL_MAX_S, TTL_MIN_S, URL_MAX_BYTES};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

/// Who says that an instance is there. In this order they are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// An operator, in a list.
    Fixed,
    /// The instance itself, to this process.
    Embedded,
    /// The instance itself, to a Redis.
    Redis,
    /// A DNS server.
    Dns,
}

/// One running process of a service. Cloning copies no text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Instance {
    /// Its name among the instances of its service: `[a-zA-Z0-9._-]{1,64}`.
    #[serde(serialize_with = "as_text")]
    pub id: Arc<str>,
    /// `http://host:port[/base]`, without a slash at the end.
    #[serde(serialize_with = "as_text")]
    pub url: Arc<str>,
    /// Its share of requests relative to the others, 0 to 65,535.
    pub weight: u32,
    /// Who says so.
    pub origin: Origin,
}

fn as_text<S: serde::Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// What an instance says when it registers: the body of `POST /api/services/{name}/instances`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Its name among the instances of its service: `[a-zA-Z0-9._-]{1,64}`.
    pub id: String,
    /// `http://host:port[/base]`.
    pub url: String,
    /// Seconds it may be believed without a keep-alive.
    #[serde(default = "ttl_default_s")]
    pub ttl_s: u32,
}

fn ttl_default_s() -> u32 {
    TTL_DEFAULT_S
}

/// A registration that was checked.
pub(crate) struct Checked {
    pub(crate) id: Arc<str>,
    pub(crate) url: InstanceUrl,
    pub(crate) ttl: Duration,
}

impl Registration {
    /// # Errors
    /// [`RegistryError::Name`], [`RegistryError::Url`] or [`RegistryError::Ttl`].
    pub(crate) fn check(&self) -> Result<Checked, RegistryError> {
        check_id(&self.id)?;
        if !(TTL_MIN_S..=TTL_MAX_S).contains(&self.ttl_s) {
            return Err(RegistryError::Ttl { ttl_s: self.ttl_s });
        }
        let ttl = Duration::from_secs(self.ttl_s.into());
        Ok(Checked { id: self.id.as_str().into(), url: InstanceUrl::parse(&self.url)?, ttl })
    }
}

/// # Errors
/// [`RegistryError::Name`].
pub(crate) fn check_service(name: &str) -> Result<(), RegistryError> {
    check_name("a service's name", name)
}

/// # Errors
/// [`RegistryError::Name`].
pub(crate) fn check_id(id: &str) -> Result<(), RegistryError> {
    check_name("an instance's id", id)
}

fn check_name(what: &'static str, name: &str) -> Result<(), RegistryError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let is_name = (1..=NAME_MAX_CHARS).contains(&name.len()) && name.bytes().all(allowed);
    // As a segment of a path, a name of dots would be another path.
    if is_name && name != "." && name != ".." { Ok(()) } else { Err(RegistryError::Name { what }) }
}

/// The URL of an instance in its one spelling: `http://host:port[/base]`, the port always there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InstanceUrl {
    text: String,
    host: String,
    port: u16,
}

impl InstanceUrl {
    /// Reads a URL; without a port it means 80.
    ///
    /// # Errors
    /// [`RegistryError::Url`] for anything else than `http://host:port[/base]`.
    pub(crate) fn parse(text: &str) -> Result<Self, RegistryError> {
        let refuse = |reason| RegistryError::Url { reason };
        if text.len() > URL_MAX_BYTES {
            return Err(refuse("too long"));
        }
        // What the parser would silently drop or turn into something else.
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
            return Err(refuse("other than visible ASCII characters"));
        }
        let url = Url::parse(text).map_err(|_| refuse("not a URL"))?;
        if url.scheme() != "http" || !text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"))
        {
            return Err(refuse("must begin with http://"));
        }
        if !url.username().is_empty() || url.password().is_some() || authority(text).contains('@') {
            return Err(refuse("no user name, no password"));
        }
        if text.contains(['?', '#']) {
            return Err(refuse("no query, no fragment"));
        }
        let host = match url.host() {
            Some(Host::Domain(name)) if !name.is_empty() => name.to_owned(),
            Some(Host::Ipv4(address)) if !address.is_unspecified() => address.to_string(),
            Some(Host::Ipv6(address)) if !address.is_unspecified() => format!("[{address}]"),
            _ => return Err(refuse("the host must be one that can be connected to")),
        };
        let port = url.port_or_known_default().filter(|port| *port != 0);
        let port = port.ok_or_else(|| refuse("the port must be 1 to 65535"))?;
        Ok(Self::of(&host, port, url.path()))
    }

    /// From a host (an IPv6 address in brackets), a port, and a path that a URL may have.
    pub(crate) fn of(host: &str, port: u16, base: &str) -> Self {
        let base = base.trim_end_matches('/');
        Self { text: format!("http://{host}:{port}{base}"), host: host.to_owned(), port }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// An id for whoever has none of its own: `host-port`, in the alphabet of ids.
    pub(crate) fn id(&self) -> Arc<str> {
        let port = format!("-{}", self.port);
        let room = NAME_MAX_CHARS - port.len().min(NAME_MAX_CHARS);
        let host = self.host.trim_matches(['[', ']']).chars();
        let host = host.map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' });
        let host: String = host.take(room).collect();
        format!("{host}{port}").into()
    }
}

/// What stands between `//` and the path.
fn authority(text: &str) -> &str {
    let rest = text.split_once("//").map_or("", |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or("")
}

#[cfg(test)]
#[path = "tests/instance.rs"]
mod tests;
