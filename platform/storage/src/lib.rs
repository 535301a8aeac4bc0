#![doc = include_str!("../README.md")]

#[expect(missing_docs, reason = "the derive makes public items without documentation")]
mod connection;
mod error;
mod job;
mod metrics;
mod migrate;
mod name;
mod postgres;
mod provision;
mod queue;
mod secrets;
mod settings;
mod shared;
mod sqlite;
mod store;
mod threads;
mod transaction;
mod url;

#[cfg(test)]
mod tests;

pub use connection::{AnyConnection, MultiBackend};
pub use diesel_migrations::{EmbeddedMigrations, embed_migrations};
pub use error::StorageError;
pub use metrics::StoreMetrics;
pub use migrate::{MigrationStatus, Migrations, migrate, status};
pub use provision::{Provisioned, provision};
pub use secrets::Secrets;
pub use settings::StorageSettings;
pub use store::{Store, StoreOptions};
pub use url::StorageUrl;
