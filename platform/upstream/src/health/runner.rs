//! The task that runs the checks.

use super::{ask, begin, finish, forget, give_up};
use crate::instance::Instance;
use crate::rng::Rng;
use crate::{Policy, Upstreams};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{AbortHandle, JoinSet};

/// The running health checks. Dropped or stopped, they end; what they found stays.
#[derive(Debug)]
pub struct HealthChecks(AbortHandle);

impl HealthChecks {
    /// Ends the checks; those under way are given up.
    pub fn stop(&self) {
        self.0.abort();
    }
}

impl Drop for HealthChecks {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Upstreams {
    /// Checks the instances of every service whose policy names a path, as a task of the runtime it is called in. One
    /// is enough for the process.
    #[must_use = "dropped, the checks end"]
    pub fn start_health_checks(&self) -> HealthChecks {
        HealthChecks(tokio::spawn(run(self.clone())).abort_handle())
    }
}

async fn run(upstreams: Upstreams) {
    let mut rng = Rng::new(upstreams.sources().random.next_u64());
    let round = Duration::from_millis(upstreams.settings().health_round_ms.max(10));
    let mut under_way = JoinSet::new();
    loop {
        start_due(&upstreams, &mut under_way, &mut rng);
        tokio::time::sleep(round).await;
        while under_way.try_join_next().is_some() {}
    }
}

/// Starts the checks that are due, as many as may be under way.
pub(super) fn start_due(upstreams: &Upstreams, under_way: &mut JoinSet<()>, rng: &mut Rng) {
    let now = upstreams.timeline().now();
    for service in upstreams.services() {
        let table = service.table.load_full();
        for instance in &table.instances {
            if table.policy.health.path.is_none() {
                forget(instance);
            } else if under_way.len() < upstreams.settings().health_concurrent_max.max(1)
                && begin(instance, now)
            {
                let rng = Rng::new(rng.next());
                under_way.spawn(check(upstreams.clone(), instance.clone(), table.policy.clone(), rng));
            }
        }
    }
}

async fn check(upstreams: Upstreams, instance: Arc<Instance>, policy: Arc<Policy>, rng: Rng) {
    let begun = Begun(&instance);
    let is_well = ask::is_well(upstreams.resolver(), &instance, &policy.health).await;
    finish(&instance, is_well, &policy.health, &rng, upstreams.timeline().now());
    drop(begun);
}

/// A check that is aborted must not keep the next one from beginning.
struct Begun<'a>(&'a Instance);

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        give_up(self.0);
    }
}
