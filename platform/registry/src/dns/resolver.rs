//! The resolver: the machine's own configuration, or given servers. It keeps nothing: when to ask again is decided here.

use crate::{RegistryError, RegistrySettings};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use std::net::SocketAddr;

/// Reads the machine's configuration, unless servers are set.
pub(super) fn resolver(settings: &RegistrySettings) -> Result<TokioResolver, RegistryError> {
    let failed = |source| RegistryError::Dns { name: "the configuration of the resolver".into(), source };
    let mut builder = if settings.dns_servers.is_empty() {
        TokioResolver::builder_tokio().map_err(failed)?
    } else {
        let servers = settings.dns_servers.iter().map(server).collect();
        let config = ResolverConfig::from_parts(None, Vec::new(), servers);
        TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
    };
    let options = builder.options_mut();
    options.cache_size = 0;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    // Twice within the time that a look has.
    options.timeout = settings.dns_timeout() / 2;
    options.attempts = 1;
    builder.build().map_err(failed)
}

fn server(address: &SocketAddr) -> NameServerConfig {
    let mut server = NameServerConfig::udp_and_tcp(address.ip());
    let at_port = |connection: &mut ConnectionConfig| connection.port = address.port();
    server.connections.iter_mut().for_each(at_port);
    server
}
