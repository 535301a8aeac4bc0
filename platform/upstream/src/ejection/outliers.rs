//! Who fails clearly more often than the others.

use crate::instance::Instance;
use crate::service::Table;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// The instances whose success rate in the interval lies below the mean by more than the policy's share of a standard
/// deviation (Envoy's outlier detection). Begins a new interval.
pub(super) fn find(table: &Table) -> Vec<Arc<Instance>> {
    let policy = &table.policy.ejection;
    let counted: Vec<_> = table.instances.iter().map(|instance| (instance, take(instance))).collect();
    let rates: Vec<_> = counted
        .into_iter()
        .filter(|(_, (requests, _))| *requests >= policy.outlier_volume_min.max(1))
        .map(|(instance, (requests, failures))| (instance, 1.0 - f64::from(failures) / f64::from(requests)))
        .collect();
    let enough = usize::try_from(policy.outlier_instances_min).unwrap_or(usize::MAX);
    if enough == 0 || rates.len() < enough {
        return Vec::new();
    }
    let floor = floor(rates.iter().map(|(_, rate)| *rate), policy.outlier_deviations_percent);
    rates.into_iter().filter(|(_, rate)| *rate < floor).map(|(instance, _)| instance.clone()).collect()
}

fn take(instance: &Instance) -> (u32, u32) {
    let failures = instance.ejection.interval_failures.swap(0, Relaxed);
    let requests = instance.ejection.interval_requests.swap(0, Relaxed);
    (requests, failures.min(requests))
}

fn floor(rates: impl Iterator<Item = f64> + Clone, deviations_percent: u32) -> f64 {
    let (sum, count) = rates.clone().fold((0.0, 0.0), |(sum, count), rate| (sum + rate, count + 1.0));
    let mean: f64 = sum / count;
    let variance = rates.map(|rate| (rate - mean) * (rate - mean)).sum::<f64>() / count;
    mean - variance.sqrt() * f64::from(deviations_percent) / 100.0
}
