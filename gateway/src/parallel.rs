#![doc = include_str!("parallel/README.md")]

mod application;
mod ask;
mod beside;
mod built_in;
mod coding;
mod compared;
mod desk;
mod figures;
mod found;
mod judge;
mod kept;
mod process;
mod question;
mod receive;
mod recheck;
mod run;
mod seat;
mod services;
mod settings;
mod taken;
mod tap;
#[cfg(test)]
mod tests;
mod upstream;
mod written;

pub(crate) use application::InProcess;
pub use compared::{Compared, ToCompare, Writes};
pub(crate) use desk::ParallelDesk;
pub(crate) use kept::Kept;
pub use process::{Parallel, ParallelParts};
pub(crate) use question::{Sent, is_safe};
pub use settings::{ParallelSettingError, ParallelSettings};
pub(crate) use tap::Tap;

/// The field that tells a side that its answer goes to nobody. Taken out of what clients send, as is every `banyan-*`.
pub const SHADOW_FIELD: &str = "banyan-shadow";
