//! The section `dry_run`: the key that the gateway and its services share.

use crate::DryRunKey;
use std::fmt;

/// Fewest characters of the key.
pub(crate) const KEY_MIN_CHARS: usize = 16;

/// The section `dry_run`.
#[derive(Clone, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DryRunSettings {
    /// The secret that marks are signed with, 16 characters or more, the same for the gateway and its services. Without
    /// it there are no dry runs, and a request with a mark is refused.
    pub key: Option<String>,
}

impl DryRunSettings {
    /// The key, if one is set.
    ///
    /// # Errors
    /// In words, without the key.
    pub fn key(&self) -> Result<Option<DryRunKey>, String> {
        let key = self.key.as_deref().filter(|key| !key.is_empty()).map(DryRunKey::new);
        key.transpose().map_err(|error| format!("dry_run.key: {error}"))
    }
}

impl fmt::Debug for DryRunSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DryRunSettings").field("is_set", &self.key.is_some()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_key_is_refused_and_none_is_none() {
        let of = |key: &str| DryRunSettings { key: Some(key.to_owned()) }.key();
        assert!(matches!(DryRunSettings::default().key(), Ok(None)));
        assert!(matches!(of(""), Ok(None)));
        assert!(matches!(of("0123456789abcdef"), Ok(Some(_))));
        let refused = of("0123456789abcde").unwrap_err();
        assert!(refused.contains("16") && !refused.contains("0123"), "{refused}");
    }

    #[test]
    fn debug_shows_no_secret() {
        let settings = DryRunSettings { key: Some("0123456789abcdef".into()) };
        assert!(!format!("{settings:?}").contains("0123"));
    }
}
