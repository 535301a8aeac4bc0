//! Passing requests on to upstreams: heads rebuilt, bodies streamed, faults of the other side kept from the client.

mod names;
mod request_head;
mod settings;
mod trusted;
mod vouch;

pub use settings::ForwardSettings;
pub(crate) use trusted::TrustedPeers;
