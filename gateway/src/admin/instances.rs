//! `/api/services/{name}/instances`: instances register, keep alive and leave.
//!
//! These are calls of machines. They are written down but not held up: where the disk of the gateway is full, services
//! still register. A keep-alive, and a registration that repeats what is known, change nothing and leave no entry.

use super::State;
use super::audit::Action;
use super::caller::Asked;
use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Path};
use host::{ApiError, Json, no_content};
use kernel::Problem;
use registry::{Fault, Instance, Origin, Registered, Registration, RegistryError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// An instance that registers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RegisterBody {
    /// Its name among the instances of its service: 1 to 64 of `a-z A-Z 0-9 . _ -`.
    id: String,
    /// `http://host:port[/base]`.
    #[schema(example = "http://127.0.0.1:9101")]
    url: String,
    /// Seconds it may be believed without a keep-alive, 1 to 3600.
    #[serde(default = "ttl_default_s")]
    #[schema(default = ttl_default_s)]
    ttl_s: u32,
}

/// An instance that has registered.
#[derive(Serialize, ToSchema)]
pub(super) struct RegisterAnswer {
    service: String,
    id: String,
    url: String,
    /// Seconds within which the next keep-alive must come.
    ttl_s: u32,
}

fn ttl_default_s() -> u32 {
    registry::limits::TTL_DEFAULT_S
}

/// Register an instance, or let it come back elsewhere
#[utoipa::path(
    post, path = "/api/services/{name}/instances", tag = "instances", request_body = RegisterBody,
    params(("name" = String, Path, description = "The service")),
    responses(
        (status = 201, description = "It is new; `Location` says where to keep it alive", body = RegisterAnswer),
        (status = 200, description = "It was known, and is now as registered last", body = RegisterAnswer),
        (status = 400, description = "A field is missing or not valid"),
        (status = 503, description = "There is no room for one more"),
    )
)]
pub(super) async fn register(
    state: Data<State>,
    asked: Asked,
    name: Path<String>,
    Json(RegisterBody { id, url, ttl_s }): Json<RegisterBody>,
) -> Result<HttpResponse, ApiError> {
    let registration = Registration { id, url, ttl_s };
    let before = known(&state, &name, &registration.id);
    let registered = state.api.registry.embedded().register(&name, &registration).map_err(refused)?;
    let after = known(&state, &name, &registration.id);
    if before != after {
        note(&state, &asked, Action::InstanceRegister, &name, &registration.id, (before, after));
    }
    let mut answer = match registered {
        Registered::Created => HttpResponse::Created(),
        Registered::Replaced => HttpResponse::Ok(),
    };
    let Registration { id, url, ttl_s } = registration;
    let service = name.into_inner();
    answer.insert_header((LOCATION, format!("/api/services/{service}/instances/{id}")));
    Ok(answer.json(RegisterAnswer { service, id, url, ttl_s }))
}

/// Keep an instance alive for its time once more
#[utoipa::path(
    put, path = "/api/services/{name}/instances/{id}", tag = "instances",
    params(("name" = String, Path, description = "The service"), ("id" = String, Path, description = "The instance")),
    responses(
        (status = 204, description = "It lives on"),
        (status = 400, description = "A name is not valid"),
        (status = 404, description = "It is not registered, or was forgotten: it must register again"),
    )
)]
pub(super) async fn keep_alive(
    state: Data<State>,
    place: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (name, id) = &*place;
    state.api.registry.embedded().keep_alive(name, id).map_err(refused)?;
    Ok(no_content())
}

/// Take an instance out at once
#[utoipa::path(
    delete, path = "/api/services/{name}/instances/{id}", tag = "instances",
    params(("name" = String, Path, description = "The service"), ("id" = String, Path, description = "The instance")),
    responses(
        (status = 204, description = "It gets no more requests"),
        (status = 400, description = "A name is not valid"),
        (status = 404, description = "It is not registered"),
    )
)]
pub(super) async fn leave(
    state: Data<State>,
    asked: Asked,
    place: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (name, id) = &*place;
    let before = known(&state, name, id);
    state.api.registry.embedded().leave(name, id).map_err(refused)?;
    note(&state, &asked, Action::InstanceLeave, name, id, (before, Value::Null));
    Ok(no_content())
}

/// The registered instance as the registry knows it; `null` when it does not.
fn known(state: &State, service: &str, id: &str) -> Value {
    let instances = state.api.registry.get(service);
    let is_it = |known: &&Instance| known.origin == Origin::Embedded && *known.id == *id;
    instances.iter().find(is_it).map_or(Value::Null, |known| json!({ "url": &*known.url }))
}

fn note(
    state: &State,
    asked: &Asked,
    action: Action,
    service: &str,
    id: &str,
    (before, after): (Value, Value),
) {
    let entry = asked.entry(action, format!("instance {service}/{id}"));
    state.api.audit.note(entry.change(before, after));
}

fn refused(error: RegistryError) -> ApiError {
    match (error.fault(), &error) {
        (Fault::Missing, _) => Problem::not_found().detail(error.to_string()).into(),
        (Fault::Full, _) => Problem::unavailable(error.to_string()).into(),
        (Fault::Caller, error) => {
            let field = match error {
                RegistryError::Url { .. } => "url",
                RegistryError::Ttl { .. } => "ttl_s",
                RegistryError::Name { what } if what.contains("service") => "name",
                _ => "id",
            };
            Problem::invalid_field(field, error.to_string()).into()
        }
        (Fault::Registry, _) => ApiError::because(Problem::new(502, "bad gateway"), error),
    }
}
