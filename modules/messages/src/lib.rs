#![doc = include_str!("../README.md")]

mod errors;
mod http;
mod jobs;
mod schema;
mod service;
mod settings;
mod store;

pub use service::Service;
#[cfg(debug_assertions)]
pub use settings::FaultSettings;
pub use settings::{MessagesSettings, PreviewSettings};

use egress::PageFetcher;
use host::{About, Module};
use kernel::Sources;
use std::sync::Arc;
use storage::{EmbeddedMigrations, Migrations, Store};
use users_api::Users;

const ON_SQLITE: EmbeddedMigrations = storage::embed_migrations!("../../migrations/messages/sqlite");
const ON_POSTGRES: EmbeddedMigrations = storage::embed_migrations!("../../migrations/messages/postgres");

/// The module's name.
pub const NAME: &str = "messages";

/// What the module is made of.
pub struct Deps {
    /// The module's own store, migrated.
    pub store: Store,
    /// The section `messages`.
    pub settings: MessagesSettings,
    /// Who is told that somebody was seen.
    pub users: Arc<dyn Users>,
    /// Fetches the pages that messages link to; made with [`MessagesSettings::egress`].
    pub fetcher: PageFetcher,
    /// Time and chance.
    pub sources: Sources,
}

/// The module, ready to be served and called.
pub struct Parts {
    /// Routes.
    pub module: Module,
    /// Implements [`messages_api::Messages`].
    pub service: Arc<Service>,
}

/// Puts the module together; touches no database. To be called on the runtime that lives as long as the process:
/// previews are fetched on it.
///
/// # Panics
/// Outside of a runtime.
#[must_use]
pub fn start(deps: Deps) -> Parts {
    let store = deps.store.clone();
    let service = Arc::new(Service::new(deps));
    let module = Module {
        about: about(),
        state: http::state(Arc::clone(&service)),
        jobs: Vec::new(),
        store: Some(store),
    };
    Parts { module, service }
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
