//! The admin API of the gateway: `/api/…` on the admin port, JSON there and back.
//!
//! It is behind the token of the admin side where one is set. Where none is, only loopback reaches it, and `guard`
//! keeps browsers from being used against it. Every change is in the `audit` log.

pub mod audit;
mod audit_page;
mod caller;
mod change;
mod difference;
mod events;
mod explained;
mod guard;
mod instances;
mod openapi;
mod promotions;
mod queries;
mod rates;
mod reload;
mod report;
mod routes;
mod rules;
mod services;
mod settings;
#[cfg(test)]
mod tests;
mod toggle_edit;
mod toggles;

pub use difference::difference;
pub use openapi::admin_openapi;
pub use reload::told;

use crate::promoting::Promoting;
use crate::reload::Reloader;
use crate::snapshot::Current;
use ::toggles::unleash::Status;
use actix_web::dev::HttpServiceFactory;
use actix_web::web::{self, Data};
use actix_web::{Resource, Route};
use audit::Audit;
use guard::Guard;
use host::{AdminExtension, HostSettings};
use kernel::{Problem, Sources};
use rates::Rates;
use registry::Registry;
use serde_json::Value;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use telemetry::Metrics;
use tokio::sync::watch;
use upstream::Upstreams;

/// The most bytes that the body of a call may have: the largest is the registration of an instance.
const BODY_MAX_BYTES: usize = 16 * 1024;

/// What the admin API shows and changes.
#[derive(Clone)]
pub struct AdminApi {
    /// The routes and toggles in force.
    pub current: Current,
    /// The services.
    pub upstreams: Upstreams,
    /// Who runs where. Calls register with its embedded source.
    pub registry: Registry,
    /// What reads the features file again; `None` where there is no file.
    pub reloader: Option<Reloader>,
    /// How it stands with the Unleash server; `None` where toggles come from the file.
    pub unleash: Option<watch::Receiver<Status>>,
    /// Where changes are written down.
    pub audit: Audit,
    /// Raises the shares of routes; `None` where nothing does.
    pub promoting: Option<Promoting>,
    /// Where the figures of the routes are.
    pub metrics: Metrics,
    /// What the parallel run found.
    pub recorder: ::report::Recorder,
    /// The effective settings, a member a section. Secrets are masked on the way out, whatever is in here.
    pub settings: Arc<Value>,
    /// Whether the admin side asks for a token.
    pub has_token: bool,
    /// Clock and chance.
    pub sources: Sources,
}

/// What the handlers of all workers share.
pub(crate) struct State {
    api: AdminApi,
    rates: Mutex<Rates>,
    /// Those who follow the verdicts.
    followers: Arc<AtomicUsize>,
}

/// Puts the admin API on the admin side: [`host::AdminState::extensions`]. Shows the audit log's counts in the metrics,
/// so it is to be called once.
#[must_use]
pub fn admin_api(api: AdminApi) -> AdminExtension {
    api.audit.watch(&api.metrics);
    let rates = Mutex::new(Rates::new(api.sources.clock.monotonic()));
    let state = Data::new(State { api, rates, followers: Arc::default() });
    Arc::new(move |config| {
        config.service(scope(&state));
    })
}

fn scope(state: &Data<State>) -> impl HttpServiceFactory + use<> {
    let api = &state.api;
    let guard = Guard::new(api.has_token, &api.sources);
    let host = HostSettings { body_max_bytes: BODY_MAX_BYTES, ..HostSettings::default() };
    web::scope("/api")
        .app_data(state.clone())
        .app_data(Data::new(host))
        .service(resource("/routes", [web::get().to(routes::list)], "GET"))
        .service(resource("/routes/explain", [web::get().to(explained::explain)], "GET"))
        .service(resource("/routes/{name}/rules", [web::post().to(rules::add_rule)], "POST"))
        .service(resource("/routes/{name}/promotion", [web::post().to(promotions::order)], "POST"))
        .service(resource("/promotions", [web::get().to(promotions::list)], "GET"))
        .service(resource("/toggles", [web::get().to(toggles::list)], "GET"))
        .service(resource("/toggles/{name}", [web::post().to(toggle_edit::edit)], "POST"))
        .service(resource("/services", [web::get().to(services::list)], "GET"))
        .service(resource("/services/{name}/breaker", [web::post().to(services::force)], "POST"))
        .service(resource("/services/{name}/instances", [web::post().to(instances::register)], "POST"))
        .service(resource(
            "/services/{name}/instances/{id}",
            [web::put().to(instances::keep_alive), web::delete().to(instances::leave)],
            "DELETE, PUT",
        ))
        .service(resource("/reload", [web::post().to(reload::reload)], "POST"))
        .service(resource("/report", [web::get().to(report::show)], "GET"))
        .service(resource("/report/events", [web::get().to(events::events)], "GET"))
        .service(resource("/settings", [web::get().to(settings::show)], "GET"))
        .service(resource("/audit", [web::get().to(audit_page::show)], "GET"))
        .default_service(web::to(|| async { Err::<String, _>(host::ApiError::from(Problem::not_found())) }))
        .wrap_fn(move |request, service| guard.pass(request, service))
}

/// One path; other methods than its own are told which those are.
fn resource<const METHODS: usize>(path: &str, routes: [Route; METHODS], allow: &'static str) -> Resource {
    let resource = routes.into_iter().fold(web::resource(path), Resource::route);
    resource.default_service(web::to(move || async move {
        Err::<String, _>(host::ApiError::from(Problem::method_not_allowed(allow)))
    }))
}
