//! Which instance gets a request.

mod consistent;
mod least;
mod round_robin;

#[cfg(test)]
mod tests;

use crate::instance::{Instance, WEIGHT_SCALE};
use crate::rng::Rng;
use crate::service::{Service, Table};
use crate::timeline::Moment;
use crate::{Balance, Pick, Policy};
use round_robin::RoundRobin;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One worker's chooser. A choice costs a few nanoseconds an instance, and nothing is allocated once its lists have
/// their size.
///
/// It first gives each instance its weight of the moment (zero: not to be asked), then lets the strategy choose by
/// weights alone.
pub(crate) struct Balancer {
    rng: Rng,
    weights: Vec<u64>,
    turns: BTreeMap<u64, RoundRobin>,
}

impl Balancer {
    pub(crate) fn new(rng: Rng) -> Self {
        Self { rng, weights: Vec::new(), turns: BTreeMap::new() }
    }

    /// The instance for this request; `None` if there is none with a weight.
    pub(crate) fn choose(
        &mut self,
        service: &Service,
        table: &Table,
        pick: &Pick<'_>,
        now: Moment,
    ) -> Option<Arc<Instance>> {
        // Without a choice there is nothing to be weighed: the only one is asked even while it is not well.
        if let [only] = &*table.instances
            && only.weight() > 0
        {
            return Some(only.clone());
        }
        weigh(&mut self.weights, &table.instances, &table.policy, now);
        leave_out(&mut self.weights, &table.instances, pick.avoid);
        let index = self.index(service.key, table, pick)?;
        table.instances.get(index).cloned()
    }

    fn index(&mut self, service_key: u64, table: &Table, pick: &Pick<'_>) -> Option<usize> {
        let instances = &table.instances;
        match (table.policy.balance, pick.hash) {
            (Balance::RoundRobin, _) => {
                let turns = self.turns.entry(service_key).or_default();
                turns.follow(table.version, instances.len(), &self.weights, &self.rng);
                turns.next(&self.weights)
            }
            (Balance::ConsistentHash, Some(hash)) => {
                consistent::choose(instances.iter().map(|instance| instance.id_hash), &self.weights, hash)
            }
            (Balance::LeastRequest, _) | (Balance::ConsistentHash, None) => {
                let load = |index: usize| instances.get(index).map_or(0, |instance| instance.in_flight());
                least::choose(&self.weights, load, &self.rng)
            }
        }
    }

    /// Forgets the turns of services that have gone.
    pub(crate) fn retain(&mut self, service_keys: &[u64]) {
        self.turns.retain(|key, _| service_keys.contains(key));
    }
}

/// Gives each instance its weight of the moment. With too few available all get their full weight: panic.
fn weigh(weights: &mut Vec<u64>, instances: &[Arc<Instance>], policy: &Policy, now: Moment) {
    weights.clear();
    let mut available: u64 = 0;
    for instance in instances {
        let is_available = instance.is_available(now);
        available += u64::from(is_available);
        weights.push(if is_available { instance.effective_weight(policy, now) } else { 0 });
    }
    let all = u64::try_from(instances.len()).unwrap_or(u64::MAX);
    let nobody = weights.iter().all(|weight| *weight == 0);
    if nobody || available * 100 < all * u64::from(policy.panic_percent) {
        weights.clear();
        weights.extend(instances.iter().map(|instance| u64::from(instance.weight()) * WEIGHT_SCALE));
    }
}

/// Leaves out who has been tried already, unless nobody would be left.
fn leave_out(weights: &mut [u64], instances: &[Arc<Instance>], avoid: &[Arc<Instance>]) {
    if avoid.is_empty() {
        return;
    }
    let is_tried = |instance: &Arc<Instance>| avoid.iter().any(|tried| tried.key == instance.key);
    let others =
        instances.iter().zip(weights.iter()).any(|(instance, weight)| *weight > 0 && !is_tried(instance));
    if others {
        for (_, weight) in instances.iter().zip(weights).filter(|(instance, _)| is_tried(instance)) {
            *weight = 0;
        }
    }
}

/// The index at which the running sum of the weights passes `point`.
fn at_point(weights: &[u64], point: u64) -> Option<usize> {
    let mut sum = 0;
    weights.iter().position(|weight| {
        sum += weight;
        point < sum
    })
}
