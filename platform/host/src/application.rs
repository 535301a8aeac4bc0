//! The modules, mounted into one actix-web application.

use crate::boundary::seal;
use crate::dry_run;
use crate::{ApiError, Endpoint, HostSettings, Module};
use actix_service::ServiceFactory;
use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::guard::{self, GuardContext};
use actix_web::http::Method;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, Error, Route};
use futures_util::future::{Either, ready};
use identity::{DryRunKey, Verifier};
use kernel::{Problem, Sources};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The module that the gateway chose for a request, in the request's extensions. Without it, the path alone decides.
#[derive(Debug, Clone)]
pub struct ChosenModule(pub Arc<str>);

/// What an application is made of; one value serves every worker.
#[derive(Clone)]
pub struct Mounted {
    /// The modules, in the order in which they were put together.
    pub modules: Arc<[Module]>,
    /// Verifies the callers' tokens.
    pub verifier: Verifier,
    /// Clock and chance.
    pub sources: Sources,
    /// How they are served.
    pub settings: HostSettings,
    /// What dry runs are marked with; `None`: there are none, and a marked request is refused.
    pub dry_run: Option<DryRunKey>,
}

/// The application of one worker.
pub fn application(
    mounted: &Mounted,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let Mounted { modules, verifier, sources, settings, dry_run: key } = mounted.clone();
    let clock = sources.clock.clone();
    App::new()
        .app_data(Data::new(sources))
        .app_data(Data::new(verifier))
        .app_data(Data::new(settings))
        .configure(|config| mount(&modules, config))
        .default_service(web::to(|| async { Err::<web::Bytes, _>(ApiError::from(Problem::not_found())) }))
        .wrap_fn(move |request, service| {
            let dry_run = match dry_run::enter(&request, key.as_ref(), &*clock) {
                Ok(dry_run) => dry_run,
                Err(problem) => return Either::Left(ready(Ok(dry_run::refused(request, &problem)))),
            };
            let answer = service.call(request);
            Either::Right(async move { answer.await.map(seal).map(|answer| dry_run::told(answer, dry_run)) })
        })
}

fn mount(modules: &[Module], config: &mut ServiceConfig) {
    for module in modules {
        (module.state)(config);
        for (path, endpoints) in by_path(&module.about.endpoints) {
            let name = module.about.name;
            let mut resource =
                web::resource(path).guard(guard::fn_guard(move |context| is_chosen(context, name)));
            for endpoint in &endpoints {
                resource = resource.route(methods(endpoint));
            }
            let allow = allow(&endpoints);
            resource = resource.default_service(web::to(move || {
                let problem = Problem::method_not_allowed(allow.clone());
                async move { Err::<web::Bytes, _>(ApiError::from(problem)) }
            }));
            config.service(resource);
        }
    }
}

fn is_chosen(context: &GuardContext<'_>, module: &str) -> bool {
    context.req_data().get::<ChosenModule>().is_none_or(|chosen| &*chosen.0 == module)
}

/// The endpoints under their paths, literal paths before patterns: `/api/users/me` is no `/api/users/{id}`.
fn by_path(endpoints: &[Endpoint]) -> Vec<(&'static str, Vec<Endpoint>)> {
    let mut paths: BTreeMap<(bool, &'static str), Vec<Endpoint>> = BTreeMap::new();
    for endpoint in endpoints {
        let key = (endpoint.path.contains('{'), endpoint.path);
        paths.entry(key).or_default().push(endpoint.clone());
    }
    paths.into_iter().map(|((_, path), endpoints)| (path, endpoints)).collect()
}

/// HEAD is answered where GET is; the server leaves the body out.
fn methods(endpoint: &Endpoint) -> Route {
    let route = (endpoint.route)();
    if endpoint.method == Method::GET {
        route.guard(guard::Any(guard::Get()).or(guard::Head()))
    } else {
        route.guard(guard::Method(endpoint.method.clone()))
    }
}

fn allow(endpoints: &[Endpoint]) -> String {
    let mut methods: Vec<&str> = endpoints.iter().map(|endpoint| endpoint.method.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.sort_unstable();
    methods.join(", ")
}
