//! What a fetch may do and how much of everything.

use std::time::Duration;

/// How a [`PageFetcher`](crate::PageFetcher) works.
#[derive(Debug, Clone, Default)]
pub struct EgressSettings {
    /// Whether addresses that are not globally routable may be reached: tests and closed networks.
    pub allow_private: bool,
    /// How much of everything.
    pub limits: Limits,
    /// Which proxy to go through.
    pub proxy: ProxyRules,
}

/// The limits of fetching.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For one page in all: waiting for a turn, redirects, body.
    pub total: Duration,
    /// For one connection, TLS included.
    pub connect: Duration,
    /// Of a body, in bytes; what comes behind is not read.
    pub body_max_bytes: usize,
    /// Redirects followed for one page.
    pub redirects_max: usize,
    /// Fetches at once in the process, and as many lookups of names.
    pub concurrent_max: usize,
    /// Fetches that wait for their turn; more are refused.
    pub waiting_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: Duration::from_secs(5),
            connect: Duration::from_secs(2),
            body_max_bytes: 512 * 1024,
            redirects_max: 3,
            concurrent_max: 16,
            waiting_max: 64,
        }
    }
}

/// Which proxy to go through.
#[derive(Clone, Default)]
pub enum ProxyRules {
    /// What `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` say.
    #[default]
    Environment,
    /// None.
    Direct,
    /// This one, for every URL.
    Fixed(String),
}

impl std::fmt::Debug for ProxyRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Environment => "Environment",
            Self::Direct => "Direct",
            // The URL may hold a password.
            Self::Fixed(_) => "Fixed(..)",
        })
    }
}
