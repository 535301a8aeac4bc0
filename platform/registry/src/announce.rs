//! How an instance makes itself known, stays known, and leaves.

mod calls;
mod http;
mod run;
mod settings;

pub use run::{AnnounceState, Announcer};
pub use settings::{AnnounceSettings, Token};
