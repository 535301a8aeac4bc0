//! SRV records (RFC 2782): of the lowest priority, each target's addresses with the record's port and weight.

use super::look::{Found, addresses, answered, instance, ttl};
use crate::limits::{SRV_CONCURRENT_MAX, SRV_TARGETS_MAX};
use crate::place::DnsName;
use crate::{Instance, RegistryError};
use futures_util::{StreamExt, TryStreamExt, stream};
use hickory_resolver::TokioResolver;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::rdata::SRV;
use std::time::Duration;

/// Looks a service up, and then its targets. A target without addresses is left out; one that cannot be looked up fails
/// all, so that the instances of before stay.
pub(super) async fn look(resolver: &TokioResolver, name: &DnsName) -> Result<Found, RegistryError> {
    let lookup = answered(&name.name, resolver.srv_lookup(&*name.name).await)?;
    let Some(lookup) = lookup else { return Ok(Found::default()) };
    let records = lookup.answers().iter().filter_map(|record| match &record.data {
        RData::SRV(srv) => Some(srv.clone()),
        _ => None,
    });
    let targets = stream::iter(chosen(records.collect())).map(|srv| target(resolver, name, srv));
    let found: Vec<_> = targets.buffered(SRV_CONCURRENT_MAX).try_collect().await?;
    let least = found.iter().filter(|(instances, _)| !instances.is_empty()).map(|(_, ttl)| *ttl).min();
    let ttl = least.map_or(ttl(&lookup), |least| least.min(ttl(&lookup)));
    let mut instances: Vec<Instance> = found.into_iter().flat_map(|(instances, _)| instances).collect();
    instances.sort_unstable_by(|a, b| a.id.cmp(&b.id).then_with(|| a.url.cmp(&b.url)));
    Ok(Found { instances, ttl })
}

/// Those of the lowest priority. A target `.` says that there is no such service.
fn chosen(mut records: Vec<SRV>) -> Vec<SRV> {
    records.retain(|srv| !srv.target.is_root() && srv.port != 0);
    let lowest = records.iter().map(|srv| srv.priority).min();
    records.retain(|srv| Some(srv.priority) == lowest);
    records.truncate(SRV_TARGETS_MAX);
    records
}

async fn target(
    resolver: &TokioResolver,
    name: &DnsName,
    srv: SRV,
) -> Result<(Vec<Instance>, Duration), RegistryError> {
    let found = addresses(resolver, &srv.target.to_utf8()).await?;
    // Weight 0 means: seldom, not never.
    let weight = u32::from(srv.weight).max(1);
    let at = |address: &_| instance(*address, srv.port, &name.base, weight);
    Ok((found.addresses.iter().map(at).collect(), found.ttl))
}
