//! Passive ejection: an instance that fails several times in a row, or clearly more often than the others, is left out
//! for a while; never the last one, never more than a share of them.

mod outliers;

#[cfg(test)]
mod tests;

use crate::EjectionPolicy;
use crate::instance::Instance;
use crate::outcome::Verdict;
use crate::service::Table;
use crate::timeline::Moment;
use arc_swap::ArcSwap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the instances of one service share. The lock is taken only to eject and to compare, never by a request that
/// goes well within the interval; under it the number of ejected instances cannot change, so that the bound holds.
#[derive(Debug)]
pub(crate) struct Ejection {
    deciding: Mutex<()>,
    next_review_ns: AtomicU64,
}

impl Ejection {
    pub(crate) fn new(now: Moment, policy: &EjectionPolicy) -> Self {
        let next = now.plus_ms(policy.interval_ms);
        Self { deciding: Mutex::new(()), next_review_ns: AtomicU64::new(next.0) }
    }

    /// Takes in one result of a request that began by the table `begun`. Says how many instances it ejected, which is
    /// decided by the table that holds now.
    pub(crate) fn observe(
        &self,
        current: &ArcSwap<Table>,
        begun: &Table,
        instance: &Instance,
        verdict: Verdict,
        now: Moment,
    ) -> u64 {
        let policy = &begun.policy.ejection;
        if !policy.enabled {
            return 0;
        }
        let own = match verdict {
            Verdict::Neither => false,
            Verdict::Success => instance.ejection.succeeded(),
            Verdict::Failure => {
                instance.ejection.failed(policy) && self.eject(&current.load(), instance, now)
            }
        };
        u64::from(own) + self.review_if_due(current, now)
    }

    /// Leaves `instance` out, if the bounds allow it.
    fn eject(&self, table: &Table, instance: &Instance, now: Moment) -> bool {
        // A lone instance that fails must not bring its workers to the lock with every request.
        if table.instances.len() < 2 || instance.is_ejected(now) {
            return false;
        }
        let _deciding = self.lock();
        try_eject(table, instance, now)
    }

    /// Compares the success rates once an interval; the thread that moves the date does it.
    fn review_if_due(&self, current: &ArcSwap<Table>, now: Moment) -> u64 {
        let due = self.next_review_ns.load(Relaxed);
        if now.0 < due {
            return 0;
        }
        let table = &*current.load();
        let next = now.plus_ms(table.policy.ejection.interval_ms);
        if self.next_review_ns.compare_exchange(due, next.0, Relaxed, Relaxed).is_err() {
            return 0;
        }
        let _deciding = self.lock();
        let ejected =
            outliers::find(table).into_iter().filter(|outlier| try_eject(table, outlier, now)).count();
        forgive(table, now);
        u64::try_from(ejected).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, ()> {
        self.deciding.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl crate::instance::Ejected {
    /// Counts a success; always false.
    fn succeeded(&self) -> bool {
        self.interval_requests.fetch_add(1, Relaxed);
        // Written only where it changes something, so that the workers do not fight for the line.
        if self.failures_in_row.load(Relaxed) > 0 {
            self.failures_in_row.store(0, Relaxed);
        }
        false
    }

    /// Counts a failure; says whether that makes enough of them in a row.
    fn failed(&self, policy: &EjectionPolicy) -> bool {
        self.interval_requests.fetch_add(1, Relaxed);
        self.interval_failures.fetch_add(1, Relaxed);
        let in_row = self.failures_in_row.fetch_add(1, Relaxed).saturating_add(1);
        policy.consecutive_failures > 0 && in_row >= policy.consecutive_failures
    }
}

/// How many of `all` instances may be left out: the share, but one at least. That one is always left, `try_eject` sees to.
fn ejected_max(all: usize, max_percent: u32) -> usize {
    if max_percent == 0 {
        return 0;
    }
    let share = all * usize::try_from(max_percent).unwrap_or(100) / 100;
    share.max(1)
}

/// To be called under the lock.
fn try_eject(table: &Table, instance: &Instance, now: Moment) -> bool {
    let policy = &table.policy.ejection;
    let instances = &table.instances;
    let ejected = instances.iter().filter(|other| other.is_ejected(now)).count();
    let others_left = instances.iter().any(|other| other.key != instance.key && other.is_available(now));
    let is_allowed = others_left && ejected < ejected_max(instances.len(), policy.max_percent);
    if instance.is_gone() || instance.is_ejected(now) || !is_allowed {
        return false;
    }
    let times = instance.ejection.times.load(Relaxed).saturating_add(1);
    let left_out_ms = policy.base_ms.saturating_mul(u64::from(times)).min(policy.max_ms);
    let until = now.plus_ms(left_out_ms);
    instance.ejection.times.store(times, Relaxed);
    instance.ejection.failures_in_row.store(0, Relaxed);
    instance.ejection.until_ns.store(until.0, Relaxed);
    instance.warm_up_from(until);
    tracing::warn!(instance = %instance.id(), left_out_ms, "instance ejected");
    true
}

/// An interval without being left out shortens the next ejection again. To be called under the lock.
fn forgive(table: &Table, now: Moment) {
    for instance in table.instances.iter().filter(|instance| !instance.is_ejected(now)) {
        let times = instance.ejection.times.load(Relaxed);
        instance.ejection.times.store(times.saturating_sub(1), Relaxed);
    }
}
