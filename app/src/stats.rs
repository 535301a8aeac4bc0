//! `GET /stats`: how many requests a second the process answered lately.

use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{HttpResponse, web};
use host::{About, Endpoint, Module};
use kernel::Sources;
use std::sync::Arc;
use telemetry::RequestRate;
use utoipa::{OpenApi, ToSchema};

#[derive(serde::Serialize, ToSchema)]
struct Stats {
    /// Mean of the last 15 seconds.
    requests_per_second: f64,
}

#[derive(OpenApi)]
#[openapi(paths(stats), info(title = "stats", description = "How busy the process is"))]
struct Description;

/// What is known of the endpoint.
pub(crate) fn about() -> About {
    About {
        name: "stats",
        endpoints: vec![Endpoint::new(Method::GET, "/stats", || web::to(stats))],
        openapi: Description::openapi,
        calls: &[],
    }
}

/// The endpoint as a module without a store: it is the process that answers, not a bounded context.
pub(crate) fn module(rate: Arc<RequestRate>) -> Module {
    let state = move |config: &mut web::ServiceConfig| {
        config.app_data(Data::from(rate.clone()));
    };
    Module { about: about(), state: Arc::new(state), jobs: Vec::new(), store: None }
}

/// How many requests a second the process answered lately
#[utoipa::path(get, path = "/stats", responses((status = 200, body = Stats)))]
async fn stats(rate: Data<RequestRate>, sources: Data<Sources>) -> HttpResponse {
    HttpResponse::Ok().json(Stats { requests_per_second: rate.per_second(sources.clock.now()) })
}
