//! A private PostgreSQL: a fresh cluster in a temporary folder, on a free port, gone when dropped.

use crate::failure::Failure;
use crate::runner::Runner;
use crate::server::{self, Recipe, Server};
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// How long the server may take until it answers.
const START_DEADLINE: Duration = Duration::from_secs(30);
/// Connections for all tests that run at once: each process has several pools a module.
const CONNECTIONS_MAX: u32 = 400;
/// The superuser's password. The server listens on loopback and holds nothing.
const PASSWORD: &str = "banyan-test";
/// Users of less rights to run the server as: it refuses root.
const USERS: [&str; 2] = ["postgres", "nobody"];

/// Whether an answered commit survives a crash of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// As in production: for figures.
    Full,
    /// Faster, for tests: the server itself is never killed in them.
    None,
}

/// A running server.
pub(crate) struct Postgres {
    /// Stopped before its folder goes: fields are dropped in this order.
    server: Server,
    /// Removed with everything in it once the server has stopped.
    _folder: TempDir,
}

impl Postgres {
    /// Makes a cluster with the programs in `programs` and starts it.
    ///
    /// # Errors
    /// With the server's own words, when it does not answer in time.
    pub(crate) fn start(runner: &Runner, programs: &Path, durability: Durability) -> Result<Self, Failure> {
        let folder = server::folder("postgres")?;
        let user = LesserUser::choose(runner, folder.path())?;
        initialise(runner, programs, folder.path(), &user)?;
        let recipe = Recipe {
            name: "PostgreSQL",
            log: folder.path().join("log"),
            start_deadline: START_DEADLINE,
            // "Fast shutdown": sessions are ended.
            stop: Signal::INT,
            command: &|port| command(programs, folder.path(), &user, durability, port),
            answers: &|port| answers(runner, programs, port),
        };
        Ok(Self { server: recipe.start(runner)?, _folder: folder })
    }

    /// The superuser's URL.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres:{PASSWORD}@127.0.0.1:{}/postgres", self.server.port())
    }
}

/// Who runs the server.
struct LesserUser(Option<&'static str>);

impl LesserUser {
    /// The caller, or as root a user of less rights who then owns `folder`.
    fn choose(runner: &Runner, folder: &Path) -> Result<Self, Failure> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self(None));
        }
        let known = |user: &&str| runner.succeeds(Command::new("id").arg(user));
        let user = USERS.into_iter().find(known);
        let user = user.ok_or_else(|| {
            Failure::Wanted(format!("PostgreSQL refuses to run as root; add a user {USERS:?}"))
        })?;
        runner.run(Command::new("chown").arg(user).arg(folder))?;
        Ok(Self(Some(user)))
    }

    /// A command run as that user.
    fn command(&self, program: PathBuf) -> Command {
        match self.0 {
            Some(user) => {
                let less = ["--reuid", user, "--regid", user_group(user), "--clear-groups"];
                server::ending_with_us("INT", &less, &program)
            }
            None => server::ending_with_us("INT", &[], &program),
        }
    }
}

/// Debian's group of a user.
fn user_group(user: &str) -> &str {
    if user == "nobody" { "nogroup" } else { user }
}

fn initialise(runner: &Runner, programs: &Path, folder: &Path, user: &LesserUser) -> Result<(), Failure> {
    let password = folder.join("password");
    std::fs::write(&password, PASSWORD).map_err(Failure::file(&password))?;
    let mut command = user.command(programs.join("initdb"));
    command.args([
        "--username=postgres",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    ]);
    command.arg("--pwfile").arg(&password).arg("--pgdata").arg(folder.join("data"));
    runner.run(command.current_dir(folder).stdout(Stdio::null()))
}

fn command(programs: &Path, folder: &Path, user: &LesserUser, durability: Durability, port: u16) -> Command {
    let mut command = user.command(programs.join("postgres"));
    command.arg("-D").arg(folder.join("data")).arg("-k").arg(folder).args(["-h", "127.0.0.1"]);
    command.args(["-p", &port.to_string(), "-c", &format!("max_connections={CONNECTIONS_MAX}")]);
    if durability == Durability::None {
        command.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
    }
    command.current_dir(folder);
    command
}

fn answers(runner: &Runner, programs: &Path, port: u16) -> bool {
    let mut ready = Command::new(programs.join("pg_isready"));
    runner.succeeds(ready.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]))
}
