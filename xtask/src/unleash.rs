//! A private Unleash server: the real one from the npm registry, on a database of its own, gone when dropped.

use crate::failure::Failure;
use crate::npm::{self, Package};
use crate::runner::Runner;
use crate::server::{self, Recipe, Server};
use crate::services::given;
use crate::workspace::Workspace;
use crate::{needs, node};
use kernel::{OsRandom, Random as _};
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use url::Url;

/// The last version that runs on Node 20.
const PACKAGE: Package = Package { name: "unleash-server", version: "7.5.1" };
/// How long the server may take until it answers: it migrates its database first, 10 s on an idle machine.
const START_DEADLINE: Duration = Duration::from_secs(120);
/// Sessions that it may have open at the database.
const SESSIONS_MAX: &str = "4";
/// Reads toggles and reports usage, in the environment that every new server has. The server listens on loopback.
const BACKEND_TOKEN: &str = "*:development.banyan-test-backend";
/// May change everything.
const ADMIN_TOKEN: &str = "*:*.banyan-test-admin";
/// Runs statements, given as arguments, with the client that the server brings along.
const RUN_SQL: &str = "const { Client } = require('pg');
(async () => {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  for (const statement of process.argv.slice(1)) await client.query(statement);
  await client.end();
})().catch((error) => { console.error(error.message); process.exit(1); });";

/// A running server.
pub(crate) struct Unleash {
    /// Stopped before its database goes, and that before the folder: fields are dropped in this order.
    server: Server,
    _database: Database,
    _folder: TempDir,
}

impl Unleash {
    /// Installs what is not there yet, makes a database on the PostgreSQL server at `postgres` (a superuser's URL), and
    /// starts.
    ///
    /// # Errors
    /// When something is missing and may not be installed; with the server's own words, when it does not answer in time.
    pub(crate) fn start(
        runner: &Runner,
        workspace: &Workspace,
        postgres: &str,
        may_install: bool,
    ) -> Result<Self, Failure> {
        let installed = install(runner, workspace, may_install)?;
        let node = node::obtain(runner, workspace)?;
        let database = Database::create(runner, &node, &installed, postgres)?;
        let folder = server::folder("unleash")?;
        let recipe = Recipe {
            name: "Unleash server",
            log: folder.path().join("log"),
            start_deadline: START_DEADLINE,
            stop: Signal::TERM,
            command: &|port| command(&node, &installed, database.url.as_str(), port),
            answers: &|port| server::says(port, b"GET /health HTTP/1.0\r\n\r\n", b"HTTP/1.1 200"),
        };
        Ok(Self { server: recipe.start(runner)?, _database: database, _folder: folder })
    }

    /// Its API.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/api", self.server.port())
    }

    /// A token that reads toggles and reports usage.
    pub(crate) fn backend_token() -> String {
        BACKEND_TOKEN.into()
    }

    /// A token that may change everything.
    pub(crate) fn admin_token() -> String {
        ADMIN_TOKEN.into()
    }
}

/// The folder that the package and what it depends on are installed in.
fn install(runner: &Runner, workspace: &Workspace, may_install: bool) -> Result<PathBuf, Failure> {
    let kept = workspace.target_folder()?.join("unleash-server");
    npm::keep(&kept, &|folder| PACKAGE.is_in(&folder.join("node_modules").join(PACKAGE.name)), &|folder| {
        needs::NPM.obtain(runner, may_install)?;
        println!("installing {} {} below target", PACKAGE.name, PACKAGE.version);
        PACKAGE.install(runner, folder)
    })?;
    Ok(kept)
}

/// Nothing of the caller's environment changes how it runs, and it tells nobody that it does.
fn command(node: &Path, installed: &Path, database: &str, port: u16) -> Command {
    let mut command = server::ending_with_us("TERM", &[], node);
    command.arg(installed.join("node_modules").join(PACKAGE.name).join("dist/server.js"));
    command.current_dir(installed).env_clear().envs(given("PATH").map(|path| ("PATH", path)));
    command.envs([
        ("TZ", "UTC"),
        ("NODE_ENV", "production"),
        ("LOG_LEVEL", "warn"),
        ("HTTP_HOST", "127.0.0.1"),
        ("HTTP_PORT", port.to_string().as_str()),
        ("DATABASE_URL", database),
        ("DATABASE_SSL", "false"),
        ("DATABASE_POOL_MAX", SESSIONS_MAX),
        ("CHECK_VERSION", "false"),
        ("SEND_TELEMETRY", "false"),
        ("INIT_BACKEND_API_TOKENS", BACKEND_TOKEN),
        ("INIT_ADMIN_API_TOKENS", ADMIN_TOKEN),
    ]);
    command
}

/// A database of its own, dropped when this is.
struct Database {
    url: Url,
    drop: Command,
}

impl Database {
    fn create(runner: &Runner, node: &Path, installed: &Path, postgres: &str) -> Result<Self, Failure> {
        let name = format!("banyan_unleash_{:016x}", OsRandom.next_u64());
        let mut url = Url::parse(postgres).map_err(|error| Failure::Setup(error.into()))?;
        url.set_path(&name);
        let statement = |text: String| {
            let mut command = Command::new(node);
            command.args(["-e", RUN_SQL, "--"]).arg(text);
            // Not as an argument: those are shown where a command fails.
            command.current_dir(installed).env("DATABASE_URL", postgres);
            command
        };
        runner.run(&mut statement(format!("CREATE DATABASE {name}")))?;
        Ok(Self { url, drop: statement(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")) })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // After an interrupt the runner runs nothing more; a server that was given must be left clean all the same.
        let dropped = self.drop.stdin(Stdio::null()).status();
        if !dropped.is_ok_and(|status| status.success()) {
            eprintln!("the database {} could not be dropped", self.url.path());
        }
    }
}
