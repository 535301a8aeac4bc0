//! What benchmarks of proxies share: a backend that costs little, relays as the floor, and the proxies of others.

pub(crate) mod backend;
pub(crate) mod mute;
pub(crate) mod peer;
pub(crate) mod pipe;
pub(crate) mod relay;
pub(crate) mod serving;
