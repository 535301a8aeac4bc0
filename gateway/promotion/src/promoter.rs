//! What makes promotions go on: looks at what holds in the fleet, judges what was seen, and sets the ceilings. Called once a second or
//! more often; keeps no thread of its own.

#[cfg(test)]
mod tests;

use crate::keep::States;
use crate::watch::Watch;
use crate::{
    Ceilings, Keep, Off, Order, OrderError, Phase, Policy, Seen, Standing, State, Step, Why, Witness,
};
use kernel::{Context, Sources, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The promotions of one gateway.
pub struct Promoter {
    keep: Keep,
    ceilings: Ceilings,
    sources: Sources,
    routes: BTreeMap<Arc<str>, Watch>,
    /// What was known at the last stop, of routes that are not watched yet.
    last_known: Option<States>,
    /// Why the fleet cannot be asked; `None` while it can.
    away: Option<String>,
}

impl Promoter {
    /// Nothing is promoted before the first [`Promoter::look`]: all ceilings are at 0.
    #[must_use]
    pub fn new(keep: Keep, ceilings: Ceilings, sources: &Sources) -> Self {
        let (routes, sources) = (BTreeMap::new(), sources.clone());
        Self { keep, ceilings, sources, routes, last_known: None, away: None }
    }

    /// Looks at everything once: `policies` are those of the routes that are promoted. Gives what has changed.
    pub async fn look(
        &mut self,
        context: &Context,
        policies: &[(Arc<str>, Arc<Policy>)],
        witness: &impl Witness,
    ) -> Vec<Step> {
        let now = self.sources.clock.now();
        let mut steps = Vec::new();
        self.routes.retain(|route, _| policies.iter().any(|(known, _)| known == route));
        if self.last_known.is_none() {
            match self.keep.last_known(context).await {
                Ok(states) => self.last_known = Some(states),
                Err(error) => self.is_away(error.to_string()),
            }
        }
        let shared = match self.keep.now(context).await {
            Ok(states) => {
                self.is_back();
                Some(states)
            }
            Err(error) => {
                self.is_away(error.to_string());
                None
            }
        };
        for (route, policy) in policies {
            let total = witness.seen(route);
            let shared =
                shared.as_ref().map(|states| states.as_ref().and_then(|states| states.get(&**route)));
            if let Some(step) = self.follow(context, route, policy, shared, &total, now).await {
                steps.push(step);
            }
            let off = witness.off(route);
            if let Some(step) = self.judge(context, route, shared.is_some(), &total, &off, now).await {
                steps.push(step);
            }
        }
        self.set_ceilings();
        for step in &steps {
            if let Err(error) = self.keep.remember(context, &step.route, &step.after).await {
                tracing::warn!(reason = %error, "the state of a promotion is not remembered");
            }
        }
        steps
    }

    /// Carries out a person's order. What lowers a share is done at once, also while the fleet cannot be asked.
    ///
    /// # Errors
    /// [`OrderError`]; nothing was changed then.
    pub async fn order(
        &mut self,
        context: &Context,
        route: &str,
        order: Order,
        who: &str,
        witness: &impl Witness,
    ) -> Result<Step, OrderError> {
        let now = self.sources.clock.now();
        let (route, watch) = self.routes.get_key_value(route).ok_or_else(|| self.not_there(route))?;
        let (route, before) = (route.clone(), watch.state.clone());
        let after = before.ordered(order, &watch.policy, now, who)?;
        let put = self.keep.put(context, &route, before.version, &after).await;
        let unsent = match (put, after.phase) {
            (Ok(true), _) => false,
            (_, Phase::Back | Phase::Held) => true,
            (Ok(false), Phase::Rising) => return Err(OrderError::Conflict),
            (Err(error), Phase::Rising) => return Err(OrderError::NotShared(error.to_string())),
        };
        let step = self.take(&route, after, unsent, &witness.seen(&route), now, Why::Person);
        self.set_ceilings();
        if let Err(error) = self.keep.remember(context, &step.route, &step.after).await {
            tracing::warn!(reason = %error, "the state of a promotion is not remembered");
        }
        Ok(step)
    }

    /// How all promotions stand, by route.
    #[must_use]
    pub fn standings(&self) -> Vec<Standing> {
        self.routes.iter().map(|(route, watch)| watch.standing(route)).collect()
    }

    /// Why the fleet, or the store, cannot be asked; `None` while it can.
    #[must_use]
    pub fn away(&self) -> Option<&str> {
        self.away.as_deref()
    }

    /// Takes over what holds for the fleet. `shared`: `None` while it cannot be asked; then what it says of the route.
    async fn follow(
        &mut self,
        context: &Context,
        route: &Arc<str>,
        policy: &Arc<Policy>,
        shared: Option<Option<&State>>,
        total: &Seen,
        now: Timestamp,
    ) -> Option<Step> {
        if let Some(watch) = self.routes.get_mut(route) {
            watch.policy = policy.clone();
            let (held, unsent) = (watch.state.clone(), watch.unsent);
            return match shared? {
                Some(shared) if unsent => {
                    self.bring_together(context, route, held, shared.clone(), total, now).await
                }
                Some(shared) if *shared != held => {
                    Some(self.take(route, shared.clone(), false, total, now, Why::Fleet))
                }
                Some(_) => None,
                // Redis has forgotten it, or never heard of it.
                None => {
                    let put = self.keep.put(context, route, 0, &held).await;
                    self.sent(route, matches!(put, Ok(true)));
                    None
                }
            };
        }
        let known = self.last_known.as_ref().and_then(|states| states.get(&**route)).cloned();
        let (state, by) = match (shared, known) {
            (Some(Some(shared)), _) => (shared.clone(), None),
            (_, Some(known)) => (known, None),
            // The first time anybody hears of it: not while others may know more.
            (Some(None), None) => (State::first(policy, now), Some(Why::Evidence)),
            (None, None) => return None,
        };
        let mut unsent = matches!(shared, Some(None));
        if unsent {
            unsent = !matches!(self.keep.put(context, route, 0, &state).await, Ok(true));
        }
        let mut watch = Watch::new(policy.clone(), state.clone(), total.clone(), now);
        watch.unsent = unsent;
        self.routes.insert(route.clone(), watch);
        by.map(|by| Step { route: route.clone(), before: None, after: state, by })
    }

    /// A state that was made here while the fleet could not be told, and what the fleet holds: the safer one holds for all.
    async fn bring_together(
        &mut self,
        context: &Context,
        route: &Arc<str>,
        held: State,
        shared: State,
        total: &Seen,
        now: Timestamp,
    ) -> Option<Step> {
        let safer = held.clone().safer(shared.clone());
        if safer == shared {
            let changed = shared != held;
            self.sent(route, true);
            return changed.then(|| self.take(route, shared, false, total, now, Why::Fleet));
        }
        let merged = State { version: shared.version.saturating_add(1), ..safer };
        let put = self.keep.put(context, route, shared.version, &merged).await;
        let sent = matches!(put, Ok(true));
        if sent && let Some(watch) = self.routes.get_mut(route) {
            watch.state = merged;
        }
        self.sent(route, sent);
        None
    }

    /// Judges one route. Nothing is raised while the fleet cannot be asked.
    async fn judge(
        &mut self,
        context: &Context,
        route: &Arc<str>,
        is_fresh: bool,
        total: &Seen,
        off: &Off,
        now: Timestamp,
    ) -> Option<Step> {
        let watch = self.routes.get_mut(route)?;
        let after = watch.judge(total, off, now)?;
        let (expected, is_raise) = (watch.state.version, after.percent > watch.state.percent);
        if is_raise && (!is_fresh || watch.unsent) {
            return None;
        }
        if !is_raise {
            // Down at once, whatever becomes of telling the others.
            self.ceilings_without(route, after.percent);
        }
        let put = self.keep.put(context, route, expected, &after).await;
        let sent = matches!(put, Ok(true));
        // Nobody is raised above what all know of; whoever was faster is followed at the next look.
        (sent || !is_raise).then(|| self.take(route, after, !sent, total, now, Why::Evidence))
    }

    fn take(
        &mut self,
        route: &Arc<str>,
        after: State,
        unsent: bool,
        total: &Seen,
        now: Timestamp,
        by: Why,
    ) -> Step {
        let before = self.routes.get(route).map(|watch| watch.state.clone());
        if let Some(watch) = self.routes.get_mut(route) {
            watch.take(after.clone(), total.clone(), now);
            watch.unsent = unsent;
        }
        Step { route: route.clone(), before, after, by }
    }

    fn sent(&mut self, route: &Arc<str>, sent: bool) {
        if let Some(watch) = self.routes.get_mut(route) {
            watch.unsent = !sent;
        }
    }

    fn set_ceilings(&self) {
        self.ceilings.set(self.routes.iter().map(|(route, watch)| (route.clone(), watch.state.percent)));
    }

    fn ceilings_without(&self, route: &Arc<str>, percent: u8) {
        let all = self.routes.iter().map(|(known, watch)| {
            (known.clone(), if known == route { percent } else { watch.state.percent })
        });
        self.ceilings.set(all);
    }

    fn not_there(&self, route: &str) -> OrderError {
        match &self.away {
            Some(why) => OrderError::NotKnown(route.to_owned(), why.clone()),
            None => OrderError::NoPromotion(route.to_owned()),
        }
    }

    fn is_away(&mut self, why: String) {
        if self.away.is_none() {
            tracing::warn!(reason = why, "promotions are not shared: none is raised until they are");
        }
        self.away = Some(why);
    }

    fn is_back(&mut self) {
        if self.away.take().is_some() {
            tracing::info!("promotions are shared again");
        }
    }
}
