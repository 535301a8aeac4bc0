//! A fresh database a test: a directory for SQLite, a database with its roles for PostgreSQL.

use crate::{Backend, Sql, backend::postgres_admin_url};
use kernel::Sources;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::Path;
use tempfile::TempDir;
use url::Url;

/// An empty database of its own, gone with everything in it when dropped: nothing is provisioned or migrated yet.
pub struct TestDatabase {
    backend: Backend,
    directory: TempDir,
    /// The superuser's URL of the new database.
    admin_url: Option<Url>,
}

impl TestDatabase {
    /// An empty directory, and for PostgreSQL a new database.
    ///
    /// # Panics
    /// When there is no server, or it refuses.
    #[must_use]
    pub fn new(backend: Backend) -> Self {
        let directory = tempfile::Builder::new().prefix("banyan-test-").tempdir().expect("a directory");
        let admin_url = (backend == Backend::Postgres).then(create);
        Self { backend, directory, admin_url }
    }

    /// The engine.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// A directory of the test's own: SQLite files are in `data` below it, `secrets.toml` beside that.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// What the setting `storage.url` takes.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.admin_url {
            None => format!("sqlite:{}", self.directory().join("data").display()),
            Some(url) => self.url_at(server_of(url)),
        }
    }

    /// The same database behind another address, such as a [`crate::FaultProxy`]'s.
    ///
    /// # Panics
    /// On SQLite, which has no address.
    #[must_use]
    pub fn url_at(&self, server: SocketAddr) -> String {
        let url = self.admin_url.as_ref().expect("only PostgreSQL has an address");
        format!("postgres://{server}{}", url.path())
    }

    /// The server's address.
    ///
    /// # Panics
    /// On SQLite, which has none.
    #[must_use]
    pub fn server(&self) -> SocketAddr {
        server_of(self.admin_url.as_ref().expect("only PostgreSQL has an address"))
    }

    /// URL of a superuser in this database, for provisioning; `None` on SQLite.
    #[must_use]
    pub fn admin_url(&self) -> Option<&Url> {
        self.admin_url.as_ref()
    }

    /// A superuser's connection to this database.
    ///
    /// # Panics
    /// On SQLite, and when the server refuses.
    #[must_use]
    pub fn admin(&self) -> Sql {
        connect(self.admin_url.as_ref().expect("only PostgreSQL has an administrator"))
    }

    /// Logs in as somebody else.
    ///
    /// # Errors
    /// The server's own words.
    ///
    /// # Panics
    /// On SQLite, which knows no users.
    pub fn login(&self, role: &str, password: &str) -> Result<Sql, String> {
        let mut url = self.admin_url.clone().expect("only PostgreSQL has users");
        url.set_username(role).expect("a name");
        url.set_password(Some(password)).expect("a password");
        Sql::login(&url)
    }

    /// Name of the PostgreSQL database.
    ///
    /// # Panics
    /// On SQLite, which has none.
    #[must_use]
    pub fn name(&self) -> &str {
        name_of(self.admin_url.as_ref().expect("only PostgreSQL has a name"))
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // Left behind in a panic: a second one while unwinding would abort and hide the first.
        if let Some(url) = self.admin_url.take()
            && let Err(error) = remove(&url)
        {
            eprintln!("test database {} stays behind: {error}", name_of(&url));
        }
    }
}

fn connect(url: &Url) -> Sql {
    Sql::login(url).unwrap_or_else(|error| panic!("no PostgreSQL at {:?}: {error}", url.host()))
}

fn name_of(url: &Url) -> &str {
    url.path().trim_start_matches('/')
}

/// Makes a database under a name that no other run has; its superuser's URL.
fn create() -> Url {
    let mut url = postgres_admin_url();
    let mut unique = [0; 6];
    Sources::system().random.fill(&mut unique);
    let name = unique.iter().fold(String::from("bt_"), |name, byte| format!("{name}{byte:02x}"));
    let order = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'";
    connect(&url).run(&format!("CREATE DATABASE {name} {order}")).expect("a superuser's URL");
    url.set_path(&name);
    url
}

/// Removes the database, the roles that owned a schema in it, and those that carry its name.
fn remove(url: &Url) -> Result<(), String> {
    let database = name_of(url);
    let roles = Sql::login(url)?.texts(&format!(
        "SELECT rolname::text AS text FROM pg_roles WHERE NOT rolsuper AND rolname NOT LIKE 'pg\\_%' \
         AND (oid IN (SELECT nspowner FROM pg_namespace) OR starts_with(rolname, '{database}_'))"
    ))?;
    let mut server = Sql::login(&postgres_admin_url())?;
    server.run(&format!("DROP DATABASE {database} WITH (FORCE)"))?;
    roles.iter().try_for_each(|role| server.run(&format!("DROP ROLE \"{role}\"")))
}

fn server_of(url: &Url) -> SocketAddr {
    let address = (url.host_str().unwrap_or("127.0.0.1"), url.port().unwrap_or(5432));
    address.to_socket_addrs().ok().and_then(|mut found| found.next()).expect("the server's address")
}
