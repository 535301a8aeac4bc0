//! A private Redis that keeps nothing, on a free port, gone when dropped.

use crate::failure::Failure;
use crate::runner::Runner;
use crate::server::{self, Recipe, Server};
use rustix::process::Signal;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// How long the server may take until it answers.
const START_DEADLINE: Duration = Duration::from_secs(10);
/// How long one question whether it answers may take.
const ASK_DEADLINE: Duration = Duration::from_secs(1);
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
            answers: &|port| pong(port).is_ok_and(|pong| pong),
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

/// Whether it answers PING with PONG, as an inline command (<https://redis.io/docs/latest/develop/reference/protocol-spec/>).
fn pong(port: u16) -> std::io::Result<bool> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, ASK_DEADLINE)?;
    stream.set_read_timeout(Some(ASK_DEADLINE))?;
    stream.write_all(b"PING\r\n")?;
    let mut answer = [0; 5];
    stream.read_exact(&mut answer)?;
    Ok(&answer == b"+PONG")
}
