//! Programs around the gateway: Python applications, the gateway alone, the extracted service.

use blackbox::SOON;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::Path;
use std::process::Command;
use testkit::{Answer, Client, CommandOutput, Process, banyan_binary, banyan_command};

/// The well-behaved application.
pub(crate) const APP: &str = include_str!("app.py");
/// The upstream on bare sockets.
pub(crate) const RAW: &str = include_str!("raw.py");

/// What the environment gives.
#[expect(clippy::disallowed_methods, reason = "what tests need comes by environment")]
pub(crate) fn given(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}

/// Whether tests that need what may be missing are to be left out.
pub(crate) fn embedded_only() -> bool {
    given("BANYAN_TEST_EMBEDDED_ONLY").is_some_and(|value| value == "1")
}

/// Whether a program is there; says so where it may be missing.
pub(crate) fn program(name: &str) -> bool {
    let path = given("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    assert!(
        found || embedded_only(),
        "this test needs the program {name}; BANYAN_TEST_EMBEDDED_ONLY=1 leaves it out"
    );
    if !found {
        eprintln!("SKIPPED: needs the program {name}");
    }
    found
}

/// A running Python program that listens.
pub(crate) struct Python {
    /// Ends with this.
    _process: Process,
    pub(crate) address: SocketAddr,
}

impl Python {
    pub(crate) async fn start(script: &str, arguments: &[&str]) -> Self {
        Self::run(Command::new("python3").args(["-c", script]).args(arguments)).await
    }

    /// Any program that says `port=…`.
    pub(crate) async fn run(command: &mut Command) -> Self {
        let process = Process::start(command);
        let line = process.stdout_line(SOON, |line| line.starts_with("port=")).await;
        let port: u16 = line.trim_start_matches("port=").parse().unwrap();
        Self { _process: process, address: SocketAddr::from(([127, 0, 0, 1], port)) }
    }

    pub(crate) async fn app(name: &str) -> Self {
        Self::start(APP, &[name, "0"]).await
    }
}

/// A program of ours that says `listening public=… admin=…`; also a client of its public side.
pub(crate) struct Program {
    pub(crate) process: Process,
    pub(crate) public: SocketAddr,
    pub(crate) admin: Client,
    pub(crate) admin_address: SocketAddr,
    client: Client,
}

impl Program {
    pub(crate) async fn start(command: &mut Command) -> Self {
        let process = Process::start(command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"]));
        let line = process.stdout_line(SOON, |line| line.starts_with("listening ")).await;
        let (public, admin) = addresses(&line);
        Self { process, public, admin: Client::new(admin), admin_address: admin, client: Client::new(public) }
    }

    /// `banyan gateway` with these arguments, at work in `directory`.
    pub(crate) async fn gateway(directory: &Path, arguments: &[&str]) -> Self {
        Self::start(banyan_command(directory).arg("gateway").args(arguments)).await
    }

    /// `banyan gateway` with `features.toml` in `directory`.
    pub(crate) async fn gateway_by(directory: &Path, features: &str) -> Self {
        write_features(directory, features);
        Self::gateway(directory, &["--features", "features.toml"]).await
    }

    /// `banyan-messages` at work in `directory`, with these arguments and environment.
    pub(crate) async fn messages(
        directory: &Path,
        storage: &str,
        monolith: SocketAddr,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let mut command = Command::new(banyan_binary().with_file_name("banyan-messages"));
        command.current_dir(directory).env_clear().envs(environment.iter().copied());
        command.args(["--storage", storage, "--monolith", &format!("http://{monolith}")]).args(arguments);
        Self::start(&mut command).await
    }
}

impl Deref for Program {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// Public and admin address of a `listening` line.
pub(crate) fn addresses(line: &str) -> (SocketAddr, SocketAddr) {
    let of =
        |name: &str| line.split_whitespace().find_map(|word| word.strip_prefix(name)?.parse().ok()).unwrap();
    (of("public="), of("admin="))
}

/// Replaces `features.toml` at once, as an editor does.
pub(crate) fn write_features(directory: &Path, text: &str) {
    let fresh = directory.join("features.toml.new");
    std::fs::write(&fresh, text).unwrap();
    std::fs::rename(fresh, directory.join("features.toml")).unwrap();
}

/// `banyan toggles percent NAME PERCENT`.
pub(crate) async fn percent(directory: &Path, toggle: &str, percent: u8) {
    let mut command = banyan_command(directory);
    command.args(["toggles", "percent", toggle, &percent.to_string(), "--features", "features.toml"]);
    let _ = CommandOutput::of(&mut command).await.expect_success();
}

/// Who answered.
pub(crate) fn side(answer: &Answer) -> String {
    answer.header("banyan-served-by").to_owned()
}

/// The most memory that the process has had, KiB.
pub(crate) fn peak_kib(program: &Program) -> u64 {
    let pid = program.process.pid().as_raw_nonzero();
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
