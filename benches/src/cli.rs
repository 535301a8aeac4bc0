//! The command line.

use crate::error::BenchError;
use crate::proxy::{backend, mute, relay};
use crate::{compare, floor, gateway, monolith, parallel, quality};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Connections of the loads, unless others are asked for.
const CONNECTIONS: [usize; 3] = [1, 8, 64];

/// Benchmarks of the release binaries, started and asked as their users do.
#[derive(Debug, Parser)]
#[command(
    name = "benches",
    after_help = "PostgreSQL is measured on the server whose superuser's URL is in BANYAN_BENCH_POSTGRES or \
                  BANYAN_TEST_POSTGRES."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Bench>,
    #[command(flatten)]
    options: Options,
}

/// What holds for every benchmark.
#[derive(Debug, Clone, Args)]
pub(crate) struct Options {
    /// Two short rounds, to see that everything works; written as NAME.quick.json
    #[arg(long, global = true)]
    pub(crate) quick: bool,
    /// Which engines keep the data
    #[arg(long, global = true, value_enum, default_value_t = Storage::Both)]
    pub(crate) storage: Storage,
    /// Folder for the results
    #[arg(long, global = true, value_name = "DIRECTORY", default_value = "benches/results")]
    pub(crate) out: PathBuf,
    /// Routes and toggles that the measured binary gets
    #[arg(long, global = true, value_name = "FILE", default_value = "features.toml")]
    pub(crate) features: PathBuf,
    /// Folder for the data, on the disk that is to be measured
    #[arg(long, global = true, value_name = "DIRECTORY", default_value = "target/benches")]
    pub(crate) data: PathBuf,
    /// Rounds (5, quick 2)
    #[arg(long, global = true, value_name = "COUNT")]
    pub(crate) rounds: Option<usize>,
    /// Seconds that each load runs in each round (3, quick 1)
    #[arg(long, global = true, value_name = "SECONDS")]
    pub(crate) seconds: Option<f64>,
    /// Kept connections of the loads
    #[arg(long, global = true, value_name = "COUNTS", value_delimiter = ',', default_values_t = CONNECTIONS)]
    pub(crate) connections: Vec<usize>,
    /// Only the loads whose name begins so, as in "post sqlite" (and the floor); nothing is written
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) only: Option<String>,
}

/// Which engines keep the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Storage {
    /// Files in the process.
    Sqlite,
    /// A server beside it.
    Postgres,
    /// One after the other; without a server only SQLite, and the results say so.
    Both,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// The monolith: start, memory, reading and posting messages (the default)
    Monolith,
    /// The gateway: what passing a request on costs, beside HAProxy and nginx
    Gateway(gateway::GatewayOptions),
    /// The parallel run: what asking both sides and comparing costs, beside plain HAProxy and the mirrors of nginx and Envoy
    Parallel(parallel::ParallelOptions),
    /// The comparison of two answers: MB/s of equal and of differing JSON
    Compare,
    /// The comparison's judgement: real differences found under noise, beside Diffy's algorithm
    Quality,
    /// The floor that others are held against, by itself
    #[command(name = floor::COMMAND, hide = true)]
    Floor {
        /// Size of the one answer
        #[arg(long)]
        body_bytes: usize,
    },
    /// The backend of proxies, by itself
    #[command(name = backend::COMMAND, hide = true)]
    Backend {
        /// How its answers are to those of another one
        #[arg(long, value_enum, default_value_t)]
        variant: backend::Variant,
    },
    /// An upstream that accepts and never answers, by itself
    #[command(name = mute::COMMAND, hide = true)]
    Mute {
        /// Reads what comes
        #[arg(long)]
        reads: bool,
    },
    /// The relay of bytes that proxies are held against, by itself
    #[command(name = relay::COMMAND, hide = true)]
    Relay {
        /// To whom
        upstream: std::net::SocketAddr,
        /// Past the process
        #[arg(long)]
        splice: bool,
    },
}

/// Does what the command line says.
///
/// # Errors
/// When something is missing, fails, or answers with another status than the one that is measured. A goal that is not
/// reached is a figure, not an error.
pub fn run(cli: Cli) -> Result<(), BenchError> {
    match cli.command {
        None | Some(Bench::Monolith) => monolith::run(&cli.options),
        Some(Bench::Gateway(of_gateway)) => gateway::run(&cli.options, &of_gateway),
        Some(Bench::Compare) => compare::run(&cli.options),
        Some(Bench::Quality) => quality::run(&cli.options),
        Some(Bench::Floor { body_bytes }) => floor::serve(body_bytes),
        Some(Bench::Parallel(of_parallel)) => parallel::run(&cli.options, &of_parallel),
        Some(Bench::Backend { variant }) => backend::serve(variant),
        Some(Bench::Mute { reads }) => mute::serve(reads),
        Some(Bench::Relay { upstream, splice }) => relay::serve(upstream, splice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed_and_options_may_stand_behind_the_command() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
        let cli = Cli::try_parse_from(["benches", "monolith", "--quick", "--storage", "sqlite"]).unwrap();
        assert!(cli.options.quick && cli.options.storage == Storage::Sqlite);
    }
}
