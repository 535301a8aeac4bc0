//! A PostgreSQL server that somebody else runs, and databases in it that are gone after the run.

use crate::error::BenchError;
use kernel::Sources;
use std::collections::BTreeMap;
use testkit::Sql;
use url::Url;

/// Where the URL of a superuser is looked for, in this order.
pub(crate) const VARIABLES: [&str; 2] = ["BANYAN_BENCH_POSTGRES", "BANYAN_TEST_POSTGRES"];
/// Settings of the server that decide what a durable write costs.
const TELLING: [&str; 5] =
    ["server_version", "fsync", "synchronous_commit", "wal_sync_method", "commit_delay"];

/// The server.
#[derive(Debug, Clone)]
pub(crate) struct Server(Url);

impl Server {
    /// The server that the environment names, if it names one.
    #[expect(clippy::disallowed_methods, reason = "the benchmarks have no settings file")]
    pub(crate) fn of_environment() -> Result<Option<Self>, BenchError> {
        let Some((name, text)) = VARIABLES.iter().find_map(|name| Some((name, std::env::var(name).ok()?)))
        else {
            return Ok(None);
        };
        let url = Url::parse(&text).map_err(|error| BenchError::Missing(format!("{name}: {error}")))?;
        Ok(Some(Self(url)))
    }

    /// Its version and the settings that decide what a durable write costs.
    pub(crate) fn settings(&self) -> Result<BTreeMap<&'static str, String>, BenchError> {
        let mut login = self.login()?;
        let mut shown = |name: &'static str| {
            let rows = login.texts(&format!("SELECT current_setting('{name}') AS text"));
            Ok((name, rows.map_err(BenchError::Database)?.concat()))
        };
        TELLING.into_iter().map(&mut shown).collect()
    }

    /// Makes an empty database under a name that no other run has.
    pub(crate) fn database(&self) -> Result<Database, BenchError> {
        let name = format!("banyan_bench_{:016x}", Sources::system().random.next_u64());
        let order =
            format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'");
        self.login()?.run(&order).map_err(BenchError::Database)?;
        Ok(Database { server: self.clone(), name })
    }

    /// What `banyan db provision --admin-url` takes.
    pub(crate) fn admin_url(&self) -> &str {
        self.0.as_str()
    }

    fn login(&self) -> Result<Sql, BenchError> {
        Sql::login(&self.0).map_err(BenchError::Database)
    }
}

/// A database of this run's own, gone with its roles when dropped.
pub(crate) struct Database {
    server: Server,
    name: String,
}

impl Database {
    /// Who runs it.
    pub(crate) fn server(&self) -> &Server {
        &self.server
    }

    /// What the setting `storage.url` takes.
    pub(crate) fn url(&self) -> String {
        let host = self.server.0.host_str().unwrap_or("127.0.0.1");
        format!("postgres://{host}:{}/{}", self.server.0.port().unwrap_or(5432), self.name)
    }

    fn remove(&self) -> Result<(), BenchError> {
        let mut login = self.server.login()?;
        let name = &self.name;
        let mut run = |sql: &str| login.run(sql).map_err(BenchError::Database);
        run(&format!("DROP DATABASE {name} WITH (FORCE)"))?;
        let of_ours =
            format!("SELECT rolname::text AS text FROM pg_roles WHERE starts_with(rolname, '{name}_')");
        let roles = login.texts(&of_ours).map_err(BenchError::Database)?;
        roles
            .iter()
            .try_for_each(|role| login.run(&format!("DROP ROLE \"{role}\"")).map_err(BenchError::Database))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Err(error) = self.remove() {
            eprintln!("database {} stays behind: {error}", self.name);
        }
    }
}
