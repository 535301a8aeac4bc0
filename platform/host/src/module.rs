//! A module as a value: what the host mounts, runs and watches.

use crate::{Endpoint, Job};
use actix_web::web::ServiceConfig;
use std::sync::Arc;
use storage::Store;

/// What is known of a module before it runs. Every module gives it as `about()`, for commands, checks and the map.
#[derive(Clone)]
pub struct About {
    /// Its name: in features.toml, logs, metrics, the schema, the file.
    pub name: &'static str,
    /// What it answers over HTTP.
    pub endpoints: Vec<Endpoint>,
    /// Its OpenAPI description.
    pub openapi: fn() -> utoipa::openapi::OpenApi,
    /// The contracts that it calls.
    pub calls: &'static [&'static str],
}

/// A bounded context, ready to be served.
#[derive(Clone)]
pub struct Module {
    /// What is known of it before it runs.
    pub about: About,
    /// Puts its state (`app_data`) into a worker's application.
    pub state: Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>,
    /// What it does without being asked.
    pub jobs: Vec<Job>,
    /// Its own store; `None` when it keeps nothing.
    pub store: Option<Store>,
}
