//! The section `users`.

use identity::{Cost, PasswordOptions};
use serde::Deserialize;
use std::time::Duration;

/// The section `users`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UsersSettings {
    /// Fewest characters of a new password: 1 to 256.
    #[serde(deserialize_with = "config::within::<_, _, 1, 256>")]
    pub min_password_length: u32,
    /// A user unseen for this long goes offline, seconds: 5 to 86,400.
    #[serde(deserialize_with = "config::within::<_, _, 5, 86_400>")]
    pub offline_after_s: u32,
    /// Time between two looks for users to go offline, seconds: 1 to 3,600.
    #[serde(deserialize_with = "config::within::<_, _, 1, 3600>")]
    pub sweep_every_s: u32,
    /// Longest that a call waits for it to be recorded that its user was seen, milliseconds: 1 to 60,000. Beyond it the
    /// call goes on, and who was seen in that second is not known.
    #[serde(deserialize_with = "config::within::<_, _, 1, 60_000>")]
    pub presence_wait_ms: u32,
    /// Threads that hash passwords: 1 to 64.
    #[serde(deserialize_with = "config::within::<_, _, 1, 64>")]
    pub hash_threads: u32,
    /// Passwords that may wait for a thread: 1 to 10,000.
    #[serde(deserialize_with = "config::within::<_, _, 1, 10_000>")]
    pub hash_queue_max: u32,
}

impl Default for UsersSettings {
    fn default() -> Self {
        Self {
            min_password_length: 8,
            offline_after_s: 60,
            sweep_every_s: 5,
            presence_wait_ms: 100,
            hash_threads: 2,
            hash_queue_max: 64,
        }
    }
}

impl UsersSettings {
    /// The bounds for the [`PasswordHasher`](identity::PasswordHasher) that the module is given.
    #[must_use]
    pub fn hashing(self) -> PasswordOptions {
        let (threads, queue_max) = (self.hash_threads as usize, self.hash_queue_max as usize);
        PasswordOptions { threads, queue_max, cost: Cost::PRODUCTION }
    }

    pub(crate) fn offline_after(self) -> Duration {
        Duration::from_secs(self.offline_after_s.into())
    }

    pub(crate) fn sweep_every(self) -> Duration {
        Duration::from_secs(self.sweep_every_s.into())
    }

    pub(crate) fn presence_wait(self) -> Duration {
        Duration::from_millis(self.presence_wait_ms.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_out_of_bounds_are_refused() {
        let read = |text| serde_json::from_str::<UsersSettings>(text);
        assert_eq!(read("{}").unwrap(), UsersSettings::default());
        assert_eq!(read(r#"{"min_password_length": 12}"#).unwrap().min_password_length, 12);
        for text in [r#"{"min_password_length": 0}"#, r#"{"offline_after_s": 4}"#, r#"{"sweep_every_s": 0}"#]
        {
            assert!(read(text).unwrap_err().to_string().contains("is not between"), "{text}");
        }
    }
}
