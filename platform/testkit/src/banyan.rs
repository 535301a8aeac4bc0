//! The real binary, started as its users start it.

use crate::{Backend, Client, Process, TestDatabase};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::time::Duration;

/// How long the binary may take to say where it listens.
const START_DEADLINE: Duration = Duration::from_secs(10);
/// How long it may take to exit once it was asked to.
const STOP_DEADLINE: Duration = Duration::from_secs(20);
/// How long a command other than `serve` may take.
const COMMAND_DEADLINE: Duration = Duration::from_secs(60);
/// What a child inherits: nothing else of the caller's environment may change what a test sees.
const INHERITED: [&str; 4] = ["PATH", "TMPDIR", "RUST_BACKTRACE", "LLVM_PROFILE_FILE"];

/// The workspace's folder, with `features.toml` in it.
///
/// # Panics
/// Never in this workspace.
#[must_use]
pub fn workspace_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("platform/testkit").to_owned()
}

/// The binary that was built beside the running test.
///
/// # Panics
/// When it was not built.
#[must_use]
pub fn banyan_binary() -> PathBuf {
    let test = std::env::current_exe().expect("this test's own path");
    let binary = test.ancestors().nth(2).expect("target/PROFILE/deps").join("banyan");
    assert!(binary.exists(), "{} is missing: run `cargo xtask test`, it builds it first", binary.display());
    binary
}

