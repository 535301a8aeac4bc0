//! Passing requests on to upstreams: heads rebuilt, bodies streamed, faults of the other side kept from the client.
//!
//! A request is prepared without waiting ([`Job`]), then a [`Session`] has a connection for it (`session`), sends it and
//! waits for the head of the answer (`ask`), and delivers the answer (`deliver`), or carries bytes both ways after an
//! upgrade (`tunnel`). Bodies pass through a [`relay`]: one buffer, read no faster than written. What is read and written
//! is decided by pure functions: `names`, `request_head`, `vouch`, `answer_head`, `reply`, `rewrite`, `passage`.
//!
//! On a pooled connection, a request and an answer that come whole cost one read and one write a side.

mod answer_head;
mod ask;
mod buffers;
mod deliver;
mod desk;
mod failure;
mod job;
mod names;
mod passage;
mod relay;
mod reply;
mod request_head;
mod rewrite;
mod session;
mod settings;
pub(crate) mod side;
#[cfg(test)]
mod tests;
mod trusted;
mod tunnel;
mod vouch;

pub(crate) use desk::Desk;
pub(crate) use failure::End;
pub(crate) use job::{Arrival, Job};
pub use job::{Forward, HostPolicy};
pub(crate) use session::{Session, Tools};
pub use settings::ForwardSettings;
pub(crate) use side::Side;
pub(crate) use trusted::TrustedPeers;

/// Most interim answers (1xx) before the answer itself.
pub(crate) const INTERIM_MAX: u32 = 32;
