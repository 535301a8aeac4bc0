//! The admin API as callers see it, behind the admin side of the host.

mod changing;
mod editing;
mod guarding;
mod reading;
mod reloading;
mod reporting;

use super::audit::{Audit, AuditSettings};
use super::{AdminApi, admin_api, told};
use crate::features::{Known, Report, parse};
use crate::reload::{Reloader, Reloading};
use crate::snapshot::Snapshot;
use ::report::{Recorder, ReportSettings};
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use host::AdminState;
use kernel::{ManualClock, Sources, Timestamp};
use registry::{Registry, RegistrySettings};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use telemetry::Metrics;
use tempfile::TempDir;
use toggles::Toggles;
use upstream::{UpstreamSettings, Upstreams};

const FEATURES: &str = r#"
default = "flack"
[[legacy]]
name = "flack"
url = "http://127.0.0.1:5000"
[[services]]
name = "messages"
instances = ["http://127.0.0.1:9101"]
[toggles."messages.serve"]
description = "the service answers"
enabled = true
strategies = [{ name = "flexibleRollout", parameters = { rollout = 5, stickiness = "userId", groupId = "m" } }]
[[routes]]
name = "messages.read"
match = { methods = ["GET"], path = "/api/messages/{rest..}", host = "x.org" }
module = "messages"
service = "messages"
serve = "messages.serve"
[[routes]]
name = "jwks"
match = { path = "/jwks.json" }
legacy = "flack"
"#;

/// What the file is read for.
const KNOWN: Known<'static> = Known {
    modules: &["messages"],
    tokens: crate::features::KnownTokens::None,
    toggles_from_server: false,
    policy: None,
    legacy_url: None,
};

/// An admin side with the API on it.
struct Side {
    directory: TempDir,
    api: AdminApi,
    state: AdminState,
    clock: Arc<ManualClock>,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The one field that a problem names.
    fn field(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        self.json()["errors"][0]["field"].as_str().unwrap_or_default().to_owned()
    }
}

impl Side {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut AdminApi)) -> Self {
        Self::watching("still", change)
    }

    /// With the file that is watched, and changed. Where it is another than the one that is read, nothing is reloaded but
    /// what is asked for.
    fn watching(watched: &str, change: impl FnOnce(&mut AdminApi)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (sources, clock) = Sources::fixed(Timestamp(1_700_000_000_000), 1);
        let upstreams = Upstreams::new(UpstreamSettings::default(), sources.clone());
        let features = directory.path().join("features.toml");
        std::fs::write(&features, FEATURES).unwrap();
        std::fs::write(directory.path().join("still"), "").unwrap();
        let metrics = Metrics::new();
        let toggles = Toggles::new();
        let current = load(&features, &toggles).unwrap().0.bind(&upstreams).into_current();
        let reloading = Reloading {
            path: directory.path().join(watched),
            load: Box::new(move || load(&features, &toggles)),
            check: Box::new(|text| parse("features.toml", text, &KNOWN).map(|_| ())),
            fill: Box::new(|_| {}),
            told: Box::new(|_, _, _| {}),
            current: current.clone(),
            upstreams: upstreams.clone(),
            parallel: None,
            clock: clock.clone(),
        };
        let mut api = AdminApi {
            current,
            upstreams,
            registry: Registry::start(RegistrySettings::default(), sources.clone()).unwrap(),
            reloader: Some(Reloader::start(reloading, &metrics).unwrap()),
            unleash: None,
            promoting: None,
            audit: audit(directory.path().join("audit.jsonl"), &sources),
            metrics: metrics.clone(),
            recorder: Recorder::new(ReportSettings::default(), &sources).unwrap(),
            settings: Arc::new(json!({ "admin": { "listen": "127.0.0.1:9090", "token": "hunter22" } })),
            has_token: false,
            sources: sources.clone(),
        };
        change(&mut api);
        let token = api.has_token.then(|| "a-long-enough-token".into());
        let extensions = vec![admin_api(api.clone())];
        let descriptions = Vec::new();
        let state = AdminState {
            metrics,
            modules: Arc::new([]),
            sources,
            token,
            names: Arc::new(["Gate.internal".to_owned()]),
            extensions,
            descriptions,
            open: &[],
        };
        Self { directory, api, state, clock }
    }

    async fn call(&self, request: TestRequest) -> Answer {
        let app = init_service(host::admin(self.state.clone())).await;
        let response = call_service(&app, request.to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, body: read_body(response).await.to_vec() }
    }

    async fn get(&self, uri: &str) -> Answer {
        self.call(local(TestRequest::get()).uri(uri)).await
    }

    async fn post(&self, uri: &str, body: &Value) -> Answer {
        self.call(local(TestRequest::post()).uri(uri).set_json(body)).await
    }

    /// The audit log, the newest first.
    async fn audit(&self) -> Vec<Value> {
        self.get("/api/audit").await.json()["entries"].as_array().unwrap().clone()
    }
}

fn local(request: TestRequest) -> TestRequest {
    let peer = "127.0.0.1:4000".parse().unwrap();
    request.insert_header(("host", "127.0.0.1:9090")).peer_addr(peer)
}

fn audit(path: PathBuf, sources: &Sources) -> Audit {
    let settings = AuditSettings { path: Some(path), ..AuditSettings::default() };
    Audit::start(&settings, sources).unwrap()
}

/// An audit log whose disk is full.
fn full(sources: &Sources) -> Audit {
    audit("/dev/full".into(), sources)
}

fn load(path: &Path, toggles: &Toggles) -> Result<(Snapshot, Report), Report> {
    let loaded = parse("features.toml", &std::fs::read_to_string(path).unwrap(), &KNOWN)?;
    Ok((Snapshot::new(loaded.features, toggles).unwrap(), loaded.warnings))
}
