#![doc = include_str!("../README.md")]

mod announce;
mod backoff;
mod dns;
mod embedded;
mod error;
mod hub;
mod instance;
pub mod limits;
mod place;
mod redis;
mod registry;
mod settings;
mod snapshot;
mod state;
mod tasks;
#[cfg(test)]
mod tests;

pub use announce::{AnnounceSettings, AnnounceState, Announcer, Token};
pub use embedded::{Embedded, Registered};
pub use error::{Fault, RegistryError};
pub use instance::{Instance, Origin, Registration};
pub use place::{DnsName, Place, ServiceDefinition};
pub use redis::RedisUrl;
pub use registry::Registry;
pub use settings::RegistrySettings;
pub use snapshot::Snapshot;
pub use state::SourceState;
