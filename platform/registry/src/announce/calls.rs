//! The calls of an announcer, over HTTP or to a Redis.

use super::http::Http;
use super::settings::{AnnounceSettings, Me};
use crate::RegistryError;
use crate::redis::{Line, RedisUrl};
use kernel::Sources;

/// The way to the registry.
pub(super) enum Calls {
    Http(Http),
    Redis(Line),
}

impl Calls {
    /// Nothing is connected yet.
    ///
    /// # Errors
    /// [`RegistryError::Setting`] for a registry that is neither.
    pub(super) fn new(settings: &AnnounceSettings, sources: &Sources) -> Result<Self, RegistryError> {
        let registry = settings.registry.reveal();
        if registry.starts_with("redis:") {
            let url = RedisUrl::parse(registry)?;
            return Ok(Self::Redis(Line::new(&url, &settings.redis_prefix, sources.random.clone())?));
        }
        Http::new(registry, &settings.token).map(Self::Http)
    }

    pub(super) async fn register(&mut self, me: &Me) -> Result<(), RegistryError> {
        match self {
            Self::Http(http) => http.register(me).await,
            Self::Redis(line) => line.announce(&me.service, &me.checked).await,
        }
    }

    /// # Errors
    /// [`RegistryError::Unknown`] when it must register anew. A Redis takes any heartbeat for a registration.
    pub(super) async fn keep_alive(&mut self, me: &Me) -> Result<(), RegistryError> {
        match self {
            Self::Http(http) => http.keep_alive(me).await,
            Self::Redis(line) => line.announce(&me.service, &me.checked).await,
        }
    }

    pub(super) async fn leave(&mut self, me: &Me) -> Result<(), RegistryError> {
        match self {
            Self::Http(http) => match http.leave(me).await {
                Err(RegistryError::Unknown { .. }) => Ok(()),
                other => other,
            },
            Self::Redis(line) => line.leave(&me.service, &me.checked).await,
        }
    }
}
