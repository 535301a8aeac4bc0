#![doc = include_str!("../README.md")]

mod errors;
mod http;
mod jobs;
mod schema;
mod service;
mod settings;
mod store;

pub use service::{KeyInfo, KeyRole, Service};
pub use settings::TokensSettings;

use contract::Context;
use host::{About, Module};
use identity::Verifier;
use kernel::Sources;
use std::sync::Arc;
use storage::{EmbeddedMigrations, Migrations, Store};
use tokens_api::TokensError;
use users_api::Users;

const ON_SQLITE: EmbeddedMigrations = storage::embed_migrations!("../../migrations/tokens/sqlite");
const ON_POSTGRES: EmbeddedMigrations = storage::embed_migrations!("../../migrations/tokens/postgres");

/// The module's name.
pub const NAME: &str = "tokens";

/// What the module is made of.
pub struct Deps {
    /// The module's own store, migrated.
    pub store: Store,
    /// The section `tokens`.
    pub settings: TokensSettings,
    /// Where keys and revocations are published.
    pub verifier: Verifier,
    /// Who checks passwords and is told who was seen.
    pub users: Arc<dyn Users>,
    /// Time and chance.
    pub sources: Sources,
}

/// The module, ready to be served and called.
pub struct Parts {
    /// Routes and jobs.
    pub module: Module,
    /// Implements [`tokens_api::Tokens`].
    pub service: Arc<Service>,
}

/// Starts the module: makes the first key if there is none, and publishes keys and revocations once. A store that is
/// away is no error: the job `tokens.refresh` does it later.
///
/// # Errors
/// [`TokensError`] when a stored key cannot be read, or the store refuses.
pub async fn start(context: &Context, deps: Deps) -> Result<Parts, TokensError> {
    let service =
        Service::start(context, deps.store.clone(), deps.settings, deps.verifier, deps.sources).await?;
    let service = Arc::new(service);
    let module = Module {
        about: about(),
        state: http::state(Arc::clone(&service), deps.users),
        jobs: jobs::all(&service, deps.settings),
        store: Some(deps.store),
    };
    Ok(Parts { module, service })
}

/// What is known of the module before it runs.
#[must_use]
pub fn about() -> About {
    About { name: NAME, endpoints: http::endpoints(), openapi: http::openapi, calls: &["users"] }
}

/// The module's tables.
#[must_use]
pub fn migrations() -> Migrations {
    Migrations { module: NAME, sqlite: || ON_SQLITE, postgres: || ON_POSTGRES }
}
