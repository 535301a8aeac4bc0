#![doc = include_str!("../README.md")]

mod errors;
mod http;
mod jobs;
mod schema;
mod service;
mod settings;
mod store;

pub use service::Service;
pub use settings::UsersSettings;

use host::{About, Module};
use identity::PasswordHasher;
use kernel::Sources;
use std::sync::Arc;
use storage::{EmbeddedMigrations, Migrations, Store};
use tokens_api::Tokens;

const ON_SQLITE: EmbeddedMigrations = storage::embed_migrations!("../../migrations/users/sqlite");
const ON_POSTGRES: EmbeddedMigrations = storage::embed_migrations!("../../migrations/users/postgres");

/// The module's name.
pub const NAME: &str = "users";

/// What the module is made of.
pub struct Deps {
    /// The module's own store, migrated.
    pub store: Store,
    /// The section `users`.
    pub settings: UsersSettings,
    /// Hashes passwords; see [`UsersSettings::hashing`].
    pub hasher: PasswordHasher,
    /// Revokes a user's tokens.
    pub tokens: Arc<dyn Tokens>,
    /// Time and chance.
    pub sources: Sources,
}

/// The module, ready to be served and called.
pub struct Parts {
    /// Routes and jobs.
    pub module: Module,
    /// Implements [`users_api::Users`].
    pub service: Arc<Service>,
}

/// Puts the module together; touches no database.
#[must_use]
pub fn start(deps: Deps) -> Parts {
    let (store, settings) = (deps.store.clone(), deps.settings);
    let service = Arc::new(Service::new(deps));
    let module = Module {
        about: about(),
        state: http::state(Arc::clone(&service)),
        jobs: jobs::all(&service, settings),
        store: Some(store),
    };
    Parts { module, service }
}

/// What is known of the module before it runs.
#[must_use]
pub fn about() -> About {
    About { name: NAME, endpoints: http::endpoints(), openapi: http::openapi, calls: &["tokens"] }
}

/// The module's tables.
#[must_use]
pub fn migrations() -> Migrations {
    Migrations { module: NAME, sqlite: || ON_SQLITE, postgres: || ON_POSTGRES }
}
