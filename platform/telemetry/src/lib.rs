#![doc = include_str!("../README.md")]

mod access;
mod histogram;
mod log;
mod metrics;
mod rate;
mod reading;
mod settings;
mod sides;
mod spool;
mod text;

pub use access::{AccessLines, AccessLog, Exchange};
pub use histogram::AtomicHistogram;
pub use log::{Log, LogError};
pub use metrics::{Metrics, RouteFigures, RouteMetrics};
pub use rate::RequestRate;
pub use reading::{Kind, Reading, Source};
pub use settings::{LogFormat, LogSettings};
pub use sides::{Side, SideFigures, SideMetrics};
