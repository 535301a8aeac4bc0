//! What is kept, on both engines: it adds up, comes back, and survives that the store does not.

mod away;
pub(crate) mod harness;
mod keeping;
mod room;
