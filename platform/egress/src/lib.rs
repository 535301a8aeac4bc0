#![doc = include_str!("../README.md")]

mod address;
mod charset;
mod client;
mod counters;
mod error;
mod fetch;
mod fetcher;
mod page;
mod resolver;
mod settings;
mod target;
#[cfg(test)]
mod tests;

pub use address::is_global;
pub use fetcher::PageFetcher;
pub use page::PageSummary;
pub use settings::{EgressSettings, Limits, ProxyRules};
