#![doc = include_str!("../README.md")]

mod book;
mod cause;
mod counts;
mod dropped;
mod error;
mod finding;
mod limits;
mod observed;
mod recorder;
mod redact;
mod reservoir;
mod sample;
mod seal;
mod settings;
mod tally;

pub use cause::{Cause, PATH_MAX_BYTES};
pub use dropped::DropCause;
pub use error::ReportError;
pub use limits::Limits;
pub use observed::{Asked, Exchange, Finding, Observed, Recorded, Serving, Taken};
pub use recorder::Recorder;
pub use sample::{Sample, SampleAnswer, SampleDifference, Text};
pub use settings::{ReportSettingError, ReportSettings};
pub use tally::WorkerTally;
