#![doc = include_str!("../README.md")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line program talks to a person")]

mod answer;
mod banyan;
mod child;
mod cli;
mod compare;
mod cores;
mod database;
mod dice;
mod disk;
mod error;
mod floor;
mod gateway;
mod goal;
mod histogram;
mod http;
mod interrupt;
mod load;
mod machine;
mod monolith;
mod output;
mod parallel;
mod place;
mod poll;
mod proxy;
mod quality;
mod range;
mod usage;

pub use cli::{Cli, run};
pub use error::BenchError;
