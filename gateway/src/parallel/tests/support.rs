//! A gateway in front of two scripted sides, with a route whose answers are compared.

use crate::http1::Http1Settings;
use crate::http1::forward::tests::support::{Talk, Upstream, serve_worker, soon};
use crate::http1::tests::support::{Gate, Seen, configure};
use crate::http1::worker::Worker;
use crate::parallel::{Parallel, ParallelParts, ParallelSettings};
use crate::snapshot::tests::snapshot;
use crate::{Routing, Who};
use actix_service::{IntoServiceFactory, ServiceFactory};
use actix_web::App;
use actix_web::dev::AppConfig;
use identity::DryRunKey;
use kernel::Sources;
use report::{Recorder, ReportQuery, ReportSettings};
use std::net::SocketAddr;
use std::rc::Rc;
use telemetry::Metrics;
use tokio::net::TcpStream;
use upstream::{UpstreamSettings, Upstreams};

pub(super) use crate::http1::forward::tests::support::{get, local, post};

/// Nothing is asked twice.
pub(super) const ONCE: &str = "recheck = \"0\"\nnoise_sample = 0\n";

/// How a test's gateway is set.
pub(super) struct Plan {
    /// Whether the service serves.
    pub(super) new_serves: bool,
    /// What `[routes.comparison]` says.
    pub(super) comparison: &'static str,
    pub(super) settings: ParallelSettings,
    /// Whether the old side is a module.
    pub(super) module: bool,
    pub(super) dry_run: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            new_serves: false,
            comparison: ONCE,
            settings: ParallelSettings::default(),
            module: false,
            dry_run: false,
        }
    }
}

/// The gateway and both sides.
pub(super) struct Bed {
    front: SocketAddr,
    pub(super) old: Upstream,
    pub(super) new: Upstream,
    /// The service `second`, which no route names but by `noise`.
    pub(super) second: Upstream,
    metrics: Metrics,
    recorder: Recorder,
}

impl Bed {
    pub(super) async fn start(plan: Plan) -> Self {
        let (old, new, second) = (Upstream::start().await, Upstream::start().await, Upstream::start().await);
        let (sources, metrics) = (Sources::system(), Metrics::new());
        let recorder = Recorder::new(ReportSettings::default(), &sources).unwrap();
        let key = plan.dry_run.then(|| DryRunKey::new("0123456789abcdef").unwrap());
        let parallel = Parallel::start(ParallelParts {
            settings: plan.settings.clone(),
            upstream: UpstreamSettings::default(),
            dry_run: key,
            recorder: recorder.clone(),
            sources: sources.clone(),
            metrics: metrics.clone(),
        });
        let (parallel, upstreams) =
            (parallel.unwrap(), Upstreams::new(UpstreamSettings::default(), sources.clone()));
        let text = features(&plan, old.address(), new.address(), second.address());
        let current = snapshot(&text, &["m"]).bind(&upstreams).compare_by(&parallel).into_current();
        let app = App::new().configure(|config| configure(config, Gate::default()));
        let application = app.into_factory().new_service(AppConfig::default()).await.unwrap();
        let router = Routing::new(current, Who::new(crate::Tokens::None, &sources));
        let settings = Http1Settings::default();
        let worker = Worker::new(application, router, Seen::default(), &upstreams, None, settings, &sources);
        let front = serve_worker(Rc::new(worker.comparing(&parallel))).await;
        Self { front, old, new, second, metrics, recorder }
    }

    pub(super) async fn client(&self) -> Talk {
        Talk(TcpStream::connect(self.front).await.unwrap())
    }

    /// Waits until the metrics say so.
    pub(super) async fn counts(&self, figure: &str) {
        let wanted = format!("banyan_parallel_{figure}\n");
        let told = tokio::time::timeout(std::time::Duration::from_secs(5), async {
            while !self.metrics.render().contains(&wanted) {
                tokio::task::yield_now().await;
            }
        });
        assert!(told.await.is_ok(), "no {wanted}in {}", self.figures());
    }

    /// Waits until an exchange was dropped for this.
    pub(super) async fn drops(&self, cause: &str, count: u32) {
        self.counts(&format!("dropped_total{{route=\"r\",cause=\"{cause}\"}} {count}")).await;
    }

    /// Exchanges dropped for this, up to now.
    pub(super) fn dropped(&self, cause: &str) -> u32 {
        let figure = format!("banyan_parallel_dropped_total{{route=\"r\",cause=\"{cause}\"}} ");
        let text = self.metrics.render();
        text.lines().find_map(|line| line.strip_prefix(&figure)?.parse().ok()).unwrap_or_default()
    }

    /// Waits until a pair was found to be so.
    pub(super) async fn finds(&self, asked: &str, result: &str, count: u32) {
        let figure = format!("compared_total{{route=\"r\",asked=\"{asked}\",result=\"{result}\"}} {count}");
        self.counts(&figure).await;
    }

    /// Places that count as real differences.
    pub(super) async fn real(&self) -> Vec<String> {
        let report = self.recorder.report(&ReportQuery::default()).await;
        let real = report.routes.iter().flat_map(|route| route.real());
        real.map(|cause| cause.path.clone()).collect()
    }

    pub(super) fn figures(&self) -> String {
        let text = self.metrics.render();
        let ours = |line: &&str| line.starts_with("banyan_parallel") && !line.ends_with(" 0");
        text.lines().filter(ours).collect::<Vec<_>>().join("\n")
    }
}

fn features(plan: &Plan, old: SocketAddr, new: SocketAddr, second: SocketAddr) -> String {
    let old_side = if plan.module { "module = \"m\"" } else { "legacy = \"old\"" };
    let (serve, comparison) = (plan.new_serves, plan.comparison);
    format!(
        "[toggles.serve]\nenabled = {serve}\n[toggles.compare]\nenabled = true\n\
         [[legacy]]\nname = \"old\"\nurl = \"http://{old}\"\n\
         [[services]]\nname = \"second\"\ninstances = [\"http://{second}\"]\n\
         [[services]]\nname = \"new\"\ninstances = [\"http://{new}/base\"]\ndry_run = true\n\
         [[routes]]\nname = \"r\"\nmatch = {{ path = \"/{{rest..}}\" }}\n{old_side}\nservice = \"new\"\n\
         serve = \"serve\"\ncompare = \"compare\"\n[routes.comparison]\n{comparison}"
    )
}

/// Accepts, reads a request without a body, and answers.
pub(super) async fn answered(side: &Upstream, body: &str) -> (Talk, String) {
    let mut talk = side.accept().await;
    let head = talk.serve(body).await;
    (talk, head)
}

/// A client that asks and has its answer from the serving side.
pub(super) async fn asked(bed: &Bed, serving: &Upstream, request: &str, body: &str) -> (Talk, Talk) {
    let mut client = bed.client().await;
    client.send(request).await;
    let (talk, _) = answered(serving, body).await;
    let (_, got) = soon(client.answer()).await;
    assert_eq!(got, body);
    (client, talk)
}
