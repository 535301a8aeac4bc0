//! Instances by DNS: A and AAAA records, or SRV records and the addresses of their targets.

mod look;
mod resolver;
mod srv;
mod watch;

pub(crate) use watch::watch;
