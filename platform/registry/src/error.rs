//! What can go wrong, and whose fault it is.

use crate::limits::{
    DNS_NAME_MAX_CHARS, ERROR_MAX_CHARS, NAME_MAX_CHARS, TTL_MAX_S, TTL_MIN_S, URL_MAX_BYTES,
};

/// Why something was not registered, read or announced.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// A service's name or an instance's id with other characters than allowed, or too many.
    #[error("{what} must be 1 to {NAME_MAX_CHARS} of the characters a-z, A-Z, 0-9, '.', '_' and '-'")]
    Name {
        /// `a service's name` or `an instance's id`.
        what: &'static str,
    },
    /// An instance's URL that is not `http://host:port[/base]`. The URL is not repeated: it may hold a password.
    #[error("an instance's URL must be http://host:port[/base] of at most {URL_MAX_BYTES} bytes: {reason}")]
    Url {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A time to live out of bounds.
    #[error("ttl_s must be {TTL_MIN_S} to {TTL_MAX_S} seconds, not {ttl_s}")]
    Ttl {
        /// The seconds that were asked for.
        ttl_s: u32,
    },
    /// A DNS source that is neither `dns://name:port[/base]` nor `srv://name[/base]`.
    #[error(
        "a DNS source must be dns://name:port[/base] or srv://name[/base] with a name of at most \
         {DNS_NAME_MAX_CHARS} characters: {reason}"
    )]
    DnsSource {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A setting out of its bounds.
    #[error("{setting}: {reason}")]
    Setting {
        /// The setting, with its section.
        setting: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// No room for one more.
    #[error("no room for one more of {what}: there are {max}")]
    Full {
        /// `services` or `instances`.
        what: &'static str,
        /// The bound.
        max: usize,
    },
    /// The instance is not registered, or no longer.
    #[error("{service}/{id} is not registered")]
    Unknown {
        /// The service.
        service: String,
        /// The instance.
        id: String,
    },
    /// The registry answered, and not as hoped.
    #[error("the registry answered {status}: {detail}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The beginning of the answer.
        detail: String,
    },
    /// The registry could not be asked over HTTP.
    #[error("the registry cannot be reached")]
    Http(#[source] reqwest::Error),
    /// Redis could not be asked, or its answer not understood.
    #[error("Redis cannot be asked")]
    Redis(#[source] redis::RedisError),
    /// A name could not be looked up.
    #[error("{name} cannot be looked up")]
    Dns {
        /// The name.
        name: String,
        /// Why.
        #[source]
        source: hickory_resolver::net::NetError,
    },
    /// The time was over.
    #[error("{what} took longer than {within_ms} ms")]
    TimedOut {
        /// What took so long.
        what: &'static str,
        /// The bound, in milliseconds.
        within_ms: u128,
    },
    /// The registry could not be told that this instance leaves; it expires.
    #[error("the registry could not be told that this instance leaves: {detail}")]
    NotLeft {
        /// Why.
        detail: String,
    },
    /// Called outside of a runtime, where nothing can run in the background.
    #[error("the registry needs a running Tokio runtime")]
    NoRuntime(#[source] tokio::runtime::TryCurrentError),
}

/// Whose fault an error is: enough to choose an HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// What was asked for is not valid (400).
    Caller,
    /// There is no such instance (404).
    Missing,
    /// A bound is reached (429 or 503).
    Full,
    /// The registry or the way to it (502 or 503).
    Registry,
}

impl RegistryError {
    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        match self {
            Self::Name { .. }
            | Self::Url { .. }
            | Self::Ttl { .. }
            | Self::DnsSource { .. }
            | Self::Setting { .. } => Fault::Caller,
            Self::Unknown { .. } => Fault::Missing,
            Self::Full { .. } => Fault::Full,
            Self::Refused { .. }
            | Self::Http(_)
            | Self::Redis(_)
            | Self::Dns { .. }
            | Self::TimedOut { .. }
            | Self::NotLeft { .. }
            | Self::NoRuntime(_) => Fault::Registry,
        }
    }

    /// The error with all its causes in one line, cut to a bound: for states and logs.
    pub(crate) fn line(&self) -> String {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            text.push_str(": ");
            text.push_str(&error.to_string());
            source = error.source();
        }
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(ERROR_MAX_CHARS).collect()
    }
}

impl From<reqwest::Error> for RegistryError {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error.without_url())
    }
}

impl From<redis::RedisError> for RegistryError {
    fn from(error: redis::RedisError) -> Self {
        Self::Redis(error)
    }
}
