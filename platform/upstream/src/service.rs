//! One service: its policy and instances as a snapshot, and the mechanisms that all workers share.

use crate::adaptive::Gate;
use crate::breaker::{Breaker, Moved, Permit};
use crate::bulkhead::{Bulkhead, NoSlot};
use crate::ejection::Ejection;
use crate::instance::Instance;
use crate::timeline::{Moment, Timeline};
use crate::{AcquireError, Admitted, BreakerForce, BreakerState, FailureKind, Outcome, Policy, RetryBudget};
use arc_swap::ArcSwap;
use kernel::Deadline;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// One service. Made by [`Upstreams::define`](crate::Upstreams::define); routes hold it.
#[derive(Debug)]
pub struct Service {
    pub(crate) key: u64,
    name: Arc<str>,
    pub(crate) timeline: Timeline,
    pub(crate) table: ArcSwap<Table>,
    pub(crate) breaker: Breaker,
    pub(crate) bulkhead: Bulkhead,
    /// Those between a connection and the head of their answer.
    pub(crate) gate: Gate,
    pub(crate) ejection: Ejection,
    budget: RetryBudget,
    pub(crate) counters: Counters,
}

/// Policy and instances of one moment. Replaced as a whole, under the lock of `Upstreams`; read without a lock.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) policy: Arc<Policy>,
    pub(crate) instances: Vec<Arc<Instance>>,
    /// Grows with every change of the instances.
    pub(crate) version: u64,
}

/// What has happened to requests since the process began.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) refused_by_breaker: AtomicU64,
    pub(crate) refused_by_bulkhead: AtomicU64,
    pub(crate) timed_out: AtomicU64,
    pub(crate) connected: AtomicU64,
    pub(crate) connect_failed: AtomicU64,
    pub(crate) found_stale: AtomicU64,
    pub(crate) ejected: AtomicU64,
}

/// Policy and instances as they are at one moment: what a request begins by, it ends by.
#[derive(Debug, Clone)]
pub struct Terms(pub(crate) Arc<Table>);

impl Terms {
    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }
}

