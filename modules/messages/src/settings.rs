//! The section `messages`.

#[cfg(debug_assertions)]
mod faults;

use egress::EgressSettings;
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[cfg(debug_assertions)]
pub use faults::FaultSettings;

/// Longest that POST and PUT may be made to wait for previews.
const WAIT_MAX_MS: u64 = 10_000;
/// A year.
const LISTED_FOR_MAX_H: u64 = 365 * 24;

/// The section `messages`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MessagesSettings {
    /// The previews of links.
    pub previews: PreviewSettings,
    /// How long after its last change a message is listed, hours: 1 to 8,760.
    #[serde(deserialize_with = "config::within::<_, _, 1, LISTED_FOR_MAX_H>")]
    pub listed_for_h: u64,
    /// What is done wrong on purpose; unknown to a release.
    #[cfg(debug_assertions)]
    #[serde(skip_serializing)]
    pub faults: FaultSettings,
}

/// The section `messages.previews`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PreviewSettings {
    /// Whether the pages that messages link to are fetched.
    pub enabled: bool,
    /// Whether addresses that are not public may be reached.
    pub allow_private: bool,
    /// How long POST and PUT wait for previews, milliseconds: 0 to 10,000.
    #[serde(deserialize_with = "config::within::<_, _, 0, WAIT_MAX_MS>")]
    pub wait_ms: u64,
}

impl Default for MessagesSettings {
    fn default() -> Self {
        Self {
            previews: PreviewSettings::default(),
            listed_for_h: 24,
            #[cfg(debug_assertions)]
            faults: FaultSettings::default(),
        }
    }
}

impl Default for PreviewSettings {
    fn default() -> Self {
        Self { enabled: true, allow_private: false, wait_ms: 1500 }
    }
}

impl MessagesSettings {
    /// How the pages that messages link to are fetched.
    #[must_use]
    pub fn egress(&self) -> EgressSettings {
        EgressSettings { allow_private: self.previews.allow_private, ..EgressSettings::default() }
    }

    pub(crate) fn listed_for(self) -> Duration {
        Duration::from_secs(self.listed_for_h * 3600)
    }
}

impl PreviewSettings {
    pub(crate) fn wait(self) -> Duration {
        Duration::from_millis(self.wait_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_does_not_know_of_faults() {
        let read = serde_json::from_str::<MessagesSettings>(r#"{"faults": {}}"#);
        assert_eq!(read.is_ok(), cfg!(debug_assertions), "{read:?}");
        assert!(!serde_json::to_string(&MessagesSettings::default()).unwrap().contains("faults"));
    }

    #[test]
    fn values_out_of_bounds_and_unknown_keys_are_refused() {
        let read = |text| serde_json::from_str::<MessagesSettings>(text);
        assert_eq!(read("{}").unwrap(), MessagesSettings::default());
        assert!(!read(r#"{"previews": {"enabled": false}}"#).unwrap().previews.enabled);
        assert!(read(r#"{"previews": {"allow_private": true}}"#).unwrap().egress().allow_private);
        for text in [
            r#"{"listed_for_h": 0}"#,
            r#"{"listed_for_h": 8761}"#,
            r#"{"previews": {"wait_ms": 10001}}"#,
            r#"{"previews": {"wait": 1}}"#,
            r#"{"other": 1}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
