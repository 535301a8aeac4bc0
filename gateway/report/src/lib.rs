#![doc = include_str!("../README.md")]

mod book;
mod cause;
mod class;
mod codec;
mod counts;
mod dropped;
mod error;
mod finding;
mod format;
mod gather;
mod keeper;
mod limits;
mod observed;
mod recorder;
mod redact;
mod reservoir;
mod rule;
mod sample;
mod saver;
mod schema;
mod seal;
mod settings;
mod since;
mod store;
mod tally;
mod told;
mod totals;
mod verdict;
mod watch;

pub use cause::{Cause, PATH_MAX_BYTES};
pub use class::Class;
pub use dropped::DropCause;
pub use error::ReportError;
pub use format::Format;
pub use keeper::Keeper;
pub use limits::Limits;
pub use observed::{Asked, Exchange, Finding, Observed, Recorded, Serving, Taken};
pub use recorder::Recorder;
pub use sample::{Sample, SampleAnswer, SampleDifference, Text};
pub use settings::{ReportSettingError, ReportSettings};
pub use since::parse_since;
pub use tally::WorkerTally;
pub use told::{
    Bar, CauseReport, DifferenceRate, Latency, LatencyVerdict, Quantiles, Report, ReportQuery, RouteReport,
    Sides, StoreReport,
};
pub use totals::Totals;
pub use verdict::{CONFIDENCE, Verdict};

use storage::{EmbeddedMigrations, Migrations};

const ON_SQLITE: EmbeddedMigrations = storage::embed_migrations!("../../migrations/gateway/sqlite");
const ON_POSTGRES: EmbeddedMigrations = storage::embed_migrations!("../../migrations/gateway/postgres");

/// The name of the gateway's schema, and of its SQLite file.
pub const STORE: &str = "gateway";

/// The tables of the gateway: those of the report, and of whoever else keeps something in its schema.
#[must_use]
pub fn migrations() -> Migrations {
    Migrations { module: STORE, sqlite: || ON_SQLITE, postgres: || ON_POSTGRES }
}

#[cfg(test)]
mod tests;
