#![doc = include_str!("../README.md")]

mod clock;
mod context;
mod deadline;
mod dry_run;
mod problem;
mod random;
pub mod text;
mod trace;

pub use clock::{Clock, ManualClock, Monotonic, SystemClock, Timestamp};
pub use context::{Context, Principal, RequestId};
pub use deadline::Deadline;
pub use dry_run::DryRun;
pub use problem::{FieldError, Problem};
pub use random::{OsRandom, Random, SeededRandom};
pub use trace::TraceContext;

use std::sync::Arc;

/// Where time and chance come from. One value is made when the process is put together and handed down.
#[derive(Clone)]
pub struct Sources {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The random source.
    pub random: Arc<dyn Random>,
}

impl Sources {
    /// The machine's own clock and random source.
    #[must_use]
    pub fn system() -> Self {
        Self { clock: Arc::new(SystemClock::new()), random: Arc::new(OsRandom) }
    }

    /// A clock that stands until it is moved, and random bytes that come again with the same seed.
    #[must_use]
    pub fn fixed(now: Timestamp, seed: u64) -> (Self, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(now));
        (Self { clock: clock.clone(), random: Arc::new(SeededRandom::new(seed)) }, clock)
    }
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sources")
    }
}
