//! What a worker has at hand to pass requests on with.

use crate::http1::forward::buffers::Buffers;
use crate::http1::forward::pipe::Pipes;
use crate::http1::forward::{ForwardSettings, TrustedPeers};
use std::time::Duration;
use upstream::{Pool, Upstreams};

/// A worker's connections to upstreams, spare buffers and pipes, and settings.
pub(crate) struct Desk {
    pub(crate) pool: Pool,
    pub(crate) buffers: Buffers,
    pub(crate) pipes: Pipes,
    pub(crate) trusted: TrustedPeers,
    pub(crate) settings: ForwardSettings,
    pub(crate) continue_wait: Duration,
    pub(crate) tunnel_idle: Duration,
    pub(crate) tunnel_stop: Duration,
}

impl Desk {
    pub(crate) fn new(upstreams: &Upstreams, settings: ForwardSettings) -> Self {
        Self {
            pool: Pool::new(upstreams),
            buffers: Buffers::default(),
            pipes: Pipes::default(),
            trusted: TrustedPeers::new(settings.trusted_peers.clone()),
            continue_wait: Duration::from_millis(settings.continue_timeout_ms),
            tunnel_idle: Duration::from_millis(settings.tunnel_idle_timeout_ms),
            tunnel_stop: Duration::from_millis(settings.tunnel_stop_ms),
            settings,
        }
    }
}
