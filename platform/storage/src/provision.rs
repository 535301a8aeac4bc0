//! `banyan db provision`: makes the database, and a schema and a login role for each module, as an administrator.
//! Done twice it changes nothing the second time but what was taken away in between.

use crate::{Secrets, StorageError, StorageUrl, name};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Bool};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl};
use kernel::Random;
use std::fmt::Write as _;

/// Random bytes of a password: 192 bits.
const PASSWORD_BYTES: usize = 24;

/// What was provisioned.
#[derive(Debug)]
pub struct Provisioned {
    /// The secrets with the passwords of all roles: to be saved before anything else is done.
    pub secrets: Secrets,
    /// What was done that had not been before, in words for people.
    pub actions: Vec<String>,
}

/// Makes what is missing so that `modules` can log in to the database that `storage` names:
///
/// - the database (UTF-8, text ordered by its bytes as in SQLite), closed to everybody but the roles;
/// - for each module a role `<database>_<module>` that may log in and nothing else, and a schema `<module>` of its
///   own, which is all that it can see (PostgreSQL manual, 5.10.6).
///
/// `admin_url` is a libpq URL of somebody who may create databases and roles. A password in `secrets` is kept and
/// set; a missing one is generated from `random`.
///
/// # Errors
/// [`StorageError::Provision`]: what could not be done, and why; [`StorageError::Setup`] for names that are not
/// allowed, or when `storage` names no PostgreSQL.
pub fn provision(
    admin_url: &str,
    storage: &StorageUrl,
    modules: &[&str],
    secrets: Secrets,
    random: &dyn Random,
) -> Result<Provisioned, StorageError> {
    let StorageUrl::Postgres { database, .. } = storage else {
        return Err(StorageError::setup("storage", "only PostgreSQL needs provisioning"));
    };
    if let Some(module) = modules.iter().find(|module| !name::is_valid(module)) {
        return Err(StorageError::setup(module, "the name must match [a-z][a-z0-9_]{0,30}"));
    }
    let mut steps = Steps { provisioned: Provisioned { secrets, actions: Vec::new() } };
    let mut server = Admin::connect(admin_url)?;
    steps.database(&mut server, database)?;
    for module in modules {
        steps.role(&mut server, database, module, random)?;
    }
    drop(server);
    let mut inside = Admin::connect(&with_database(admin_url, database)?)?;
    for module in modules {
        steps.schema(&mut inside, database, module)?;
    }
    Ok(steps.provisioned)
}

struct Steps {
    provisioned: Provisioned,
}

impl Steps {
    fn database(&mut self, admin: &mut Admin, database: &str) -> Result<(), StorageError> {
        let (quoted, text) = (name::identifier(database), name::literal(database));
        if !admin.finds(&format!("SELECT count(*) AS count FROM pg_database WHERE datname = {text}"))? {
            // The order of texts is then the same as in SQLite, and does not change with the operating system.
            let sql = format!(
                "CREATE DATABASE {quoted} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
            );
            admin.run(&format!("create the database {database}"), &sql)?;
            self.did(format!("created the database {database}"));
        }
        let sql = format!("REVOKE ALL ON DATABASE {quoted} FROM PUBLIC");
        admin.run(&format!("close the database {database} to the public"), &sql)
    }

    fn role(
        &mut self,
        admin: &mut Admin,
        database: &str,
        module: &str,
        random: &dyn Random,
    ) -> Result<(), StorageError> {
        let role = name::role(database, module);
        let (quoted, text) = (name::identifier(&role), name::literal(&role));
        if !admin.finds(&format!("SELECT count(*) AS count FROM pg_roles WHERE rolname = {text}"))? {
            admin.run(&format!("create the role {role}"), &format!("CREATE ROLE {quoted} NOINHERIT"))?;
            self.did(format!("created the role {role}"));
        }
        let powerful =
            "rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls OR rolinherit";
        let found = format!("SELECT count(*) AS count FROM pg_roles WHERE rolname = {text} AND ({powerful})");
        if admin.finds(&found)? {
            let sql = format!(
                "ALTER ROLE {quoted} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS NOINHERIT"
            );
            admin.run(&format!("take powers from the role {role}"), &sql)?;
            self.did(format!("took powers from the role {role}"));
        }
        let password = self.password(module, random);
        let password = name::literal(&password);
        admin.run(
            &format!("set the password of {role}"),
            &format!("ALTER ROLE {quoted} LOGIN PASSWORD {password}"),
        )?;
        // Since PostgreSQL 16 an administrator who is no superuser may give a schema only to a role that it is a
        // member of.
        if !admin.superuser {
            admin.run(&format!("join the role {role}"), &format!("GRANT {quoted} TO CURRENT_USER"))?;
        }
        let sql = format!(
            "GRANT CONNECT ON DATABASE {database} TO {quoted}; \
             ALTER ROLE {quoted} IN DATABASE {database} SET search_path = {schema}",
            database = name::identifier(database),
            schema = name::identifier(module),
        );
        admin.run(&format!("let the role {role} into the database"), &sql)
    }

