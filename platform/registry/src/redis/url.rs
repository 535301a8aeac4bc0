//! Where a Redis is; its password is never shown.

use crate::RegistryError;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

/// `redis://[user:password@]host[:port][/database]`, or empty for none. `Debug`, `Display` and `Serialize` show
/// `***` for the password.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RedisUrl(Option<Url>);

impl RedisUrl {
    /// Reads a URL; an empty text is none.
    ///
    /// # Errors
    /// [`RegistryError::Setting`]; the text is not repeated.
    pub fn parse(text: &str) -> Result<Self, RegistryError> {
        let refuse =
            |reason: &str| RegistryError::Setting { setting: "registry.redis", reason: reason.into() };
        if text.is_empty() {
            return Ok(Self(None));
        }
        let url = Url::parse(text).map_err(|_| refuse("not a URL"))?;
        if url.scheme() != "redis" || url.host_str().is_none_or(str::is_empty) {
            return Err(refuse("must be redis://[user:password@]host[:port][/database]"));
        }
        let database = url.path().trim_start_matches('/');
        if !database.is_empty() && database.parse::<u16>().is_err() {
            return Err(refuse("the database must be a number"));
        }
        Ok(Self(Some(url)))
    }

    /// Whether there is one at all.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// The URL with its password, for whoever connects; `None` for none.
    #[must_use]
    pub fn reveal(&self) -> Option<&str> {
        self.0.as_ref().map(Url::as_str)
    }

    /// A client; nothing is connected yet.
    ///
    /// # Errors
    /// [`RegistryError::Redis`] for what the client does not understand, or none.
    pub(crate) fn client(&self) -> Result<redis::Client, RegistryError> {
        Ok(redis::Client::open(self.0.as_ref().map_or("", Url::as_str))?)
    }
}

impl std::fmt::Display for RedisUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some(url) = &self.0 else { return Ok(()) };
        let mut shown = url.clone();
        if shown.password().is_some() {
            // Cannot fail for a URL with a host.
            let _ = shown.set_password(Some("***"));
        }
        f.write_str(shown.as_str())
    }
}

impl std::fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RedisUrl({self})")
    }
}

impl Serialize for RedisUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RedisUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_used_and_never_shown() {
        let url = RedisUrl::parse("redis://user:secret@host:6380/2").unwrap();
        let shown = format!("{url} {url:?} {}", serde_json::to_string(&url).unwrap());
        assert!(!shown.contains("secret") && shown.contains("redis://user:***@host:6380/2"), "{shown}");
        let client = url.client().unwrap();
        assert_eq!(client.get_connection_info().redis_settings().password(), Some("secret"));
    }

    #[test]
    fn only_a_redis_url_is_one() {
        assert!(!RedisUrl::parse("").unwrap().is_set());
        for text in ["host", "http://host", "redis://", "redis://host/x", "rediss://host"] {
            assert!(RedisUrl::parse(text).is_err(), "{text}");
        }
    }
}
