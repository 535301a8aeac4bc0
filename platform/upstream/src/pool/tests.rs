//! Connections over real sockets.

mod bed;
mod bounds;
mod connecting;
mod keeping;
mod shedding;
