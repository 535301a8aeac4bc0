//! The registry that gateways share: keys in a Redis. The README describes the keys.

mod hold;
mod keys;
mod line;
mod listed;
mod url;
mod watch;

pub use url::RedisUrl;

pub(crate) use keys::Keys;
pub(crate) use line::Line;
pub(crate) use watch::watch;
