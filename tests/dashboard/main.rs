//! The dashboard in headless Chromium, in front of the real gateway.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code: a failure is a panic with a message"
)]

#[cfg(test)]
mod browser;
#[cfg(test)]
mod found;
#[cfg(test)]
mod world;
