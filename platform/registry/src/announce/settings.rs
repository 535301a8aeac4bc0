//! Who announces itself, and where.

use crate::instance::{Checked, check_service};
use crate::{Registration, RegistryError};
use std::time::Duration;

/// Who announces itself, and where.
#[derive(Debug, Clone)]
pub struct AnnounceSettings {
    /// The registry: `http://admin[:port][/base]` or `https://…` for the admin port of a gateway,
    /// `redis://[user:password@]host[:port][/database]` for a Redis. May hold a password.
    pub registry: Token,
    /// The service: `[a-zA-Z0-9._-]{1,64}`.
    pub service: String,
    /// This process among the instances of the service: `[a-zA-Z0-9._-]{1,64}`, its own. With the id of another that is
    /// still alive, it takes that one's place.
    pub id: String,
    /// Where this process is reached: `http://host:port[/base]`.
    pub url: String,
    /// Seconds after which it counts as dead without a heartbeat, 1 to 3,600.
    pub ttl_s: u32,
    /// Sent as a bearer token over HTTP: a gateway wants one beyond loopback. Empty for none.
    pub token: Token,
    /// What the keys in Redis begin with; the gateways' `registry.redis_prefix`.
    pub redis_prefix: String,
}

/// A text that is never shown.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Token {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "Token(none)" } else { "Token(***)" })
    }
}

/// Who announces itself, checked.
pub(super) struct Me {
    pub(super) service: String,
    pub(super) registration: Registration,
    pub(super) checked: Checked,
}

impl AnnounceSettings {
    /// # Errors
    /// [`RegistryError::Name`], [`RegistryError::Url`] or [`RegistryError::Ttl`].
    pub(super) fn me(&self) -> Result<Me, RegistryError> {
        check_service(&self.service)?;
        let registration = Registration { id: self.id.clone(), url: self.url.clone(), ttl_s: self.ttl_s };
        let checked = registration.check()?;
        Ok(Me { service: self.service.clone(), registration, checked })
    }
}

impl Me {
    /// Between two heartbeats: two may be lost.
    pub(super) fn heartbeat(&self) -> Duration {
        self.checked.ttl / 3
    }
}
