//! The loop as a client sees it: bytes in, bytes out.

mod bodies;
mod differential;
mod exchanges;
mod server;
pub(crate) mod support;
mod waits;
