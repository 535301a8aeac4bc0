#![doc = include_str!("forward/README.md")]

pub(crate) mod answer_head;
mod ask;
pub(crate) mod buffers;
mod deliver;
mod desk;
#[cfg(test)]
pub(super) mod differential;
mod failure;
mod job;
mod lines;
pub(crate) mod passage;
mod pipe;
mod relay;
pub(crate) mod reply;
pub(crate) mod request_head;
pub(crate) mod rewrite;
mod session;
mod settings;
pub(crate) mod side;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod trusted;
mod tunnel;
pub(crate) mod vouch;

pub use answer_head::{
    AnswerFraming, AnswerHead, AnswerSlots, BadAnswer, parse as parse_answer, scan as scan_answer,
};
pub(crate) use desk::Desk;
pub(crate) use failure::End;
pub(crate) use job::{Arrival, Job};
pub use job::{Forward, HostPolicy};
pub(crate) use session::{Session, Tools};
pub use settings::ForwardSettings;
pub(crate) use side::Side;
pub(crate) use trusted::TrustedPeers;
pub(crate) use vouch::Kept;

/// Most interim answers (1xx) before the answer itself.
pub(crate) const INTERIM_MAX: u32 = 32;
