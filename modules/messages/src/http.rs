//! Handlers: read the request, call the service, answer.

#[cfg(test)]
mod tests;

use crate::{Service, errors};
use actix_web::http::{Method, header};
use actix_web::web::{Data, ServiceConfig, to};
use actix_web::{HttpRequest, HttpResponse};
use host::{
    ApiError, Cursor, Endpoint, Json, PathId, Query, SignedIn, VisitorOrUser, created, next_link, no_content,
    page_limit, tagged,
};
use messages_api::{EditMessage, GetMessage, Links, ListMessages, Message, Messages, Page, PostMessage};
use serde::{Deserialize, Deserializer, Serialize};
use std::sync::Arc;
use utoipa::{OpenApi, ToSchema};

/// The module's routes.
pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::new(Method::POST, "/api/messages", || to(create)),
        Endpoint::new(Method::GET, "/api/messages", || to(list)),
        Endpoint::new(Method::GET, "/api/messages/{id}", || to(read)),
        Endpoint::new(Method::PUT, "/api/messages/{id}", || to(edit)),
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
    paths(create, list, read, edit),
    components(schemas(Message, Links, PostMessage, Change, MessageList))
)]
struct Description;

/// The module's OpenAPI description.
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    Description::openapi()
}

/// Which messages, and how many of them.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Only those changed strictly after this epoch second.
    updated_since: Option<i64>,
    /// Only those by this author.
    user_id: Option<i64>,
    /// 1 to 1000.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
    /// Where the page before ended; taken from its header `Link`.
    cursor: Option<String>,
}

/// Messages, by `updated_at`, then `id`.
#[derive(Serialize, ToSchema)]
struct MessageList {
    messages: Vec<Message>,
}

/// A change of a message; what is absent stays.
#[derive(Deserialize, ToSchema)]
struct Change {
    /// 1 character to 16 KiB of Markdown.
    #[serde(default, deserialize_with = "some")]
    source: Option<String>,
}

/// Absent is one thing, `null` is no text.
fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(Some)
}

/// Posts a message.
#[utoipa::path(
    post,
    path = "/api/messages",
    tag = "messages",
    security(("bearer" = [])),
    request_body = PostMessage,
    responses(
        (status = 201, description = "The message, with the previews of its links that arrived in time", body = Message,
            headers(("Location" = String, description = "Where the message is"))),
        (status = 400, description = "No JSON object, or no source of 1 character to 16 KiB"),
        (status = 401, description = "Not signed in"),
    )
)]
async fn create(
    request: HttpRequest,
    service: Data<Service>,
    caller: SignedIn,
    body: Json<PostMessage>,
) -> Result<HttpResponse, ApiError> {
    let message = Messages::post(&**service, &caller.context, body.0).await.map_err(errors::to_user)?;
    Ok(created(&request, &message.links.this, &message))
}

/// Lists the messages that changed lately.
#[utoipa::path(
    get,
    path = "/api/messages",
    tag = "messages",
    security((), ("bearer" = [])),
    params(Wanted),
    responses(
        (status = 200, description = "Messages by `updated_at`, then `id`", body = MessageList,
            headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))),
        (status = 304, description = "The caller has this already"),
        (status = 400, description = "A parameter is not as it must be"),
        (status = 401, description = "A token was sent and is not valid"),
    )
)]
async fn list(
    request: HttpRequest,
    service: Data<Service>,
    caller: VisitorOrUser,
    query: Query<Wanted>,
) -> Result<HttpResponse, ApiError> {
    let wanted = ListMessages {
        updated_since: query.0.updated_since,
        user_id: query.0.user_id,
        limit: page_limit(query.0.limit)?,
        after: query.0.cursor.as_deref().map(Cursor::decode).transpose()?,
    };
    let page = Messages::list(&**service, &caller.0, wanted).await.map_err(errors::to_user)?;
    Ok(answer_page(&request, page))
}

fn answer_page(request: &HttpRequest, page: Page) -> HttpResponse {
    let last = page.messages.last().filter(|_| page.more);
    let link = last.map(|last| next_link(request, &Cursor::encode(&(last.updated_at, last.id))));
    let mut answer = tagged(request, &MessageList { messages: page.messages });
    if let Some(link) = link.and_then(|link| header::HeaderValue::from_str(&link).ok()) {
        answer.headers_mut().insert(header::LINK, link);
    }
    answer
}

/// One message.
#[utoipa::path(
    get,
    path = "/api/messages/{id}",
    tag = "messages",
    security((), ("bearer" = [])),
    params(("id" = i64, Path, description = "The message's id")),
    responses(
        (status = 200, description = "The message", body = Message),
        (status = 304, description = "The caller has this already"),
        (status = 401, description = "A token was sent and is not valid"),
        (status = 404, description = "No such message"),
    )
)]
async fn read(
    request: HttpRequest,
    service: Data<Service>,
    caller: VisitorOrUser,
    id: PathId,
) -> Result<HttpResponse, ApiError> {
    let message =
        Messages::get(&**service, &caller.0, GetMessage { id: id.0 }).await.map_err(errors::to_user)?;
    Ok(tagged(&request, &message))
}

/// Changes the source of one's own message.
#[utoipa::path(
    put,
    path = "/api/messages/{id}",
    tag = "messages",
    security(("bearer" = [])),
    params(("id" = i64, Path, description = "The message's id")),
    request_body = Change,
    responses(
        (status = 204, description = "Changed"),
        (status = 400, description = "No JSON object, or a source that is not 1 character to 16 KiB"),
        (status = 401, description = "Not signed in"),
        (status = 403, description = "Somebody else wrote it"),
        (status = 404, description = "No such message"),
    )
)]
async fn edit(
    service: Data<Service>,
    caller: SignedIn,
    id: PathId,
    body: Json<Change>,
) -> Result<HttpResponse, ApiError> {
    let change = EditMessage { id: id.0, source: body.0.source };
    Messages::edit(&**service, &caller.context, change).await.map_err(errors::to_user)?;
    Ok(no_content())
}
