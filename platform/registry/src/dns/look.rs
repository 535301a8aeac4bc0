//! One look at a name.

use super::srv;
use crate::instance::InstanceUrl;
use crate::place::DnsName;
use crate::{Instance, Origin, RegistryError};
use hickory_resolver::TokioResolver;
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::NetError;
use std::net::IpAddr;
use std::time::Duration;

/// What a name stands for, and how long that holds. Nothing found is an answer too.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) instances: Vec<Instance>,
    pub(super) ttl: Duration,
}

/// Addresses of a name, sorted, and how long they hold.
pub(super) struct Addresses {
    pub(super) addresses: Vec<IpAddr>,
    pub(super) ttl: Duration,
}

/// Looks a name up.
pub(super) async fn look(resolver: &TokioResolver, name: &DnsName) -> Result<Found, RegistryError> {
    let Some(port) = name.port else { return srv::look(resolver, name).await };
    let found = addresses(resolver, &name.name).await?;
    let instances = found.addresses.iter().map(|address| instance(*address, port, &name.base, 1)).collect();
    Ok(Found { instances, ttl: found.ttl })
}

/// A and AAAA records of a name. Where one kind fails and the other answers, the other is used.
pub(super) async fn addresses(resolver: &TokioResolver, name: &str) -> Result<Addresses, RegistryError> {
    let lookup = match resolver.lookup_ip(name).await.map(|found| found.as_lookup().clone()) {
        // The resolver reports the A records' error alone: that there is nothing must hold for both.
        Err(error) if error.is_no_records_found() => answered(name, resolver.ipv6_lookup(name).await)?,
        other => answered(name, other)?,
    };
    let Some(lookup) = lookup else { return Ok(Addresses { addresses: Vec::new(), ttl: Duration::ZERO }) };
    let mut addresses: Vec<_> = lookup.answers().iter().filter_map(|record| record.data.ip_addr()).collect();
    addresses.sort_unstable();
    addresses.dedup();
    Ok(Addresses { addresses, ttl: ttl(&lookup) })
}

/// The records; none where the answer is that there are none.
pub(super) fn answered(name: &str, found: Result<Lookup, NetError>) -> Result<Option<Lookup>, RegistryError> {
    match found {
        Ok(lookup) => Ok(Some(lookup)),
        Err(error) if error.is_no_records_found() => Ok(None),
        Err(source) => Err(RegistryError::Dns { name: name.to_owned(), source }),
    }
}

/// The shortest time to live of all records, aliases on the way included.
pub(super) fn ttl(lookup: &Lookup) -> Duration {
    let seconds = lookup.answers().iter().map(|record| record.ttl).min().unwrap_or(0);
    Duration::from_secs(seconds.into())
}

/// The instance at an address.
pub(super) fn instance(address: IpAddr, port: u16, base: &str, weight: u32) -> Instance {
    let host = match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    let url = InstanceUrl::of(&host, port, base);
    Instance { id: url.id(), url: url.as_str().into(), weight, origin: Origin::Dns }
}
