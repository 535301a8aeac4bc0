//! Requests passed on, over real sockets, to upstreams that do exactly what a test tells them.

mod basics;
mod bodies;
mod faults;
mod interim;
mod retries;
mod rewriting;
pub(crate) mod support;
mod upgrades;
