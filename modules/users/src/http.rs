//! Handlers: read the request, call the service, answer.

mod input;

use crate::Service;
use crate::errors::Failure;
use actix_web::http::{Method, header};
use actix_web::web::{Data, ServiceConfig, to};
use actix_web::{HttpRequest, HttpResponse};
use host::{
    ApiError, Basic, BasicOrBearer, Caller, Cursor, Endpoint, Json, PathId, Query, SignedIn, VisitorOrUser,
    created, next_link, no_content, tagged,
};
use input::{AccountBody, ListQuery};
use kernel::{Context, Problem};
use serde::Serialize;
use std::sync::Arc;
use users_api::{Changes, Credentials, Links, NewUser, User};
use utoipa::{OpenApi, ToSchema};

/// The module's routes.
pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(Method::POST, "/api/users", || to(create)),
        Endpoint::new(Method::GET, "/api/users", || to(list)),
        Endpoint::new(Method::GET, "/api/users/me", || to(show_me)),
        Endpoint::new(Method::PUT, "/api/users/me", || to(come)),
        Endpoint::new(Method::DELETE, "/api/users/me", || to(go)),
        Endpoint::new(Method::GET, "/api/users/{id}", || to(show)),
        Endpoint::new(Method::PUT, "/api/users/{id}", || to(change)),
    ]
}

/// Puts the module's state into a worker's application.
pub(crate) fn state(service: Arc<Service>) -> Arc<dyn Fn(&mut ServiceConfig) + Send + Sync> {
    let state = Data::from(service);
    Arc::new(move |config| {
        config.app_data(state.clone());
    })
}

#[derive(OpenApi)]
#[openapi(
    paths(create, list, show, change, show_me, come, go),
    components(schemas(User, Links, NewUser, Changes, UserList))
)]
struct Description;

/// The module's OpenAPI description.
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// The answer of a list.
#[derive(Serialize, ToSchema)]
struct UserList {
    users: Vec<User>,
}

/// Any authenticated call makes its user seen.
async fn seen(service: &Service, context: &Context) {
    if let Some(principal) = context.principal {
        service.see(context, principal.user_id).await;
    }
}

/// Makes an account.
#[utoipa::path(
    post, path = "/api/users", tag = "users", request_body = NewUser,
    responses(
        (status = 201, description = "The account; `Location` says where it is", body = User),
        (status = 400, description = "A field is missing or not valid, or the nickname is taken"),
    )
)]
async fn create(
    request: HttpRequest,
    service: Data<Service>,
    Caller(context): Caller,
    Json(body): Json<AccountBody>,
) -> Result<HttpResponse, ApiError> {
    let user = service.make(&context, body.into_new()?).await?;
    Ok(created(&request, &user.links.this, &user))
}

/// Accounts by `updated_at`, then nickname; `Link` leads to the next page if there is one.
#[utoipa::path(
    get, path = "/api/users", tag = "users", params(ListQuery), security((), ("bearer" = [])),
    responses(
        (status = 200, description = "The accounts", body = UserList),
        (status = 304, description = "The caller has this already"),
        (status = 400, description = "A parameter is not valid"),
        (status = 401, description = "A token was sent and does not count"),
    )
)]
async fn list(
    request: HttpRequest,
    service: Data<Service>,
    VisitorOrUser(context): VisitorOrUser,
    Query(query): Query<ListQuery>,
) -> Result<HttpResponse, ApiError> {
    seen(&service, &context).await;
    let page = service.page(&context, query.into_request()?).await?;
    let last = page.users.last().filter(|_| page.more);
    let link = last.map(|user| next_link(&request, &Cursor::encode(&(user.updated_at, &user.nickname))));
    let mut response = tagged(&request, &UserList { users: page.users });
    if let Some(link) = link.and_then(|link| header::HeaderValue::try_from(link).ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// One account.
#[utoipa::path(
    get, path = "/api/users/{id}", tag = "users", params(("id" = i64, Path)), security((), ("bearer" = [])),
    responses(
        (status = 200, description = "The account", body = User),
        (status = 304, description = "The caller has this already"),
        (status = 401, description = "A token was sent and does not count"),
        (status = 404, description = "No such account"),
    )
)]
async fn show(
    request: HttpRequest,
    service: Data<Service>,
    VisitorOrUser(context): VisitorOrUser,
    PathId(id): PathId,
) -> Result<HttpResponse, ApiError> {
    seen(&service, &context).await;
    Ok(tagged(&request, &service.user(&context, id).await?))
}

/// Changes the caller's own account.
#[utoipa::path(
    put, path = "/api/users/{id}", tag = "users", params(("id" = i64, Path)), request_body = Changes,
    security(("bearer" = [])),
    responses(
        (status = 204, description = "Changed; a new password revoked every token of the user"),
        (status = 400, description = "A field is not valid, or the nickname is taken"),
        (status = 401, description = "No token, or one that does not count"),
        (status = 403, description = "Somebody else's account"),
        (status = 404, description = "No such account"),
    )
)]
async fn change(
    service: Data<Service>,
    caller: SignedIn,
    PathId(id): PathId,
    Json(body): Json<AccountBody>,
) -> Result<HttpResponse, ApiError> {
    service.see(&caller.context, caller.user.user_id).await;
    service.change(&caller.context, id, body.into_changes()).await?;
    Ok(no_content())
}

/// The caller's own account, by token or by nickname and password; the user is then online.
#[utoipa::path(
    get, path = "/api/users/me", tag = "users", security(("bearer" = []), ("basic" = [])),
    responses(
        (status = 200, description = "The account", body = User),
        (status = 304, description = "The caller has this already"),
        (status = 401, description = "No credentials, or some that do not count"),
    )
)]
async fn show_me(
    request: HttpRequest,
    service: Data<Service>,
    caller: BasicOrBearer,
) -> Result<HttpResponse, ApiError> {
    let (context, id) = match caller {
        BasicOrBearer::Bearer(caller) => (caller.context, caller.user.user_id),
        BasicOrBearer::Basic(Basic { context, nickname, password }) => {
            let id = service.check(&context, Credentials { nickname, password }).await?;
            (context, id)
        }
    };
    Ok(tagged(&request, &service.me(&context, id).await.map_err(nobody)?))
}

/// The caller is online.
#[utoipa::path(
    put, path = "/api/users/me", tag = "users", security(("bearer" = [])),
    responses((status = 204, description = "Online"), (status = 401, description = "No token that counts"))
)]
async fn come(service: Data<Service>, caller: SignedIn) -> Result<HttpResponse, ApiError> {
    match service.touch(&caller.context, caller.user.user_id).await? {
        true => Ok(no_content()),
        false => Err(Problem::unauthenticated().into()),
    }
}

/// The caller goes offline; the account stays.
#[utoipa::path(
    delete, path = "/api/users/me", tag = "users", security(("bearer" = [])),
    responses((status = 204, description = "Offline"), (status = 401, description = "No token that counts"))
)]
async fn go(service: Data<Service>, caller: SignedIn) -> Result<HttpResponse, ApiError> {
    service.go(&caller.context, caller.user.user_id).await?;
    Ok(no_content())
}

/// A token whose user is not there says who nobody is.
fn nobody(failure: Failure) -> Failure {
    if matches!(failure, Failure::NotFound) { Failure::WrongCredentials } else { failure }
}
