//! Our loop, with the application of `actix` behind it.

use crate::actix::configure;
use crate::seen::Log;
use actix_web::App;
use gateway::http1::{Asked, Exchange, Http1Settings, Observer, Routed, Router, Verdict, WorkerParts, serve};
use kernel::Sources;
use std::net::TcpListener;
use upstream::{UpstreamSettings, Upstreams};

/// Everything is answered in process.
struct InProcess;

impl Router for InProcess {
    fn route(&self, _: &Asked<'_>) -> Routed {
        Verdict::InProcess { route: "all".into(), module: None }.into()
    }
}

/// Looks away.
struct Blind;

impl Observer for Blind {
    fn finished(&self, _: &Exchange<'_>) {}
}

/// Serves `listener` until the process ends.
pub(crate) fn start(listener: TcpListener, log: Log) {
    let settings = Http1Settings { workers: 1, ..Http1Settings::default() };
    let server = serve(listener, &settings, &Sources::system(), move || {
        let log = log.clone();
        WorkerParts {
            application: App::new().configure(|config| configure(config, log)),
            router: InProcess,
            observer: Blind,
            upstreams: Upstreams::new(UpstreamSettings::default(), Sources::system()),
            parallel: None,
        }
    });
    actix_rt::spawn(server.unwrap().run());
}
