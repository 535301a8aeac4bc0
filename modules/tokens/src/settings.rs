//! The section `tokens`.

use serde::Deserialize;
use std::time::Duration;

/// Longest life of a token: 30 days. Generations are kept longer than that.
pub(crate) const EXPIRES_IN_MAX_S: u64 = 30 * 24 * 3600;

/// The section `tokens`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TokensSettings {
    /// How long a token counts, seconds: 1 to 2,592,000.
    #[serde(deserialize_with = "config::within::<_, _, 1, EXPIRES_IN_MAX_S>")]
    pub expires_in_s: u64,
    /// Time between two readings of keys and revocations, milliseconds: 100 to 60,000.
    #[serde(deserialize_with = "config::within::<_, _, 100, 60_000>")]
    pub refresh_every_ms: u64,
}

impl Default for TokensSettings {
    fn default() -> Self {
        Self { expires_in_s: 3600, refresh_every_ms: 1000 }
    }
}

impl TokensSettings {
    pub(crate) fn expires_in(self) -> Duration {
        Duration::from_secs(self.expires_in_s)
    }

    pub(crate) fn refresh_every(self) -> Duration {
        Duration::from_millis(self.refresh_every_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_out_of_bounds_are_refused() {
        let read = |text| serde_json::from_str::<TokensSettings>(text);
        assert_eq!(read("{}").unwrap(), TokensSettings::default());
        assert_eq!(read(r#"{"expires_in_s": 60}"#).unwrap().expires_in_s, 60);
        for text in [r#"{"expires_in_s": 0}"#, r#"{"expires_in_s": 2592001}"#, r#"{"refresh_every_ms": 99}"#]
        {
            assert!(read(text).unwrap_err().to_string().contains("is not between"), "{text}");
        }
    }
}
