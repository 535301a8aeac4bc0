//! The boundary: what goes wrong behind it becomes a problem (RFC 9457) for the user and one line for the log.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{ALLOW, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::http::{Method, StatusCode};
use actix_web::{Error, HttpMessage, HttpResponse, ResponseError};
use kernel::{Context, Problem};
use std::fmt;

/// Browsers show no prompt for a Bearer challenge, so Basic routes answer it too.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"Authentication Required\"");

/// What a handler gives back when it does not succeed: what the user sees, and what only the log is told.
#[derive(Debug)]
pub struct ApiError {
    /// For the user.
    pub problem: Box<Problem>,
    /// For the log.
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ApiError {
    /// A problem whose cause is logged, once, at the boundary.
    pub fn because(problem: Problem, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { problem: Box::new(problem), cause: Some(cause.into()) }
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), cause: None }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.title)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Turns errors into problems that carry the request's id, and logs the cause of those that are our fault.
pub(crate) fn seal<B: MessageBody + 'static>(response: ServiceResponse<B>) -> ServiceResponse<BoxBody> {
    let Some(error) = response.response().error() else { return response.map_into_boxed_body() };
    let problem = match error.as_error::<ApiError>() {
        Some(error) => (*error.problem).clone(),
        None => foreign(error.as_response_error().status_code()),
    };
    let context = response.request().extensions().get::<Context>().cloned();
    let request_id = context.map(|context| context.request_id.to_string()).unwrap_or_default();
    if problem.status >= 500 {
        log(error, &problem, &request_id, response.request().path());
    }
    let request = response.into_parts().0;
    let answer = answer(&problem, &request_id, request.method() == Method::HEAD);
    ServiceResponse::new(request, answer)
}

/// A problem as an answer. Without a body for HEAD.
pub(crate) fn answer(problem: &Problem, request_id: &str, head: bool) -> HttpResponse {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = if head { Vec::new() } else { problem.body(request_id) };
    let mut response = HttpResponse::with_body(status, BoxBody::new(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(Problem::MEDIA_TYPE));
    if problem.status == 401 {
        headers.insert(WWW_AUTHENTICATE, CHALLENGE);
    }
    if let Some(seconds) = problem.retry_after_s {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(allow) = problem.allow.as_deref().and_then(|methods| HeaderValue::from_str(methods).ok()) {
        headers.insert(ALLOW, allow);
    }
    response
}

/// What actix itself found wrong with a request.
fn foreign(status: StatusCode) -> Problem {
    match status.as_u16() {
        400 => Problem::bad_request("the request cannot be read"),
        404 => Problem::not_found(),
        413 => Problem::new(413, "content too large"),
        status if status < 500 => Problem::new(status, "the request cannot be served"),
        _ => Problem::internal(),
    }
}

fn log(error: &Error, problem: &Problem, request_id: &str, path: &str) {
    let cause = match error.as_error::<ApiError>().and_then(|error| error.cause.as_deref()) {
        Some(cause) => chain(cause),
        None => error.to_string(),
    };
    if problem.status == 503 {
        tracing::warn!(request_id, path, status = problem.status, cause, "not available");
    } else {
        tracing::error!(request_id, path, status = problem.status, cause, "request failed");
    }
}

/// An error with its sources, as one text.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let more = error.to_string();
        // Many errors print their source themselves.
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        source = error.source();
    }
    text
}
