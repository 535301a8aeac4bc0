//! What the gateway's loop does for the monolith, for a service: gives every request its context, takes id, trace and
//! budget over from the gateway, and leaves an access line.

use crate::rpc::context_of;
use actix_service::ServiceFactory;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{App, Error, HttpMessage};
use kernel::{Clock, Context, Monotonic, Sources};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use telemetry::{AccessLines, AccessLog, Exchange, Metrics, RequestRate, RouteMetrics};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What is not matched to any of the service's paths.
const NO_ROUTE: &str = "-";

/// What one worker records with.
struct Recorder {
    access: AccessLines,
    metrics: Metrics,
    /// Handles by path pattern: there are as many as the modules have paths.
    routes: RefCell<Vec<(String, RouteMetrics)>>,
    rate: Arc<RequestRate>,
    clock: Arc<dyn Clock>,
}

/// Wraps an application.
pub(crate) fn identified<T>(
    application: App<T>,
    sources: &Sources,
    metrics: &Metrics,
    access: &AccessLog,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    > + use<T>,
>
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<BoxBody>,
            Error = Error,
            InitError = (),
        > + 'static,
{
    let recorder = Rc::new(Recorder {
        access: access.lines(),
        metrics: metrics.clone(),
        routes: RefCell::default(),
        rate: metrics.rate(),
        clock: sources.clock.clone(),
    });
    let sources = sources.clone();
    application.wrap_fn(move |request, service| {
        // On the public side nobody is believed to be a user without a token.
        let context = Context { principal: None, ..context_of(request.headers(), &sources) };
        let started = sources.clock.monotonic();
        request.extensions_mut().insert(context.clone());
        let (answer, recorder) = (service.call(request), recorder.clone());
        async move {
            let mut response = answer.await?;
            if let Ok(id) = HeaderValue::from_str(&context.request_id.to_string()) {
                response.headers_mut().insert(REQUEST_ID, id);
            }
            recorder.record(&response, &context, started);
            Ok(response)
        }
    })
}

impl Recorder {
    fn record(&self, response: &ServiceResponse<BoxBody>, context: &Context, started: Monotonic) {
        let (request, status) = (response.request(), response.status().as_u16());
        let route = request.match_pattern().unwrap_or_else(|| NO_ROUTE.to_owned());
        let duration = self.clock.monotonic().since(started);
        let at = self.clock.now();
        self.rate.count(at);
        self.count(&route, status, duration);
        let response_bytes = match response.response().body().size() {
            BodySize::Sized(bytes) => bytes,
            BodySize::None | BodySize::Stream => 0,
        };
        let remote = request.peer_addr().map(|peer| peer.to_string());
        let exchange = Exchange {
            at,
            route: &route,
            served_by: &["service"],
            method: request.method().as_str(),
            path: request.path().as_bytes(),
            status,
            duration,
            request_bytes: 0,
            response_bytes,
            request_id: context.request_id,
            trace: context.trace,
            remote: remote.as_deref(),
        };
        self.access.record(&exchange);
    }

    fn count(&self, route: &str, status: u16, duration: std::time::Duration) {
        let mut routes = self.routes.borrow_mut();
        match routes.iter().find(|(name, _)| name == route) {
            Some((_, metrics)) => metrics.record(status, duration),
            None => {
                let metrics = self.metrics.route(route);
                metrics.record(status, duration);
                routes.push((route.to_owned(), metrics));
            }
        }
    }
}
