#![doc = include_str!("../README.md")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "test code: a failure is a panic with a message, servers come by environment"
)]

mod backend;
mod banyan;
mod browser;
mod database;
mod http;
mod process;
mod proxy;
mod raw;
mod redis;
mod sql;
mod unleash;
mod wait;

pub use backend::{Backend, run};
pub use banyan::{Banyan, BanyanBuilder, CommandOutput, banyan_binary, banyan_command, workspace_root};
pub use browser::{Browser, Viewport, with_browser};
pub use database::TestDatabase;
pub use http::{Answer, Call, Client};
pub use process::Process;
pub use proxy::FaultProxy;
pub use raw::{RawAnswer, raw};
pub use redis::{TestRedis, with_redis};
pub use sql::Sql;
pub use unleash::{TestUnleash, with_unleash};
pub use wait::eventually;

#[cfg(test)]
mod tests;
