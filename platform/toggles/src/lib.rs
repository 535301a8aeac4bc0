#![doc = include_str!("../README.md")]

mod asks;
mod atomic;
mod context;
mod counts;
mod describe;
pub mod edit;
mod engine;
mod error;
pub mod file;
mod murmur;
mod names;
mod plan;
mod snapshot;
mod stored;
mod time;
pub mod unleash;
mod variant;

pub use asks::{Asks, SessionAsked};
pub use atomic::{Mode, write_atomically};
pub use context::{Context, CurrentTime, RemoteAddress};
pub use counts::Usage;
pub use describe::summary;
pub use engine::Warning;
pub use error::CompileError;
pub use names::ToggleId;
pub use snapshot::Snapshot;
pub use stored::Toggles;
pub use time::rfc3339;
pub use unleash_types::client_features::{ClientFeature, ClientFeatures};
pub use variant::{Payload, Variant};

/// The most toggles of one state.
pub const TOGGLES_MAX: usize = 20_000;
/// The most names that one process ever gives an index to; a name keeps its index after its toggle is gone.
pub const NAMES_MAX: usize = 100_000;
