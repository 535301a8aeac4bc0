//! Toggles from an Unleash server.

mod body;

pub use body::{StateError, parse_state};
