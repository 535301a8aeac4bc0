//! Promotion in the gateway: what is seen of both sides is told to the crate `promotion`, whose ceilings the snapshots hold their
//! routes under, and every step is written into the audit log.

mod written;

use crate::admin::audit::Audit;
use crate::snapshot::Current;
use crate::strategy::Setting;
use kernel::{Context, Sources};
use promotion::{Ceilings, Keep, Off, Order, OrderError, Policy, Promoter, Seen, Standing, Step, Witness};
use report::Recorder;
use statistics::Count;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use telemetry::{Metrics, Side};
use tokio::sync::{Mutex, broadcast};

/// How often promotions are looked at. A breach elsewhere is known within a second, the call to Redis included.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// The longest that one look, or an order, may take.
const LOOK_WITHIN: Duration = Duration::from_secs(5);
/// Steps that a follower may be behind; of more it misses the oldest.
const STEPS_BEHIND_MAX: usize = 64;

/// What promotions are made of.
pub struct PromotingParts {
    /// The routes and toggles in force.
    pub current: Current,
    /// What their snapshots hold routes under.
    pub ceilings: Ceilings,
    /// Where states are kept.
    pub keep: Keep,
    /// What the parallel run found.
    pub recorder: Recorder,
    /// What the sides did for clients.
    pub metrics: Metrics,
    /// Where steps are written down.
    pub audit: Audit,
    /// Clock and chance.
    pub sources: Sources,
}

/// The promotions of this gateway. Clones are the same.
#[derive(Clone)]
pub struct Promoting(Arc<Inner>);

struct Inner {
    promoter: Mutex<Promoter>,
    seen: Evidence,
    current: Current,
    audit: Audit,
    sources: Sources,
    steps: broadcast::Sender<Step>,
}

/// What this gateway has seen.
struct Evidence {
    recorder: Recorder,
    metrics: Metrics,
}

/// What one look goes by.
struct Looked<'e> {
    evidence: &'e Evidence,
    /// By route: its toggles that are off for everybody.
    off: BTreeMap<Arc<str>, Off>,
}

impl Witness for Looked<'_> {
    fn seen(&self, route: &str) -> Seen {
        self.evidence.seen(route)
    }

    fn off(&self, route: &str) -> Off {
        self.off.get(route).cloned().unwrap_or_default()
    }
}

impl Evidence {
    fn seen(&self, route: &str) -> Seen {
        let found = self.recorder.totals(route).unwrap_or_default();
        let sides = self.metrics.sides(route);
        let errors = |side| {
            let figures = sides.figures(side);
            Count::new(figures.failed, figures.requests)
        };
        Seen {
            differing: Count::new(found.different, found.compared),
            surely_differing: Count::new(found.different.saturating_sub(found.unsure), found.compared),
            unjudged: found.unjudged,
            old_errors: errors(Side::Old),
            new_errors: errors(Side::New),
            old_took: found.old,
            new_took: found.new,
        }
    }
}

impl Promoting {
    /// Nothing is promoted before the first look.
    #[must_use]
    pub fn new(parts: PromotingParts) -> Self {
        let PromotingParts { current, ceilings, keep, recorder, metrics, audit, sources } = parts;
        let promoter = Mutex::new(Promoter::new(keep, ceilings, &sources));
        let (steps, _) = broadcast::channel(STEPS_BEHIND_MAX);
        let seen = Evidence { recorder, metrics };
        Self(Arc::new(Inner { promoter, seen, current, audit, sources, steps }))
    }

    /// Looks again and again, until it is dropped.
    pub async fn run(self) {
        loop {
            self.look().await;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Looks once: follows the fleet, judges, and sets the ceilings.
    pub async fn look(&self) {
        let inner = &*self.0;
        let policies = self.policies();
        let looked = Looked {
            evidence: &inner.seen,
            off: if policies.is_empty() { BTreeMap::new() } else { self.off() },
        };
        let mut promoter = inner.promoter.lock().await;
        for step in promoter.look(&self.context(), &policies, &looked).await {
            self.tell(&step);
        }
    }

    /// Carries out a person's order.
    ///
    /// # Errors
    /// [`OrderError`]; nothing was changed then.
    pub async fn order(&self, route: &str, order: Order, who: &str) -> Result<Step, OrderError> {
        let inner = &*self.0;
        let mut promoter = inner.promoter.lock().await;
        let looked = Looked { evidence: &inner.seen, off: BTreeMap::new() };
        let step = promoter.order(&self.context(), route, order, who, &looked).await?;
        // Nobody has to follow.
        let _ = inner.steps.send(step.clone());
        Ok(step)
    }

    /// How all promotions stand, and why the fleet cannot be asked, if it cannot.
    pub async fn standings(&self) -> (Vec<Standing>, Option<String>) {
        let promoter = self.0.promoter.lock().await;
        (promoter.standings(), promoter.away().map(str::to_owned))
    }

    /// The steps from now on.
    #[must_use]
    pub fn follow(&self) -> broadcast::Receiver<Step> {
        self.0.steps.subscribe()
    }

    fn tell(&self, step: &Step) {
        self.0.audit.note(written::entry(step));
        let _ = self.0.steps.send(step.clone());
    }

    fn policies(&self) -> Vec<(Arc<str>, Arc<Policy>)> {
        let snapshot = self.0.current.load();
        let routes = snapshot.features.routes.iter();
        routes.filter_map(|route| Some((route.name.clone(), route.promotion.clone()?))).collect()
    }

    /// Promoted routes, with their toggles that are off.
    fn off(&self) -> BTreeMap<Arc<str>, Off> {
        let snapshot = self.0.current.load();
        let toggles = snapshot.toggles().features();
        let promoted = snapshot.features.routes.iter().filter(|route| route.promotion.is_some());
        let is_off = |name: &Arc<str>| Setting::named(&toggles, name).is_off();
        promoted
            .map(|route| {
                let serve = route.serve.clone().filter(is_off);
                let compare = route.compare.clone().filter(is_off);
                (route.name.clone(), Off { serve, compare })
            })
            .collect()
    }

    fn context(&self) -> Context {
        Context::background(&self.0.sources, LOOK_WITHIN)
    }
}

impl std::fmt::Debug for Promoting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Promoting")
    }
}
