//! The section `registry`: which sources there are beside the lists of the features file, and how often they are asked.

use crate::RegistryError;
use crate::redis::RedisUrl;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::time::Duration;

/// Which sources there are, and how often they are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegistrySettings {
    /// `redis://[user:password@]host[:port][/database]` of a registry shared by gateways; empty for none.
    pub redis: RedisUrl,
    /// What the names of all keys in Redis begin with: registries of different prefixes do not know of each other.
    pub redis_prefix: String,
    /// Milliseconds between two looks into Redis, 50 to 900: a change is seen within a second.
    pub redis_poll_ms: u64,
    /// DNS servers `address:port` to ask instead of those of `/etc/resolv.conf`.
    pub dns_servers: Vec<SocketAddr>,
    /// Milliseconds between two looks at one name at least, however short its TTL.
    pub dns_refresh_min_ms: u64,
    /// Milliseconds between two looks at one name at most, however long its TTL.
    pub dns_refresh_max_ms: u64,
    /// Milliseconds that one look at a name may take in all.
    pub dns_timeout_ms: u64,
}

impl Default for RegistrySettings {
    fn default() -> Self {
        Self {
            redis: RedisUrl::default(),
            redis_prefix: "banyan".into(),
            redis_poll_ms: 500,
            dns_servers: Vec::new(),
            dns_refresh_min_ms: 1_000,
            dns_refresh_max_ms: 30_000,
            dns_timeout_ms: 5_000,
        }
    }
}

/// Milliseconds between two looks into Redis.
const REDIS_POLL_MS: std::ops::RangeInclusive<u64> = 50..=900;
/// Milliseconds for everything of DNS: 10 ms to an hour.
const DNS_MS: std::ops::RangeInclusive<u64> = 10..=3_600_000;
/// DNS servers that are asked.
const DNS_SERVERS_MAX: usize = 8;

impl RegistrySettings {
    /// # Errors
    /// [`RegistryError::Setting`] with the first setting that is out of its bounds.
    pub fn check(&self) -> Result<(), RegistryError> {
        crate::redis::Keys::new(&self.redis_prefix)?;
        within("registry.redis_poll_ms", self.redis_poll_ms, &REDIS_POLL_MS)?;
        within("registry.dns_refresh_min_ms", self.dns_refresh_min_ms, &DNS_MS)?;
        within(
            "registry.dns_refresh_max_ms",
            self.dns_refresh_max_ms,
            &(self.dns_refresh_min_ms..=*DNS_MS.end()),
        )?;
        within("registry.dns_timeout_ms", self.dns_timeout_ms, &DNS_MS)?;
        if self.dns_servers.len() > DNS_SERVERS_MAX {
            let reason = format!("at most {DNS_SERVERS_MAX} servers");
            return Err(RegistryError::Setting { setting: "registry.dns_servers", reason });
        }
        Ok(())
    }

    pub(crate) fn redis_poll(&self) -> Duration {
        Duration::from_millis(self.redis_poll_ms)
    }

    pub(crate) fn dns_refresh_min(&self) -> Duration {
        Duration::from_millis(self.dns_refresh_min_ms)
    }

    pub(crate) fn dns_refresh_max(&self) -> Duration {
        Duration::from_millis(self.dns_refresh_max_ms)
    }

    pub(crate) fn dns_timeout(&self) -> Duration {
        Duration::from_millis(self.dns_timeout_ms)
    }
}

fn within(
    setting: &'static str,
    value: u64,
    bounds: &std::ops::RangeInclusive<u64>,
) -> Result<(), RegistryError> {
    if bounds.contains(&value) {
        return Ok(());
    }
    let reason = format!("must be {} to {}, not {value}", bounds.start(), bounds.end());
    Err(RegistryError::Setting { setting, reason })
}
