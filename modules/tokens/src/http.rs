//! Handlers: read the request, call the service, answer.

use crate::{Service, errors};
use actix_web::http::{Method, header};
use actix_web::web::{Data, ServiceConfig, to};
use actix_web::{HttpRequest, HttpResponse};
use host::{ApiError, Basic, Endpoint, SignedIn, no_content, tagged};
use std::sync::Arc;
use tokens_api::{Revoke, Token};
use users_api::{Credentials, Seen, Users};
use utoipa::OpenApi;

struct State {
    service: Arc<Service>,
    users: Arc<dyn Users>,
}

/// The module's routes.
pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(Method::POST, "/api/tokens", || to(create)),
        Endpoint::new(Method::DELETE, "/api/tokens", || to(revoke)),
        Endpoint::new(Method::GET, "/.well-known/jwks.json", || to(jwks)),
    ]
}

/// Puts the module's state into a worker's application.
pub(crate) fn state(
    service: Arc<Service>,
    users: Arc<dyn Users>,
) -> Arc<dyn Fn(&mut ServiceConfig) + Send + Sync> {
    let state = Data::new(State { service, users });
    Arc::new(move |config| {
        config.app_data(state.clone());
    })
}

#[derive(OpenApi)]
#[openapi(paths(create, revoke, jwks), components(schemas(Token)))]
struct Description;

/// The module's OpenAPI description.
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// Makes a token.
#[utoipa::path(
    post,
    path = "/api/tokens",
    tag = "tokens",
    security(("basic" = [])),
    responses(
        (status = 200, description = "A token that counts until it expires or is revoked", body = Token),
        (status = 401, description = "Nickname and password do not fit"),
    )
)]
async fn create(state: Data<State>, caller: Basic) -> Result<HttpResponse, ApiError> {
    let asked_at = state.service.now();
    let credentials = Credentials { nickname: caller.nickname, password: caller.password };
    let user = state.users.authenticate(&caller.context, credentials).await.map_err(errors::from_users)?;
    let token = state.service.issue_since(&caller.context, user.user_id, asked_at).await?;
    // RFC 6749, 5.1: no cache may keep a token.
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(token))
}

/// Revokes the token that the call is made with.
#[utoipa::path(
    delete,
    path = "/api/tokens",
    tag = "tokens",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "The token does not count any more, anywhere"),
        (status = 401, description = "No token, or one that does not count"),
    )
)]
async fn revoke(state: Data<State>, caller: SignedIn) -> Result<HttpResponse, ApiError> {
    // Presence is not what was asked for: the revocation goes on without it.
    let seen = Seen { user_id: caller.user.user_id };
    if let Err(error) = state.users.seen(&caller.context, seen).await {
        tracing::debug!(%error, "presence was not recorded");
    }
    let token = Revoke { token_id: caller.token_id, expires_at: caller.expires_at };
    state.service.revoke_token(&caller.context, token).await?;
    Ok(no_content())
}

/// The keys that verify tokens (RFC 7517).
#[utoipa::path(
    get,
    path = "/.well-known/jwks.json",
    tag = "tokens",
    responses(
        (status = 200, description = "A JWK set", content_type = "application/json"),
        (status = 304, description = "The caller has this already"),
    )
)]
async fn jwks(request: HttpRequest, state: Data<State>) -> HttpResponse {
    tagged(&request, &state.service.keys().jwks())
}
