//! A private PostgreSQL: a fresh cluster in a temporary folder, on a free port, gone when dropped.

use crate::failure::Failure;
use crate::runner::{Runner, shown};
use kernel::{Deadline, SystemClock};
use rustix::process::{Pid, Signal, kill_process};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// How long the server may take until it answers.
const START_DEADLINE: Duration = Duration::from_secs(30);
/// How long it may take to stop before it is killed.
const STOP_DEADLINE: Duration = Duration::from_secs(10);
/// Between two looks at whether it answers, or has stopped.
const POLL: Duration = Duration::from_millis(50);
/// Another program may take the free port first: how often to look for another one.
const ATTEMPTS: u32 = 3;
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
    _server: Server,
    port: u16,
    /// Removed with everything in it once the server has stopped.
    _folder: TempDir,
}

impl Postgres {
    /// Makes a cluster with the programs in `programs` and starts it.
    ///
    /// # Errors
    /// With the server's own words, when it does not answer in time.
    pub(crate) fn start(runner: &Runner, programs: &Path, durability: Durability) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("banyan-postgres-").tempdir();
        let folder = folder.map_err(Failure::file(std::env::temp_dir()))?;
        let user = LesserUser::choose(runner, folder.path())?;
        initialise(runner, programs, folder.path(), &user)?;
        let mut attempt = 1;
        loop {
            let (server, port) = spawn(programs, folder.path(), &user, durability)?;
            let mut server = Server(server);
            if answers(runner, programs, &mut server, port)? {
                return Ok(Self { _server: server, port, _folder: folder });
            }
            if attempt == ATTEMPTS {
                return Err(not_started(server, folder.path()));
            }
            attempt += 1;
        }
    }

    /// The superuser's URL.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres:{PASSWORD}@127.0.0.1:{}/postgres", self.port)
    }
}

/// The server's process, stopped when dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        stop(&mut self.0);
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

    /// A command run as that user, ended when this process is gone without having stopped it.
    fn command(&self, program: PathBuf) -> Command {
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "INT"]);
        if let Some(user) = self.0 {
            command.args(["--reuid", user, "--regid", user_group(user), "--clear-groups"]);
        }
        command.arg("--").arg(program);
        command
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

/// Starts the server in a process group of its own: a terminal's interrupt is not for it.
fn spawn(
    programs: &Path,
    folder: &Path,
    user: &LesserUser,
    durability: Durability,
) -> Result<(Child, u16), Failure> {
    let log = folder.join("log");
    let log = std::fs::File::create(&log).map_err(Failure::file(&log))?;
    let errors = log.try_clone().map_err(Failure::file(folder))?;
    let port = free_port()?;
    let mut command = user.command(programs.join("postgres"));
    command.arg("-D").arg(folder.join("data")).arg("-k").arg(folder).args(["-h", "127.0.0.1"]);
    command.args(["-p", &port.to_string(), "-c", &format!("max_connections={CONNECTIONS_MAX}")]);
    if durability == Durability::None {
        command.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
    }
    command.current_dir(folder).stdin(Stdio::null()).stdout(log).stderr(errors).process_group(0);
    let server = command.spawn().map_err(|source| Failure::Start { command: shown(&command), source })?;
    Ok((server, port))
}

fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(Failure::file("a free port"))
}

/// Whether the server answers within its deadline; not, as soon as it has exited.
fn answers(runner: &Runner, programs: &Path, server: &mut Server, port: u16) -> Result<bool, Failure> {
    let clock = SystemClock::new();
    let deadline = Deadline::after(&clock, START_DEADLINE);
    while !deadline.passed(&clock) && matches!(server.0.try_wait(), Ok(None)) {
        runner.go_on()?;
        let mut ready = Command::new(programs.join("pg_isready"));
        if runner.succeeds(ready.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()])) {
            return Ok(true);
        }
        std::thread::sleep(POLL);
    }
    Ok(false)
}

fn not_started(server: Server, folder: &Path) -> Failure {
    drop(server);
    let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    Failure::Wanted(format!("the private PostgreSQL did not start; it said:\n{log}"))
}

/// Asks the server to stop at once (SIGINT: "fast shutdown"), and kills it when it does not.
fn stop(server: &mut Child) {
    let clock = SystemClock::new();
    let deadline = Deadline::after(&clock, STOP_DEADLINE);
    // It may be gone already; then there is nothing to stop.
    let _ = kill_process(Pid::from_child(server), Signal::INT);
    while !deadline.passed(&clock) && matches!(server.try_wait(), Ok(None)) {
        std::thread::sleep(POLL);
    }
    let _ = server.kill();
    let _ = server.wait();
}
