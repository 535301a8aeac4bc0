//! A private Redis that keeps nothing, on a free port, gone when dropped.

use crate::failure::Failure;
use crate::runner::Runner;
use crate::server::{self, Recipe, Server};
use rustix::process::Signal;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// How long the server may take until it answers.
const START_DEADLINE: Duration = Duration::from_secs(10);
/// Its clients, all tests at once, are not many; what they store is small. More is a fault of a test.
const MEMORY_MAX: &str = "256mb";

/// A running server.
pub(crate) struct Redis {
    /// Stopped before its folder goes: fields are dropped in this order.
    server: Server,
    _folder: TempDir,
}

impl Redis {
    /// Starts the program `redis-server` in `programs`.
    ///
    /// # Errors
    /// With the server's own words, when it does not answer in time.
    pub(crate) fn start(runner: &Runner, programs: &Path) -> Result<Self, Failure> {
        let folder = server::folder("redis")?;
        let recipe = Recipe {
            name: "Redis",
            log: folder.path().join("log"),
            start_deadline: START_DEADLINE,
            stop: Signal::TERM,
            command: &|port| command(programs, folder.path(), port),
            // An inline command: https://redis.io/docs/latest/develop/reference/protocol-spec/.
            answers: &|port| server::says(port, b"PING\r\n", b"+PONG"),
        };
        Ok(Self { server: recipe.start(runner)?, _folder: folder })
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.server.port())
    }
}

fn command(programs: &Path, folder: &Path, port: u16) -> Command {
    let mut command = server::ending_with_us("TERM", &[], &programs.join("redis-server"));
    command.args(["--bind", "127.0.0.1", "--port", &port.to_string()]);
    command.args(["--save", "", "--appendonly", "no", "--maxmemory", MEMORY_MAX]);
    command.arg("--dir").arg(folder).current_dir(folder);
    command
}
