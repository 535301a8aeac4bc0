//! What the connections of one worker share. It never leaves its thread.

use crate::http1::date::DateCache;
use crate::http1::exchange::Observer;
use crate::http1::forward::Desk;
use crate::http1::ids::BlockRandom;
use crate::http1::moment::Moments;
use crate::http1::route::Router;
use crate::http1::settings::{Http1Settings, Waits};
use crate::http1::stop::StopSwitch;
use crate::parallel::{InProcess, Parallel, ParallelDesk};
use actix_http::body::{BoxBody, MessageBody};
use actix_http::{Request, Response};
use actix_service::Service;
use actix_web::dev::ServiceResponse;
use kernel::{Clock, Sources};
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use upstream::{AdaptiveLimit, Upstreams};

/// Answers requests in process.
pub(crate) trait Application {
    /// The answer; errors are answers too.
    fn answer(&self, request: Request) -> impl Future<Output = Response<BoxBody>>;
}

impl<S, B> Application for S
where
    S: Service<Request, Response = ServiceResponse<B>, Error = actix_web::Error>,
    B: MessageBody + 'static,
{
    async fn answer(&self, request: Request) -> Response<BoxBody> {
        match self.call(request).await {
            Ok(response) => response.map_into_boxed_body().into(),
            Err(error) => error.error_response().into(),
        }
    }
}

/// A worker: the application, who decides, who is told, and what is kept to make requests cheap.
pub(crate) struct Worker<A, R, O> {
    pub(crate) application: Rc<A>,
    pub(crate) router: R,
    pub(crate) observer: O,
    pub(crate) settings: Http1Settings,
    pub(crate) waits: Waits,
    pub(crate) desk: Desk,
    /// Asks other sides; `None` where nothing is ever compared.
    pub(crate) parallel: Option<Rc<ParallelDesk>>,
    /// Sheds requests for the application; `None` where nothing is shed.
    pub(crate) shedding: Option<Arc<AdaptiveLimit>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) moments: Moments,
    pub(crate) random: BlockRandom,
    pub(crate) date: DateCache,
    pub(crate) stop: Rc<StopSwitch>,
}

impl<A: Application + 'static, R: Router, O: Observer> Worker<A, R, O> {
    pub(crate) fn new(
        application: A,
        router: R,
        observer: O,
        upstreams: &Upstreams,
        shedding: Option<Arc<AdaptiveLimit>>,
        settings: Http1Settings,
        sources: &Sources,
    ) -> Self {
        Self {
            application: Rc::new(application),
            router,
            observer,
            waits: Waits::new(&settings),
            shedding,
            desk: Desk::new(upstreams, settings.forward.clone()),
            settings,
            clock: sources.clock.clone(),
            moments: Moments::default(),
            random: BlockRandom::new(sources.random.clone()),
            date: DateCache::default(),
            stop: Rc::default(),
            parallel: None,
        }
    }

    /// Asks other sides too. To be called on the worker's own thread.
    pub(crate) fn comparing(mut self, parallel: &Parallel) -> Self {
        let application: Rc<dyn InProcess> = self.application.clone();
        self.parallel = Some(ParallelDesk::start(parallel, application, &self.settings));
        self
    }
}
