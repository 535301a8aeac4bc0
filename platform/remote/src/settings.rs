//! The section `monolith`: where the rest of the house is.

use std::fmt;

/// Where the rest of the house is, and how long it may take.
#[derive(Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RemoteSettings {
    /// Its admin side: `http://127.0.0.1:9090`.
    pub admin_url: String,
    /// The token of its admin side, where it wants one.
    pub token: Option<String>,
    /// Longest that a connection may take, milliseconds.
    pub connect_timeout_ms: u64,
    /// Longest that a call may take, milliseconds; a caller's own deadline may be nearer.
    pub call_timeout_ms: u64,
    /// Time between two looks at keys and revocations, milliseconds. A revocation is known within this and a call.
    pub follow_every_ms: u64,
    /// Calls that may be under way at once; more are refused.
    pub calls_max: usize,
}

impl Default for RemoteSettings {
    fn default() -> Self {
        Self {
            admin_url: "http://127.0.0.1:9090".to_owned(),
            token: None,
            connect_timeout_ms: 300,
            call_timeout_ms: 1_000,
            follow_every_ms: 400,
            calls_max: 256,
        }
    }
}

impl fmt::Debug for RemoteSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteSettings").field("admin_url", &self.admin_url).finish_non_exhaustive()
    }
}
