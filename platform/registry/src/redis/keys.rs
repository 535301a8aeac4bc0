//! The names of the keys.

use crate::RegistryError;
use crate::instance::check_service;

/// The names of one registry's keys; all in one slot of a cluster.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    pub(super) index: String,
    pub(super) meta: String,
    /// What the key of an instance begins with; then comes the member of the index.
    pub(super) instances: String,
}

impl Keys {
    /// # Errors
    /// [`RegistryError::Setting`] for a prefix outside of the alphabet of names.
    pub(crate) fn new(prefix: &str) -> Result<Self, RegistryError> {
        check_service(prefix).map_err(|_| RegistryError::Setting {
            setting: "registry.redis_prefix",
            reason: "must be 1 to 64 of the characters a-z, A-Z, 0-9, '.', '_' and '-'".into(),
        })?;
        let root = format!("{{{prefix}:registry}}");
        Ok(Self {
            index: format!("{root}:index"),
            meta: format!("{root}:meta"),
            instances: format!("{root}:i:"),
        })
    }
}

/// An instance's name in the index. Neither part has a slash in it.
pub(crate) fn member(service: &str, id: &str) -> String {
    format!("{service}/{id}")
}
