//! The loop as a client sees it: bytes in, bytes out.

mod bodies;
mod exchanges;
mod server;
mod support;
mod waits;
