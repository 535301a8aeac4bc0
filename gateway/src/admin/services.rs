//! `GET /api/services` and `POST /api/services/{name}/breaker`: who answers outside of this process, and how it fares.

mod wire;

use super::State;
use super::audit::{Action, Entry, Outcome};
use super::caller::Asked;
use crate::features::UpstreamKind;
use actix_web::HttpResponse;
use actix_web::web::{Data, Path};
use host::{ApiError, Json};
use kernel::Problem;
use serde_json::json;
use std::collections::HashMap;
use upstream::BreakerForce;
use wire::{BreakerAnswer, BreakerBody, ServiceList, ServiceRow, Unrouted};

/// All services and legacy upstreams, with their instances
#[utoipa::path(get, path = "/api/services", tag = "services", responses((status = 200, body = ServiceList)))]
pub(super) async fn list(state: Data<State>) -> HttpResponse {
    let (snapshot, registered) = (state.api.current.load_full(), state.api.registry.snapshot());
    let kinds: HashMap<&str, UpstreamKind> =
        snapshot.features.upstreams.iter().map(|upstream| (&*upstream.name, upstream.kind)).collect();
    let views = state.api.upstreams.views();
    let is_routed = |name: &str| views.iter().any(|view| view.name == name);
    let unrouted = registered.services().filter(|(name, _)| !is_routed(name));
    let unrouted = unrouted.map(|(name, instances)| Unrouted::of(name, instances)).collect();
    let row = |view: upstream::ServiceView| {
        let kind = kinds.get(view.name.as_str()).copied();
        let known = registered.get(&view.name);
        ServiceRow::of(view, kind, &known)
    };
    let services = views.iter().cloned().map(row).collect();
    HttpResponse::Ok().json(ServiceList { services, unrouted, sources: state.api.registry.sources() })
}

/// Force a circuit breaker open or closed, or let it decide by itself again
#[utoipa::path(
    post, path = "/api/services/{name}/breaker", tag = "services", request_body = BreakerBody,
    params(("name" = String, Path, description = "The service")),
    responses(
        (status = 200, body = BreakerAnswer),
        (status = 400, description = "The body is not valid"),
        (status = 404, description = "No route names such a service"),
        (status = 503, description = "The audit log cannot be written: nothing was changed"),
    )
)]
pub(super) async fn force(
    state: Data<State>,
    asked: Asked,
    name: Path<String>,
    Json(body): Json<BreakerBody>,
) -> Result<HttpResponse, ApiError> {
    let known = || state.api.upstreams.service(&name);
    let service = known().ok_or_else(Problem::not_found)?;
    let before = json!({ "force": service.breaker_force(), "state": service.breaker() });
    let entry = asked.entry(Action::BreakerForce, format!("service {name}"));
    let record = state.record(entry.change(before, json!({ "force": body.state }))).await?;
    // It may have gone, or be another of that name, by the time the entry is on disk.
    let Some(service) = known() else {
        let gone = record.entry.not_made(Outcome::Failed, "the service is gone");
        state.api.audit.note(Entry { of: Some(record.id), ..gone });
        return Err(Problem::not_found().into());
    };
    service.force(BreakerForce::from(body.state));
    let answer = BreakerAnswer::of(&service);
    Ok(HttpResponse::Ok().json(answer))
}
