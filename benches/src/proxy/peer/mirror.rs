//! Proxies of others that send every request to a second upstream as well, and throw its answer away.

use super::settings::{Extra, LARGE_BUFFERS, nginx};
use super::{RunningPeer, free_address, launch, write};
use crate::cores::Cores;
use crate::error::BenchError;
use kernel::SystemClock;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

/// Connections and requests that Envoy may have under way to a side; its own bound is 1,024.
const UNDER_WAY_MAX: u32 = 4_096;

/// Which proxy.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mirror<'p> {
    /// nginx with `mirror`: one worker, upstream connections kept, buffers of 64 KiB.
    Nginx,
    /// This binary of Envoy with `request_mirror_policies`: one worker.
    Envoy(&'p Path),
}

impl Mirror<'_> {
    /// Starts it on the proxy's core, in front of `upstream`, with `shadow` as the second one.
    pub(crate) fn start(
        self,
        (upstream, shadow): (SocketAddr, SocketAddr),
        folder: &Path,
        cores: Cores,
        clock: &SystemClock,
    ) -> Result<RunningPeer, BenchError> {
        let address = free_address()?;
        match self {
            Self::Nginx => {
                let settings = nginx(address, upstream, folder, &mirroring(shadow));
                let file = write(folder, address, &settings)?;
                launch(Command::new("nginx").arg("-c").arg(file), address, cores, clock)
            }
            Self::Envoy(program) => {
                let settings = envoy(address, upstream, shadow).to_string();
                let mut command = Command::new(program);
                command.args(["--concurrency", "1", "--log-level", "error", "--disable-hot-restart"]);
                // Read as YAML, of which JSON is a part.
                command.arg("--config-yaml").arg(settings);
                launch(&mut command, address, cores, clock)
            }
        }
    }
}

fn mirroring(shadow: SocketAddr) -> Extra {
    Extra {
        http: format!(
            "{LARGE_BUFFERS}
    upstream shadow {{ server {shadow}; keepalive 512; keepalive_requests 100000000; }}"
        ),
        server: "location = /-shadow { internal; proxy_pass http://shadow$request_uri; }".to_owned(),
        location: "mirror /-shadow; mirror_request_body on;",
    }
}

fn envoy(address: SocketAddr, upstream: SocketAddr, shadow: SocketAddr) -> Value {
    let router = json!({
        "name": "envoy.filters.http.router",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router",
            "suppress_envoy_headers": true,
            "dynamic_stats": false,
        },
    });
    let route = json!({
        "match": { "prefix": "/" },
        "route": { "cluster": "application", "request_mirror_policies": [{ "cluster": "shadow" }] },
    });
    let manager = json!({
        "name": "envoy.filters.network.http_connection_manager",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
            "stat_prefix": "public",
            "generate_request_id": false,
            "use_remote_address": true,
            "http_filters": [router],
            "route_config": { "virtual_hosts": [{ "name": "all", "domains": ["*"], "routes": [route] }] },
        },
    });
    json!({
        "static_resources": {
            "listeners": [{
                "name": "public",
                "address": place(address),
                "filter_chains": [{ "filters": [manager] }],
            }],
            "clusters": [cluster("application", upstream), cluster("shadow", shadow)],
        },
    })
}

fn cluster(name: &str, address: SocketAddr) -> Value {
    let endpoint = json!({ "endpoint": { "address": place(address) } });
    json!({
        "name": name,
        "type": "STATIC",
        "connect_timeout": "5s",
        "load_assignment": { "cluster_name": name, "endpoints": [{ "lb_endpoints": [endpoint] }] },
        "circuit_breakers": { "thresholds": [{
            "max_connections": UNDER_WAY_MAX,
            "max_pending_requests": UNDER_WAY_MAX,
            "max_requests": UNDER_WAY_MAX,
        }] },
    })
}

fn place(address: SocketAddr) -> Value {
    json!({ "socket_address": { "address": address.ip().to_string(), "port_value": address.port() } })
}