/// The binary in `directory`, with a bare environment.
#[must_use]
pub fn banyan_command(directory: &Path) -> Command {
    let mut command = Command::new(banyan_binary());
    command.current_dir(directory).env_clear();
    command.envs(INHERITED.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command
}

/// What a command that ends by itself said.
#[derive(Debug)]
pub struct CommandOutput {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl CommandOutput {
    /// Runs `command` to its end.
    ///
    /// # Panics
    /// When it has not ended after a minute.
    pub async fn of(command: &mut Command) -> Self {
        let process = Process::start(command);
        let code = process.wait(COMMAND_DEADLINE).await.code();
        Self { code, stdout: process.stdout().join("\n"), stderr: process.stderr().join("\n") }
    }

    /// Itself, if it succeeded.
    ///
    /// # Panics
    /// With what it said, when it did not.
    #[must_use]
    pub fn expect_success(self) -> Self {
        assert_eq!(self.code, Some(0), "{}\n{}", self.stdout, self.stderr);
        self
    }
}

/// How to start it.
#[derive(Clone)]
pub struct BanyanBuilder {
    database: Arc<TestDatabase>,
    storage: String,
    features: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(String, String)>,
}

impl BanyanBuilder {
    /// Uses this as `features.toml` instead of the workspace's.
    ///
    /// # Panics
    /// When it cannot be written.
    #[must_use]
    pub fn features(mut self, text: &str) -> Self {
        self.features = self.database.directory().join("features.toml");
        std::fs::write(&self.features, text).expect("a file");
        self
    }

    /// Sets a setting by environment: `setting("messages.previews.enabled", "false")`.
    #[must_use]
    pub fn setting(self, key: &str, value: &str) -> Self {
        self.env(&format!("BANYAN__{}", key.replace('.', "__").to_uppercase()), value)
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// Adds an argument after `serve`.
    #[must_use]
    pub fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Reaches the database under another URL: [`TestDatabase::url_at`] a proxy.
    #[must_use]
    pub fn storage(mut self, url: impl Into<String>) -> Self {
        self.storage = url.into();
        self
    }

    /// The test's database.
    #[must_use]
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// `serve` on free loopback ports with these settings, not started yet: for starts that are to fail.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = banyan_command(self.database.directory());
        command.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--admin",
            "127.0.0.1:0",
            "--storage",
            &self.storage,
        ]);
        command.arg("--features").arg(&self.features).args(&self.arguments);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Makes the modules' schemas and roles, where the engine has such.
    ///
    /// # Panics
    /// When it does not succeed.
    pub async fn provision(&self) {
        let Some(admin) = self.database.admin_url() else { return };
        let mut command = banyan_command(self.database.directory());
        command.args(["db", "provision", "--admin-url", admin.as_str(), "--storage", &self.database.url()]);
        let _ = CommandOutput::of(&mut command).await.expect_success();
    }

    /// Provisions, starts and waits until it listens.
    ///
    /// # Panics
    /// With everything it said, when it does not listen within 10 s.
    pub async fn start(self) -> Banyan {
        self.provision().await;
        Banyan::serve(self).await
    }
}

/// A running `banyan serve`; also a [`Client`] of its public port. Killed when dropped.
pub struct Banyan {
    process: Process,
    public: SocketAddr,
    client: Client,
    admin: Client,
    builder: BanyanBuilder,
}

impl Banyan {
    /// How to start it on a fresh database.
    #[must_use]
    pub fn builder(backend: Backend) -> BanyanBuilder {
        let database = Arc::new(TestDatabase::new(backend));
        let storage = database.url();
        let features = workspace_root().join("features.toml");
        BanyanBuilder { database, storage, features, arguments: Vec::new(), environment: Vec::new() }
    }

    /// Starts it on a fresh database, with the workspace's `features.toml` and default settings.
    ///
    /// # Panics
    /// With everything it said, when it does not listen within 10 s.
    pub async fn start(backend: Backend) -> Self {
        Self::builder(backend).start().await
    }

    async fn serve(builder: BanyanBuilder) -> Self {
        let process = Process::start(&mut builder.command());
        let line = process.stdout_line(START_DEADLINE, |line| listening(line).is_some()).await;
        let (public, admin) = listening(&line).expect("just seen");
        Self { process, public, client: Client::new(public), admin: Client::new(admin), builder }
    }

    /// The public port's address, for raw sockets.
    #[must_use]
    pub fn public(&self) -> SocketAddr {
        self.public
    }

    /// A client of the admin port.
    #[must_use]
    pub fn admin(&self) -> &Client {
        &self.admin
    }

    /// The child itself: what it said, signals, its end.
    #[must_use]
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// The test's database.
    #[must_use]
    pub fn database(&self) -> &TestDatabase {
        self.builder.database()
    }

    /// Everything it logged so far (standard error).
    #[must_use]
    pub fn log(&self) -> String {
        self.process.stderr().join("\n")
    }

    /// Another command of the binary on the same storage, with the same settings by environment, not started yet.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let builder = &self.builder;
        let mut command = banyan_command(builder.database.directory());
        command.args(arguments).args(["--storage", &builder.storage]);
        command.arg("--features").arg(&builder.features);
        command.envs(builder.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Another process like this one on the same storage, beside it.
    ///
    /// # Panics
    /// With everything it said, when it does not listen within 10 s.
    pub async fn beside(&self) -> Self {
        Self::serve(self.builder.clone()).await
    }

    /// Asks it to finish, and waits until it has.
    ///
    /// # Panics
    /// When it still runs after 20 s.
    pub async fn sigterm_and_wait(&self) -> ExitStatus {
        self.process.terminate();
        self.process.wait(STOP_DEADLINE).await
    }

    /// Ends it without any chance to finish.
    ///
    /// # Panics
    /// Never in practice.
    pub async fn kill9(&self) {
        self.process.kill();
        self.process.wait(STOP_DEADLINE).await;
    }

    /// Starts it again on the same database, on other ports; kills it first if it still runs.
    ///
    /// # Panics
    /// With everything it said, when it does not listen within 10 s.
    pub async fn restart(self) -> Self {
        let Self { process, builder, .. } = self;
        drop(process);
        Self::serve(builder).await
    }
}

impl Deref for Banyan {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// Public and admin address of the line `listening public=127.0.0.1:41234 admin=127.0.0.1:41235`.
pub(crate) fn listening(line: &str) -> Option<(SocketAddr, SocketAddr)> {
    let mut words = line.split_whitespace().skip_while(|word| *word != "listening").skip(1);
    let public = words.next()?.strip_prefix("public=")?.parse().ok()?;
    let admin = words.next()?.strip_prefix("admin=")?.parse().ok()?;
    Some((public, admin))
}
