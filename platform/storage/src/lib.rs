//! storage (face; being built)

mod connection;
mod error;
mod settings;
mod store;

pub use connection::{AnyConnection, MultiBackend};
pub use diesel_migrations::{EmbeddedMigrations, embed_migrations};
pub use error::StorageError;
pub use settings::{StorageSettings, StorageUrl};
pub use store::{Migrations, Store};
