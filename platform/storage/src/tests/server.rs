//! A fresh PostgreSQL database a test, dropped with its roles when the test ends.

use super::*;
use crate::{Provisioned, provision};
use diesel::connection::SimpleConnection;
use std::sync::atomic::{AtomicU32, Ordering};

/// Where the tests find an administrator: `postgres://postgres@127.0.0.1:5432/postgres`.
const ADMIN: &str = "BANYAN_TEST_POSTGRES";
/// Set to 1 where there is no PostgreSQL.
const EMBEDDED_ONLY: &str = "BANYAN_TEST_EMBEDDED_ONLY";

/// A provisioned database.
pub(super) struct Server {
    pub(super) admin: ::url::Url,
    pub(super) url: StorageUrl,
    pub(super) secrets: Secrets,
    modules: Vec<&'static str>,
}

#[expect(clippy::disallowed_methods, reason = "tests are told by environment where their server is")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The administrator's URL; `None`, said aloud, when tests without a server were asked for.
pub(super) fn administrator() -> Option<::url::Url> {
    if environment(EMBEDDED_ONLY).as_deref() == Some("1") {
        println!("skipped: {EMBEDDED_ONLY}=1");
        return None;
    }
    let admin = environment(ADMIN);
    let admin =
        admin.unwrap_or_else(|| panic!("{ADMIN} must name a PostgreSQL server, or set {EMBEDDED_ONLY}=1"));
    Some(admin.parse().unwrap())
}

impl Server {
    /// A fresh database with schemas and roles for `modules`; `None` when tests without a server were asked for.
    pub(super) fn start(modules: &[&'static str]) -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let admin = administrator()?;
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let url = StorageUrl::Postgres {
            host: admin.host_str().unwrap().to_owned(),
            port: admin.port().unwrap_or(5432),
            database: format!("banyan_test_{}_{number}", std::process::id()),
        };
        let mut server = Self { admin, url, secrets: Secrets::default(), modules: modules.to_vec() };
        server.secrets = server.provision().secrets;
        Some(server)
    }

    pub(super) fn provision(&self) -> Provisioned {
        let random = kernel::OsRandom;
        provision(self.admin.as_str(), &self.url, &self.modules, self.secrets.clone(), &random).unwrap()
    }

    pub(super) fn options(&self, module: &'static str) -> StoreOptions {
        StoreOptions { secrets: self.secrets.clone(), ..options(module, self.url.clone()) }
    }

    pub(super) fn database(&self) -> &str {
        match &self.url {
            StorageUrl::Postgres { database, .. } => database,
            StorageUrl::Sqlite { .. } => panic!("a server has a PostgreSQL URL"),
        }
    }

    /// Runs SQL as administrator, in the administrator's own database.
    pub(super) fn administer(&self, sql: &str) {
        PgConnection::establish(self.admin.as_str()).unwrap().batch_execute(sql).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let database = self.database();
        let mut statements = vec![format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)")];
        statements
            .extend(self.modules.iter().map(|module| format!("DROP ROLE IF EXISTS {database}_{module}")));
        let mut admin = PgConnection::establish(self.admin.as_str()).unwrap();
        for statement in statements {
            admin.batch_execute(&statement).unwrap();
        }
    }
}