    fn schema(&mut self, admin: &mut Admin, database: &str, module: &str) -> Result<(), StorageError> {
        let (quoted, text) = (name::identifier(module), name::literal(module));
        let role = name::identifier(&name::role(database, module));
        if !admin.finds(&format!("SELECT count(*) AS count FROM pg_namespace WHERE nspname = {text}"))? {
            admin.run(
                &format!("create the schema {module}"),
                &format!("CREATE SCHEMA {quoted} AUTHORIZATION {role}"),
            )?;
            self.did(format!("created the schema {module}"));
        }
        let sql = format!(
            "ALTER SCHEMA {quoted} OWNER TO {role}; REVOKE ALL ON SCHEMA {quoted} FROM PUBLIC; \
             REVOKE ALL ON SCHEMA public FROM PUBLIC"
        );
        admin.run(&format!("close the schema {module} to the public"), &sql)
    }

    /// The password that is in the secrets, or a new one.
    fn password(&mut self, module: &str, random: &dyn Random) -> String {
        if let Some(password) = self.provisioned.secrets.password(module) {
            return password.to_owned();
        }
        let mut bytes = [0; PASSWORD_BYTES];
        random.fill(&mut bytes);
        let password = bytes.iter().fold(String::new(), |mut text, byte| {
            // Writing to a text never fails.
            let _ = write!(text, "{byte:02x}");
            text
        });
        self.provisioned.secrets.set_password(module, password.clone());
        self.did(format!("generated a password for {module}"));
        password
    }

    fn did(&mut self, action: String) {
        self.provisioned.actions.push(action);
    }
}

/// A connection of the administrator.
struct Admin {
    connection: PgConnection,
    superuser: bool,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Powers {
    #[diesel(sql_type = Bool)]
    superuser: bool,
}

impl Admin {
    fn connect(admin_url: &str) -> Result<Self, StorageError> {
        const ACTION: &str = "log in as administrator";
        if !["postgres://", "postgresql://"].iter().any(|scheme| admin_url.starts_with(scheme)) {
            return Err(failed(
                ACTION,
                "the administrator's URL must be postgres://USER[:PASSWORD]@HOST[:PORT]/DATABASE",
            ));
        }
        let mut connection = PgConnection::establish(admin_url).map_err(|error| failed(ACTION, error))?;
        let powers = "SELECT rolsuper AS superuser FROM pg_roles WHERE rolname = current_user";
        let powers: Powers =
            diesel::sql_query(powers).get_result(&mut connection).map_err(|error| failed(ACTION, error))?;
        let mut admin = Self { connection, superuser: powers.superuser };
        // Two administrators at once would trip over each other's rows; the wait is bounded.
        let turn =
            "SET statement_timeout = '30s'; SELECT pg_advisory_lock(hashtextextended('banyan provision', 0))";
        admin.run("wait for another administrator", turn)?;
        if admin.superuser {
            // Passwords are set in plain SQL below: keep them out of the server's log.
            let quiet = "SET log_statement = 'none'; SET log_min_duration_statement = -1; \
                         SET log_min_error_statement = 'panic'";
            admin.run("keep passwords out of the server's log", quiet)?;
        }
        Ok(admin)
    }

    /// Whether a query that counts counts any.
    fn finds(&mut self, query: &str) -> Result<bool, StorageError> {
        let found = diesel::sql_query(query).get_result::<Found>(&mut self.connection);
        Ok(found.map_err(|error| failed("look at what is there", error))?.count > 0)
    }

    fn run(&mut self, action: &str, sql: &str) -> Result<(), StorageError> {
        self.connection.batch_execute(sql).map_err(|error| failed(action, error))
    }
}

fn failed(action: &str, reason: impl ToString) -> StorageError {
    StorageError::Provision { action: action.to_owned(), reason: reason.to_string() }
}

/// The same login, in another database.
fn with_database(admin_url: &str, database: &str) -> Result<String, StorageError> {
    let mut url: ::url::Url = admin_url
        .parse()
        .map_err(|_| failed("log in as administrator", "the administrator's URL is not valid"))?;
    url.set_path(&format!("/{database}"));
    Ok(url.into())
}
