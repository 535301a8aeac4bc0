//! Toggles from a real Unleash server.
#![expect(clippy::unwrap_used, reason = "test code: a failure is a panic with a message")]

mod unleash_server;
