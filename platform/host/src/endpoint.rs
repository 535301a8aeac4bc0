//! One method on one path.

use actix_web::Route;
use actix_web::http::Method;

/// One method on one path of a module, and what answers it.
#[derive(Clone)]
pub struct Endpoint {
    /// The method. HEAD is answered where GET is.
    pub method: Method,
    /// The path in actix's notation: `/api/users/{id}`.
    pub path: &'static str,
    /// Makes the route for a worker, without a method guard: `|| actix_web::web::to(handler)`.
    pub route: fn() -> Route,
}

impl Endpoint {
    /// An endpoint.
    #[must_use]
    pub const fn new(method: Method, path: &'static str, route: fn() -> Route) -> Self {
        Self { method, path, route }
    }
}
