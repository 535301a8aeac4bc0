//! A module as a value: what the host mounts, runs and watches.

use crate::{Endpoint, Job};
use actix_web::web::ServiceConfig;
use std::sync::Arc;
use storage::Store;

/// A bounded context, ready to be served.
#[derive(Clone)]
pub struct Module {
    /// Its name: in features.toml, logs, metrics, the schema, the file.
    pub name: &'static str,
    /// What it answers over HTTP.
    pub endpoints: Vec<Endpoint>,
    /// Puts its state (`app_data`) into a worker's application.
    pub state: Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>,
    /// What it does without being asked.
    pub jobs: Vec<Job>,
    /// Its own store, for health; `None` when it keeps nothing.
    pub store: Option<Store>,
    /// Its OpenAPI description.
    pub openapi: fn() -> utoipa::openapi::OpenApi,
    /// The contracts it calls, for the map.
    pub calls: &'static [&'static str],
}
