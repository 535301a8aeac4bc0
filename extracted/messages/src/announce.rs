//! Makes the service known to the gateways: registers once it serves, leaves before it drains.

use crate::error::ServiceError;
use kernel::{Random, Sources};
use registry::{AnnounceSettings, Announcer};
use std::fmt;
use std::net::SocketAddr;

/// Random digits behind the service's name in an id that nobody chose: enough for every process of a fleet.
const ID_DIGITS: usize = 12;

/// The section `announce`.
#[derive(Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Announce {
    /// The registry: `http://HOST:PORT` of a gateway's admin side, or `redis://HOST`; empty: tell nobody.
    pub(crate) registry: String,
    /// The token of the gateway's admin side, where it wants one.
    pub(crate) token: String,
    /// This process among the service's instances; empty: the service's name and random digits.
    pub(crate) id: String,
    /// Where this process is reached: `http://HOST:PORT`; empty: the address that it listens on.
    pub(crate) url: String,
    /// Seconds after which it counts as dead without a heartbeat.
    pub(crate) ttl_s: u32,
    /// What the keys in Redis begin with.
    pub(crate) redis_prefix: String,
}

impl Default for Announce {
    fn default() -> Self {
        Self {
            registry: String::new(),
            token: String::new(),
            id: String::new(),
            url: String::new(),
            ttl_s: 9,
            redis_prefix: "banyan".to_owned(),
        }
    }
}

impl fmt::Debug for Announce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Announce").field("id", &self.id).field("url", &self.url).finish_non_exhaustive()
    }
}

impl Announce {
    /// Starts to announce a service that listens at `public`; `None` when nobody is to be told.
    pub(crate) fn start(
        self,
        service: &str,
        public: SocketAddr,
        sources: &Sources,
    ) -> Result<Option<Announcer>, ServiceError> {
        if self.registry.is_empty() {
            return Ok(None);
        }
        if self.url.is_empty() && public.ip().is_unspecified() {
            let reason =
                "announce.url: must say where this process is reached when it listens on every address";
            return Err(ServiceError::Setting(reason.to_owned()));
        }
        let url = if self.url.is_empty() { format!("http://{public}") } else { self.url };
        let id = if self.id.is_empty() { fresh_id(service, &*sources.random) } else { self.id };
        let settings = AnnounceSettings {
            registry: self.registry.into(),
            service: service.to_owned(),
            id,
            url,
            ttl_s: self.ttl_s,
            token: self.token.into(),
            redis_prefix: self.redis_prefix,
        };
        Ok(Some(Announcer::start(settings, sources.clone())?))
    }
}

fn fresh_id(service: &str, random: &dyn Random) -> String {
    let digits: String = format!("{:016x}", random.next_u64()).chars().take(ID_DIGITS).collect();
    format!("{service}-{digits}")
}
