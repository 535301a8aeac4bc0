//! The section `storage`: where the data is, and every bound of a module's store.

use crate::{StorageError, StorageUrl};
use std::time::Duration;

/// Where the modules keep their data, and within which bounds. All bounds hold for each module by itself.
#[derive(Debug, Clone, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct StorageSettings {
    /// `sqlite:DIRECTORY` or `postgres://host[:port]/database`.
    pub url: StorageUrl,
    /// Milliseconds that a caller waits for a unit of work at most, whatever its deadline: a database that is away is
    /// answered with 503 within a second.
    pub answer_within_ms: u64,
    /// Units of work that may wait in one queue; one more is refused at once.
    pub queue_max: usize,
    /// SQLite: threads that read, each with its own connection.
    pub sqlite_readers: usize,
    /// SQLite: units of work that one commit may carry.
    pub group_max: usize,
    /// SQLite: milliseconds that a write waits for another process that writes to the same file.
    pub sqlite_busy_timeout_ms: u32,
    /// PostgreSQL: threads that read and write, each with its own connection.
    pub postgres_connections: usize,
    /// PostgreSQL: seconds that making a connection may take.
    pub postgres_connect_within_s: u32,
    /// PostgreSQL: milliseconds after which the server gives up a statement, or a transaction that stands idle. More
    /// than `answer_within_ms` makes it work for nobody.
    pub postgres_statement_timeout_ms: u32,
    /// PostgreSQL: milliseconds between two attempts to reach a database that is away, at most; they start at
    /// 50 ms and double.
    pub postgres_reconnect_max_ms: u64,
    /// Milliseconds that a process waits at start for another that migrates the same module.
    pub migrate_wait_ms: u32,
    /// Milliseconds that closing waits for what is queued.
    pub close_within_ms: u64,
}

impl Default for StorageSettings {
    fn default() -> Self {
        Self {
            url: StorageUrl::Sqlite { directory: "./data".into() },
            answer_within_ms: 800,
            queue_max: 1024,
            sqlite_readers: 2,
            group_max: 256,
            sqlite_busy_timeout_ms: 500,
            postgres_connections: 4,
            postgres_connect_within_s: 2,
            postgres_statement_timeout_ms: 800,
            postgres_reconnect_max_ms: 1000,
            migrate_wait_ms: 60_000,
            close_within_ms: 5000,
        }
    }
}

impl StorageSettings {
    /// Refuses bounds with which nothing could ever be answered, by the setting's name.
    ///
    /// # Errors
    /// [`StorageError::Setup`].
    pub(crate) fn check(&self, module: &str) -> Result<(), StorageError> {
        let bounds = [
            ("answer_within_ms", self.answer_within_ms == 0),
            ("queue_max", self.queue_max == 0),
            ("sqlite_readers", self.sqlite_readers == 0),
            ("group_max", self.group_max == 0),
            ("postgres_connections", self.postgres_connections == 0),
            // Zero means "for ever" to libpq and to the server.
            ("postgres_connect_within_s", self.postgres_connect_within_s == 0),
            ("postgres_statement_timeout_ms", self.postgres_statement_timeout_ms == 0),
            ("migrate_wait_ms", self.migrate_wait_ms == 0),
        ];
        match bounds.into_iter().find(|(_, is_zero)| *is_zero) {
            Some((name, _)) => Err(StorageError::setup(module, format!("storage.{name} must be at least 1"))),
            None => Ok(()),
        }
    }

    pub(crate) fn answer_within(&self) -> Duration {
        Duration::from_millis(self.answer_within_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_hold_and_unknown_settings_are_refused() {
        let settings: StorageSettings = serde_json::from_str(r#"{"url": "postgres://db/chat"}"#).unwrap();
        assert_eq!(settings.url.to_string(), "postgres://db/chat");
        assert_eq!(settings.answer_within_ms, 800);
        settings.check("users").unwrap();
        serde_json::from_str::<StorageSettings>(r#"{"pool": 3}"#).unwrap_err();
        serde_json::from_str::<StorageSettings>(r#"{"url": "postgres://a:b@db/chat"}"#).unwrap_err();
    }

    #[test]
    fn a_bound_of_zero_is_refused_by_name() {
        let settings = StorageSettings { queue_max: 0, ..StorageSettings::default() };
        assert!(settings.check("users").unwrap_err().to_string().contains("storage.queue_max"));
    }
}
