//! The section `host`: how modules are served.

/// How modules are served.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HostSettings {
    /// Whether lists and items carry an `ETag` and answer 304.
    pub etag: bool,
    /// Most bytes that the body of a call to a module may have.
    pub body_max_bytes: usize,
}

impl Default for HostSettings {
    fn default() -> Self {
        Self { etag: true, body_max_bytes: 1024 * 1024 }
    }
}
