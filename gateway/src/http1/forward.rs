#![doc = include_str!("forward/README.md")]

mod answer_head;
mod ask;
mod buffers;
mod deliver;
mod desk;
#[cfg(test)]
pub(super) mod differential;
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

pub use answer_head::{AnswerFraming, AnswerHead, BadAnswer, parse as parse_answer, scan as scan_answer};
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
