#![doc = include_str!("../README.md")]

mod bounded;
mod error;
mod file;
mod loader;
mod origin;
#[cfg(test)]
mod tests;

pub use bounded::within;
pub use error::{ConfigError, ConfigErrors};
pub use loader::Loader;
pub use origin::Origin;

/// What the name of every variable of ours begins with.
pub const ENVIRONMENT_PREFIX: &str = "BANYAN__";
/// The variable that names the profile.
pub const PROFILE_VARIABLE: &str = "BANYAN_PROFILE";
/// Most bytes that a settings file may have.
pub const FILE_MAX_BYTES: u64 = 1024 * 1024;
