//! Tells the server who asks, once, and how the toggles are used, again and again.

use super::api::SDK;
use super::error::CallError;
use super::pending::Pending;
use super::shared::{Shared, stopped};
use super::wait;
use crate::time::rfc3339;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::watch;
use unleash_yggdrasil::{CORE_VERSION, KNOWN_STRATEGIES, SUPPORTED_SPEC_VERSION};

/// After this many failures in a row the interval of reports grows no more: it is then 8 times as long.
const DOUBLINGS_MAX: u32 = 3;
/// After this many refusals in a row a report is given up: it is not the server that is at fault.
const REFUSALS_MAX: u32 = 5;

/// Registers the application, until that has succeeded.
pub(super) async fn register(shared: Shared, mut stop: watch::Receiver<bool>) {
    let body = registration(&shared).to_string();
    let mut failures = 0;
    loop {
        let pause = tokio::select! {
            done = shared.api.post("register", body.clone()) => match done {
                Ok(()) => {
                    shared.status.send_modify(|status| status.registered = true);
                    return;
                }
                Err(error) => {
                    failures += 1;
                    tracing::debug!(cause = %error, failures, "the application could not be registered");
                    let random = &*shared.sources.random;
                    wait::after_failures(&shared.settings, failures, error.retry_after(), random)
                }
            },
            () = stopped(&mut stop) => return,
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stopped(&mut stop) => return,
        }
    }
}

/// Reports usage until it is told to stop, and then once more.
pub(super) async fn report(shared: Shared, mut stop: watch::Receiver<bool>) {
    let mut reporter = Reporter { pending: Pending::since(shared.started), failures: 0, refusals: 0, shared };
    loop {
        tokio::select! {
            () = tokio::time::sleep(reporter.pause()) => {}
            () = stopped(&mut stop) => break,
        }
        // Never given up half way: a report that the server has taken must not be sent again.
        reporter.flush().await;
    }
    reporter.flush().await;
}

struct Reporter {
    shared: Shared,
    pending: Pending,
    failures: u32,
    /// Failures in a row that were refusals.
    refusals: u32,
}

impl Reporter {
    fn pause(&self) -> Duration {
        let interval_ms = self.shared.settings.metrics_interval_ms;
        let interval_ms = interval_ms.saturating_mul(1 << self.failures.min(DOUBLINGS_MAX));
        wait::regular(interval_ms, &*self.shared.sources.random)
    }

    async fn flush(&mut self) {
        let now = self.shared.now();
        let dropped = self.pending.add(self.shared.toggles.take_usage());
        self.shared.counters.dropped.inc_by(dropped);
        if self.pending.is_empty() {
            self.pending = Pending::since(now);
            return;
        }
        let body = metrics(&self.shared, self.pending.bucket(now)).to_string();
        match self.shared.api.post("metrics", body).await {
            Ok(()) => self.reported(),
            Err(error) => self.not_reported(&error),
        }
    }

    fn reported(&mut self) {
        let now = self.shared.now();
        (self.failures, self.refusals) = (0, 0);
        self.pending = Pending::since(now);
        self.shared.counters.reported.inc();
        self.shared.status.send_modify(|status| {
            status.metrics_error = None;
            status.last_metrics = Some(now);
        });
    }

    fn not_reported(&mut self, error: &CallError) {
        self.failures = self.failures.saturating_add(1);
        self.shared.counters.unreported.inc();
        self.refusals = if error.is_refusal() { self.refusals + 1 } else { 0 };
        if error.is_final() || self.refusals >= REFUSALS_MAX {
            tracing::warn!(cause = %error, "the Unleash server refuses a report of usage; it is given up");
            self.refusals = 0;
            self.shared.counters.dropped.inc_by(self.pending.len());
            self.pending = Pending::since(self.shared.now());
        } else if self.failures == 1 {
            tracing::warn!(cause = %error, "usage cannot be reported to the Unleash server; it is kept");
        }
        self.shared.status.send_modify(|status| status.metrics_error = Some(error.to_string()));
    }
}

/// Who asks, in both bodies.
fn identity(shared: &Shared) -> Value {
    json!({
        "appName": shared.settings.app_name,
        "instanceId": shared.instance,
        "connectionId": shared.instance,
        "environment": shared.settings.environment,
        "sdkVersion": SDK,
        "sdkType": "backend",
        "specVersion": SUPPORTED_SPEC_VERSION,
        "yggdrasilVersion": CORE_VERSION,
        "platformName": "rust",
    })
}

fn registration(shared: &Shared) -> Value {
    with(
        identity(shared),
        [
            ("strategies", json!(KNOWN_STRATEGIES)),
            ("started", rfc3339(shared.started).into()),
            ("interval", shared.settings.poll_interval_ms.into()),
        ],
    )
}

fn metrics(shared: &Shared, bucket: Value) -> Value {
    with(identity(shared), [("bucket", bucket)])
}

fn with<const N: usize>(mut object: Value, more: [(&str, Value); N]) -> Value {
    if let Some(map) = object.as_object_mut() {
        map.extend(more.map(|(key, value)| (key.to_owned(), value)));
    }
    object
}