impl Service {
    pub(crate) fn new(key: u64, name: &str, policy: Policy, timeline: Timeline) -> Self {
        let table = Table { policy: Arc::new(policy), instances: Vec::new(), version: 0 };
        Self {
            key,
            name: name.into(),
            breaker: Breaker::new(timeline.now()),
            bulkhead: Bulkhead::default(),
            gate: Gate::new(&table.policy.shedding_limit, timeline.now()),
            ejection: Ejection::new(timeline.now(), &table.policy.ejection),
            budget: RetryBudget::new(&table.policy.retry, timeline.clone()),
            counters: Counters::default(),
            table: ArcSwap::from_pointee(table),
            timeline,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The policy that holds now.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        self.table.load().policy.clone()
    }

    /// Policy and instances that hold now.
    #[must_use]
    pub fn terms(&self) -> Terms {
        Terms(self.table.load_full())
    }

    /// What its breaker would do with a request now.
    #[must_use]
    pub fn breaker(&self) -> BreakerState {
        self.breaker.state(&self.table.load().policy.breaker, self.timeline.now())
    }

    /// Whether a request would be refused by the breaker now: the moment for a fallback. Takes no probe.
    #[must_use]
    pub fn is_refusing(&self) -> bool {
        self.breaker.refuses(&self.table.load().policy.breaker, self.timeline.now())
    }

    /// Forces its breaker, or lets it decide by itself again.
    pub fn force(&self, force: BreakerForce) {
        self.breaker.force(force);
    }

    /// What a person wants of its breaker.
    #[must_use]
    pub fn breaker_force(&self) -> BreakerForce {
        self.breaker.forced()
    }

    /// What pays for retries: the caller deposits once a request and takes once a retry.
    #[must_use]
    pub fn retry_budget(&self) -> &RetryBudget {
        &self.budget
    }

    pub(crate) fn set_policy(&self, policy: Policy) {
        let before = self.table.load_full();
        if *before.policy == policy {
            return;
        }
        if before.policy.breaker != policy.breaker {
            self.breaker.clear_window();
        }
        self.budget.configure(&policy.retry);
        self.gate.configure(&policy.shedding_limit);
        self.table.store(Arc::new(Table {
            policy: Arc::new(policy),
            instances: before.instances.clone(),
            version: before.version,
        }));
        self.bulkhead.look_again();
    }

    pub(crate) fn set_instances(&self, instances: Vec<Arc<Instance>>) {
        let before = self.table.load_full();
        self.table.store(Arc::new(Table {
            policy: before.policy.clone(),
            instances,
            version: before.version + 1,
        }));
    }

    /// Passes breaker and bulkhead at once, or says `None` where a slot must be waited for.
    pub(crate) fn try_enter(
        self: &Arc<Self>,
        terms: &Terms,
        now: Moment,
    ) -> Result<Option<Entry>, AcquireError> {
        let policy = terms.policy();
        if self.bulkhead.try_enter(policy.bulkhead.connections_max) {
            return self.entered(terms.clone(), now).map(Some);
        }
        // Nobody waits for a slot only to be refused then.
        if self.breaker.refuses(&policy.breaker, now) { Err(self.refused_by_breaker()) } else { Ok(None) }
    }

    /// Waits for a slot, as long as the policy and the deadline allow.
    pub(crate) async fn enter(self: &Arc<Self>, deadline: Deadline) -> Result<Entry, AcquireError> {
        let bounds = self.policy().bulkhead;
        let left = deadline.remaining(self.timeline.clock());
        let wait = Duration::from_millis(bounds.wait_ms).min(left);
        let connections_max = || self.table.load().policy.bulkhead.connections_max;
        match self.bulkhead.enter(connections_max, bounds.waiting_max, wait).await {
            Ok(()) => self.entered(self.terms(), self.timeline.now()),
            Err(NoSlot::Full) => {
                self.counters.refused_by_bulkhead.fetch_add(1, Relaxed);
                Err(AcquireError::BulkheadFull { service: self.name.clone() })
            }
            Err(NoSlot::TimedOut) => {
                self.counters.timed_out.fetch_add(1, Relaxed);
                Err(AcquireError::TimedOut { service: self.name.clone() })
            }
        }
    }

    /// With a slot in hand: asks the breaker for the permit and the gate for entrance, and gives all back if one refuses.
    fn entered(self: &Arc<Self>, terms: Terms, now: Moment) -> Result<Entry, AcquireError> {
        match self.breaker.permit(&terms.policy().breaker, now) {
            Some(permit) => {
                let shedding = terms.policy().shedding;
                let mut entry =
                    Entry { service: self.clone(), terms, permit, is_recorded: false, is_in_gate: false };
                if shedding {
                    entry.is_in_gate = self.gate.try_enter();
                    if !entry.is_in_gate {
                        return Err(AcquireError::Shed { service: self.name.clone() });
                    }
                }
                Ok(entry)
            }
            None => {
                self.bulkhead.leave();
                Err(self.refused_by_breaker())
            }
        }
    }

    fn refused_by_breaker(&self) -> AcquireError {
        self.counters.refused_by_breaker.fetch_add(1, Relaxed);
        AcquireError::BreakerOpen { service: self.name.clone() }
    }

    fn record(
        &self,
        terms: &Terms,
        permit: Permit,
        instance: Option<&Instance>,
        outcome: Outcome,
        now: Moment,
    ) {
        let table = &*terms.0;
        let verdict = outcome.verdict(&table.policy);
        match self.breaker.record(permit, verdict, &table.policy.breaker, now) {
            Some(Moved::Opened) => tracing::warn!(service = %self.name, "circuit breaker opened"),
            Some(Moved::Closed) => tracing::info!(service = %self.name, "circuit breaker closed"),
            None => {}
        }
        let Some(instance) = instance else { return };
        instance.count(verdict);
        if let Outcome::Answered { first_byte, .. } = outcome {
            instance.observe_latency(first_byte);
        }
        let ejected = self.ejection.observe(&self.table, table, instance, verdict, now);
        if ejected > 0 {
            self.counters.ejected.fetch_add(ejected, Relaxed);
        }
    }
}

/// A request that has passed breaker and bulkhead. Dropped, it gives back both.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) service: Arc<Service>,
    pub(crate) terms: Terms,
    permit: Permit,
    is_recorded: bool,
    is_in_gate: bool,
}

impl Entry {
    /// Records how it went. The permit is given back the first time; afterwards only a failure still counts, against
    /// the instance and as a usual result: the answer began well and broke off.
    pub(crate) fn record(&mut self, instance: Option<&Instance>, outcome: Outcome, now: Moment) {
        self.leave_gate(outcome, now);
        if !self.is_recorded {
            self.is_recorded = true;
            self.service.record(&self.terms, self.permit, instance, outcome, now);
        } else if matches!(outcome, Outcome::Failed(_)) {
            self.service.record(&self.terms, Permit::Usual, instance, outcome, now);
        }
    }
}

impl Entry {
    /// The head of the answer is there, or will not come.
    fn leave_gate(&mut self, outcome: Outcome, now: Moment) {
        if std::mem::take(&mut self.is_in_gate) {
            let gate = &self.service.gate;
            gate.leave();
            gate.observe(admitted(outcome), &self.terms.policy().shedding_limit, now);
        }
    }
}

/// What an outcome says of how busy the service is.
fn admitted(outcome: Outcome) -> Admitted {
    match outcome {
        Outcome::Answered { status: 503, .. } | Outcome::Failed(FailureKind::TimedOut) => Admitted::Dropped,
        Outcome::Answered { first_byte, .. } => Admitted::Answered(first_byte),
        Outcome::Failed(_) | Outcome::Abandoned => Admitted::Ignored,
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if !self.is_recorded {
            let now = self.service.timeline.now();
            self.record(None, Outcome::Abandoned, now);
        }
        self.service.bulkhead.leave();
    }
}
