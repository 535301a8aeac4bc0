#![doc = include_str!("../README.md")]

mod client;
mod dry_run;
mod error;
mod follow;
mod jwks;
mod settings;
#[cfg(test)]
mod tests;
mod wire;

pub use client::Client;
pub use error::RemoteError;
pub use follow::IdentityFollower;
pub use jwks::{JwksFigures, JwksFollower, JwksSettings};
pub use settings::RemoteSettings;
pub use wire::HttpWire;
