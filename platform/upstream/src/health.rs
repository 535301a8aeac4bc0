//! Active health checks: which are due, what they find, and what follows from it.

mod ask;
mod runner;

#[cfg(test)]
mod tests;

pub use runner::HealthChecks;

use crate::HealthPolicy;
use crate::instance::{Checks, Instance};
use crate::rng::Rng;
use crate::timeline::Moment;
use std::sync::atomic::Ordering::Relaxed;

/// Whether a check of `instance` is due and none is under way; if so, it counts as begun until [`finish`].
fn begin(instance: &Instance, now: Moment) -> bool {
    let checks = &instance.checks;
    checks.due_ns.load(Relaxed) <= now.0 && !checks.under_way.swap(true, Relaxed)
}

/// Takes in what a check found and sets the date of the next.
fn finish(instance: &Instance, is_well: bool, policy: &HealthPolicy, rng: &Rng, now: Moment) {
    let checks = &instance.checks;
    let was_healthy = checks.healthy.load(Relaxed);
    let is_healthy = if is_well { checks.well(policy) } else { checks.unwell(policy) };
    if is_healthy && !was_healthy {
        instance.warm_up_from(now);
    }
    if is_healthy != was_healthy {
        checks.healthy.store(is_healthy, Relaxed);
        tracing::warn!(instance = %instance.id(), is_healthy, "health changed");
    }
    checks.due_ns.store(now.plus_ms(spread(policy, rng)).0, Relaxed);
    checks.under_way.store(false, Relaxed);
}

/// Gives back a check that has found nothing, because the checks were stopped.
fn give_up(instance: &Instance) {
    instance.checks.under_way.store(false, Relaxed);
}

/// An instance that is no longer checked counts as healthy.
fn forget(instance: &Instance) {
    let checks = &instance.checks;
    if !checks.healthy.load(Relaxed) {
        checks.healthy.store(true, Relaxed);
    }
    checks.bad.store(0, Relaxed);
}

/// The interval, up to the jitter's share longer or shorter.
fn spread(policy: &HealthPolicy, rng: &Rng) -> u64 {
    let jitter = policy.interval_ms * u64::from(policy.jitter_percent.min(90)) / 100;
    policy.interval_ms - jitter + rng.below(2 * jitter + 1)
}

impl Checks {
    /// Counts a good check; says whether the instance is healthy now.
    fn well(&self, policy: &HealthPolicy) -> bool {
        self.bad.store(0, Relaxed);
        let good = self.good.fetch_add(1, Relaxed).saturating_add(1);
        self.healthy.load(Relaxed) || good >= policy.healthy_after
    }

    /// Counts a failed check; says whether the instance is healthy still.
    fn unwell(&self, policy: &HealthPolicy) -> bool {
        self.good.store(0, Relaxed);
        let bad = self.bad.fetch_add(1, Relaxed).saturating_add(1);
        self.healthy.load(Relaxed) && bad < policy.unhealthy_after
    }
}
