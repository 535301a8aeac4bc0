//! What stands in front of every call: whether it may pass, its request id, and errors as problems.
//!
//! Without a token, whoever reaches loopback is believed, and a browser on this machine reaches loopback for any page
//! that it shows. The admin side itself keeps out pages whose name leads here (`host`). A page of another origin can still
//! send simple requests, though not read the answers (CSRF). Calls that change something are therefore refused when
//! `Origin` or `Sec-Fetch-Site` say that they come from elsewhere, or when their type is not JSON, which is the one that
//! browsers ask for permission to send.

use super::audit::{By, Who};
use super::caller::Asked;
use actix_web::Error;
use actix_web::HttpMessage;
use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN,
    RETRY_AFTER, TRANSFER_ENCODING, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use futures_util::future::{Either, Ready, ready};
use host::ApiError;
use kernel::{Problem, RequestId, Sources};
use std::future::Future;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const USER: HeaderName = HeaderName::from_static("x-user");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets calls pass, or refuses them.
#[derive(Clone)]
pub(super) struct Guard {
    has_token: bool,
    sources: Sources,
}

/// The answer to a call.
type Answer<F> = Either<F, Ready<Result<ServiceResponse<BoxBody>, Error>>>;

impl Guard {
    pub(super) fn new(has_token: bool, sources: &Sources) -> Self {
        Self { has_token, sources: sources.clone() }
    }

    /// Hands a call on, or answers it.
    pub(super) fn pass<S>(
        &self,
        request: ServiceRequest,
        service: &S,
    ) -> Answer<impl Future<Output = Result<ServiceResponse<BoxBody>, Error>> + use<S>>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error>,
    {
        let id = RequestId::new(&*self.sources.random, self.sources.clock.now()).to_string();
        if let Err(problem) = check(&request) {
            let answer = sealed(answer(&problem, &id), &id);
            return Either::Right(ready(Ok(request.into_response(answer))));
        }
        request.extensions_mut().insert(Asked { who: self.who(&request), request_id: id.clone() });
        let call = service.call(request);
        Either::Left(async move {
            let (request, response) = call.await?.into_parts();
            let response = match response.error() {
                Some(error) => answer(&problem_of(error, request.path(), &id), &id),
                None => response,
            };
            Ok(ServiceResponse::new(request, sealed(response, &id)))
        })
    }

    fn who(&self, request: &ServiceRequest) -> Who {
        Who {
            by: if self.has_token { By::Token } else { By::Loopback },
            remote: request.peer_addr().map(|address| address.to_string()),
            user: text(request.headers(), &USER).map(str::to_owned),
        }
    }
}

fn check(request: &ServiceRequest) -> Result<(), Problem> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    from_here(request.headers())?;
    is_json(request.headers())
}

/// Whether a browser says that the call comes from a page of this very place, or nothing says that it is a browser.
fn from_here(headers: &HeaderMap) -> Result<(), Problem> {
    let refuse =
        |field: &str| Err(Problem::forbidden(format!("{field}: pages of other origins may change nothing")));
    let host = text(headers, &HOST).unwrap_or_default();
    if let Some(origin) = headers.get(ORIGIN) {
        let authority =
            origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, rest)| rest);
        if !authority.is_some_and(|authority| !host.is_empty() && authority.eq_ignore_ascii_case(host)) {
            return refuse("Origin");
        }
    }
    match headers.get(FETCH_SITE).map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => refuse("Sec-Fetch-Site"),
    }
}

/// Whether the body, if there is one, is said to be JSON.
fn is_json(headers: &HeaderMap) -> Result<(), Problem> {
    let refuse =
        || Problem::new(415, "unsupported media type").detail("Content-Type: must be application/json");
    let has_body = headers.contains_key(TRANSFER_ENCODING)
        || headers.get(CONTENT_LENGTH).is_some_and(|length| length.as_bytes() != b"0");
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return if has_body { Err(refuse()) } else { Ok(()) };
    };
    let essence = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    if essence.eq_ignore_ascii_case(b"application/json") { Ok(()) } else { Err(refuse()) }
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty())
}

/// What a caller sees of an error. The cause of what is our fault is logged here, once.
fn problem_of(error: &Error, path: &str, request_id: &str) -> Problem {
    let status = error.as_response_error().status_code();
    let Some(error) = error.as_error::<ApiError>() else {
        return match status.as_u16() {
            413 => Problem::too_large(super::BODY_MAX_BYTES),
            status if status < 500 => Problem::bad_request("the request cannot be read"),
            _ => Problem::internal(),
        };
    };
    if status.is_server_error() {
        let cause = error.cause.as_deref().map(ToString::to_string);
        tracing::warn!(request_id, path, status = status.as_u16(), cause, "admin call failed");
    }
    (*error.problem).clone()
}

fn answer(problem: &Problem, request_id: &str) -> HttpResponse {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::with_body(status, BoxBody::new(problem.body(request_id)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(Problem::MEDIA_TYPE));
    if let Some(seconds) = problem.retry_after_s {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(allow) = problem.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
        headers.insert(ALLOW, allow);
    }
    response
}

/// With what every answer has: its id, and that nobody keeps it or takes it for something else.
fn sealed(mut response: HttpResponse, request_id: &str) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}
