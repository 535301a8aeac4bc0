//! The admin side: health, metrics, OpenAPI. On a port of its own; beyond loopback only with a token.

use crate::{Module, names};
use actix_service::ServiceFactory;
use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, Error, HttpResponse};
use futures_util::future::{Either, join_all, ready};
use identity::Credentials;
use kernel::{Context, Problem, Sources};
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use telemetry::Metrics;

/// Longest that a store may take to say that it is there.
const HEALTH_WITHIN: Duration = Duration::from_millis(500);
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The section `admin`.
#[derive(Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Admin {
    /// Where the admin side listens.
    pub listen: SocketAddr,
    /// The token that every call but health must show (`Authorization: Bearer …`). Needed beyond loopback.
    pub token: Option<String>,
    /// Names, beside `localhost` and addresses, under which it may be asked for where no token is set; without port.
    pub names: Vec<String>,
}

impl Default for Admin {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 9090)), token: None, names: Vec::new() }
    }
}

impl Admin {
    /// Whether it may listen there: beyond loopback a token must be set.
    ///
    /// # Errors
    /// The reason in words.
    pub fn check(&self) -> Result<(), String> {
        if self.listen.ip().is_loopback() || self.token.as_ref().is_some_and(|token| token.len() >= 16) {
            return Ok(());
        }
        Err(format!(
            "admin.listen: {} is beyond loopback: set admin.token (16 characters or more)",
            self.listen
        ))
    }
}

impl std::fmt::Debug for Admin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Admin").field("listen", &self.listen).finish_non_exhaustive()
    }
}

/// What the admin side shows.
#[derive(Clone)]
pub struct AdminState {
    /// The process's metrics.
    pub metrics: Metrics,
    /// The modules whose health and description it shows.
    pub modules: Arc<[Module]>,
    /// Clock and chance.
    pub sources: Sources,
    /// The token that calls must show.
    pub token: Option<Arc<str>>,
    /// Names, beside `localhost` and addresses, under which it may be asked for where no token is set.
    pub names: Arc<[String]>,
    /// What others put on the admin side: the gateway's API, contracts for other processes.
    pub extensions: Vec<AdminExtension>,
    /// Names and descriptions of what is on the admin side itself.
    pub descriptions: Vec<(&'static str, Describe)>,
    /// Paths that need no token, for they hold no data: pages that ask for one. One that ends in `/`, and is more than
    /// that, stands for all below it.
    pub open: &'static [&'static str],
}

/// Gives an OpenAPI description.
pub type Describe = fn() -> utoipa::openapi::OpenApi;

/// Puts routes and their state on the admin side; they are behind its token.
pub type AdminExtension = Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>;

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    modules: Vec<ModuleHealth>,
}

#[derive(Serialize)]
struct ModuleHealth {
    name: &'static str,
    ready: bool,
}

/// The admin application of one worker.
pub fn admin(
    state: AdminState,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let (token, names) = (state.token.clone(), state.names.clone());
    let (extensions, open) = (state.extensions.clone(), state.open);
    App::new()
        .app_data(Data::new(state))
        .route(
            "/health/live",
            web::get().to(|| async { HttpResponse::Ok().json(serde_json::json!({"live": true})) }),
        )
        .route("/health/ready", web::get().to(ready_now))
        .route("/metrics", web::get().to(metrics))
        .route("/openapi", web::get().to(descriptions))
        .route("/openapi/{module}.json", web::get().to(description))
        .configure(|config| extensions.iter().for_each(|extension| extension(config)))
        .default_service(web::to(|| async { problem(&Problem::not_found()) }))
        .wrap_fn(move |request, service| match may_pass(&request, token.as_deref(), &names, open) {
            Ok(()) => Either::Left(service.call(request)),
            Err(refused) => Either::Right(ready(Ok(request.into_response(problem(&refused))))),
        })
}

fn problem(problem: &Problem) -> HttpResponse {
    crate::boundary::answer(problem, "", false)
}

fn is_open(path: &str, open: &[&str]) -> bool {
    let below = |place: &str| place.len() > 1 && place.ends_with('/') && path.starts_with(place);
    open.iter().any(|place| path == *place || below(place))
}

fn may_pass(
    request: &ServiceRequest,
    token: Option<&str>,
    names: &[String],
    open: &[&str],
) -> Result<(), Problem> {
    let Some(token) = token else { return names::check(request.headers(), names) };
    let shown = request.headers().get(AUTHORIZATION).map(|value| value.as_bytes());
    match Credentials::parse(shown) {
        Credentials::Bearer(shown) if identity::same_secret(shown.as_bytes(), token.as_bytes()) => Ok(()),
        _ if request.path().starts_with("/health/") || is_open(request.path(), open) => Ok(()),
        _ => Err(Problem::unauthenticated()),
    }
}

/// 200 when every module's store answers, else 503; each module by its name.
async fn ready_now(state: Data<AdminState>) -> HttpResponse {
    let context = Context::background(&state.sources, HEALTH_WITHIN);
    let pings = state.modules.iter().map(|module| async {
        let ready = match &module.store {
            Some(store) => store.ping(&context).await.is_ok(),
            None => true,
        };
        ModuleHealth { name: module.about.name, ready }
    });
    let modules = join_all(pings).await;
    let ready = modules.iter().all(|module| module.ready);
    let mut answer = if ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer.json(Readiness { ready, modules })
}

async fn metrics(state: Data<AdminState>) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, OPENMETRICS)).body(state.metrics.render())
}

async fn descriptions(state: Data<AdminState>) -> HttpResponse {
    let links = described(&state).map(|(name, _)| format!("/openapi/{name}.json"));
    HttpResponse::Ok().json(links.collect::<Vec<_>>())
}

async fn description(state: Data<AdminState>, name: web::Path<String>) -> HttpResponse {
    match described(&state).find(|(known, _)| *known == name.as_str()) {
        Some((_, describe)) => HttpResponse::Ok().json(describe()),
        None => problem(&Problem::not_found()),
    }
}

/// The modules' descriptions, and those of the admin side.
fn described(state: &AdminState) -> impl Iterator<Item = (&'static str, Describe)> {
    let modules = state.modules.iter().map(|module| (module.about.name, module.about.openapi));
    modules.chain(state.descriptions.iter().copied())
}
