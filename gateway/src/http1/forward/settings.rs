//! The settings of what is passed on to upstreams. Deadlines, retries and limits of a service are its policy's.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// What concerns requests that are passed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ForwardSettings {
    /// Networks of the proxies in front of this gateway. Only their `Forwarded` and `X-Forwarded-*` fields are believed;
    /// from anybody else these are replaced.
    pub trusted_peers: Vec<IpNet>,
    /// Whether answers say who gave them, in `banyan-served-by`.
    pub served_by: bool,
    /// Whether upstreams are told of this gateway in `Via` (RFC 9110 section 7.6.3). Off, because some servers stop
    /// to compress for whoever has a `Via`.
    pub via: bool,
    /// Field in which upstreams are told how many milliseconds the answer may still take; empty for none.
    pub deadline_field: String,
    /// How long a client that sent `Expect: 100-continue` waits for the upstream's word before it is asked to go on
    /// anyway: upstreams that do not know the expectation never answer it.
    pub continue_timeout_ms: u64,
    /// A connection that was upgraded (WebSocket) is closed after this long without a byte in either direction.
    pub tunnel_idle_timeout_ms: u64,
    /// Time that upgraded connections have at shutdown.
    pub tunnel_stop_ms: u64,
}

impl Default for ForwardSettings {
    fn default() -> Self {
        Self {
            trusted_peers: Vec::new(),
            served_by: true,
            via: false,
            deadline_field: "banyan-deadline-ms".to_owned(),
            continue_timeout_ms: 1_000,
            tunnel_idle_timeout_ms: 600_000,
            tunnel_stop_ms: 5_000,
        }
    }
}
