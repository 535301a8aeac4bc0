//! Making a connection: what libpq is told, and what its refusals mean.

use crate::name;
use crate::{AnyConnection, Secrets, StorageError, StorageSettings, StorageUrl};
use diesel::connection::SimpleConnection;
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl};

/// Seconds of silence after which the line is probed, and between two probes; after `KEEPALIVE_PROBES` without an
/// answer it counts as cut.
const KEEPALIVE_IDLE_S: u32 = 5;
const KEEPALIVE_INTERVAL_S: u32 = 1;
const KEEPALIVE_PROBES: u32 = 3;
/// Milliseconds that what was sent may stay unacknowledged (RFC 5482) before the line counts as cut.
const UNACKNOWLEDGED_MAX_MS: u32 = 3000;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Units of work: statements have a time limit.
    Work,
    /// Migrations: a statement may take as long as it takes.
    Migrate,
}

/// Why there is no connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Away {
    /// The database cannot be reached, or takes nobody now: trying again may help.
    ForNow(String),
    /// Somebody must act: the role, the password, the database or the schema is not as it must be.
    UntilSetUp(String),
}

/// How one module logs in. Holds the password: has no `Debug`.
pub(super) struct Login {
    module: &'static str,
    conninfo: String,
}

impl Login {
    /// # Errors
    /// [`StorageError::Setup`] when the settings name no PostgreSQL.
    pub(super) fn new(
        module: &'static str,
        settings: &StorageSettings,
        secrets: &Secrets,
        purpose: Purpose,
    ) -> Result<Self, StorageError> {
        let StorageUrl::Postgres { host, port, database } = &settings.url else {
            return Err(StorageError::setup(module, "storage.url names no PostgreSQL database"));
        };
        let timeout_ms = match purpose {
            Purpose::Work => settings.postgres_statement_timeout_ms,
            Purpose::Migrate => 0,
        };
        let options = format!(
            "-c statement_timeout={timeout_ms} -c idle_in_transaction_session_timeout={timeout_ms} \
             -c standard_conforming_strings=on"
        );
        let mut pairs = vec![
            ("host", host.clone()),
            ("port", port.to_string()),
            ("dbname", database.clone()),
            ("user", name::role(database, module)),
            ("application_name", format!("banyan/{module}")),
            ("options", options),
            ("connect_timeout", settings.postgres_connect_within_s.to_string()),
            ("keepalives_idle", KEEPALIVE_IDLE_S.to_string()),
            ("keepalives_interval", KEEPALIVE_INTERVAL_S.to_string()),
            ("keepalives_count", KEEPALIVE_PROBES.to_string()),
            ("tcp_user_timeout", UNACKNOWLEDGED_MAX_MS.to_string()),
            // A standby that was asked by mistake, or after a switch-over, could only read.
            ("target_session_attrs", "read-write".to_owned()),
        ];
        if let Some(password) = secrets.password(module) {
            pairs.push(("password", password.to_owned()));
        }
        let conninfo = pairs.iter().map(|(key, value)| format!("{key}={} ", quoted(value))).collect();
        Ok(Self { module, conninfo })
    }

    /// Connects, and checks that the module's own schema is there.
    pub(super) fn connect(&self) -> Result<AnyConnection, Away> {
        let mut connection =
            PgConnection::establish(&self.conninfo).map_err(|error| understand(&error.to_string()))?;
        let found =
            diesel::sql_query("SELECT current_schema()::text AS name").get_result::<Schema>(&mut connection);
        match found.map_err(|error| Away::ForNow(error.to_string()))?.name {
            Some(name) if name == self.module => Ok(AnyConnection::Postgres(connection)),
            _ => {
                let module = self.module;
                Err(Away::UntilSetUp(format!("the role of {module} finds no schema {module}: {PROVISION}")))
            }
        }
    }
}

/// Waits until no other process migrates this module.
pub(super) fn lock_migrations(
    connection: &mut AnyConnection,
    module: &'static str,
    wait_ms: u32,
) -> Result<(), StorageError> {
    let AnyConnection::Postgres(connection) = connection else { return Ok(()) };
    let key = name::literal(&format!("banyan migrations of {module}"));
    // The second limit keeps a migration that waits for a table from blocking everybody behind it for ever.
    let sql = format!(
        "SET statement_timeout = {wait_ms}; SELECT pg_advisory_lock(hashtextextended({key}, 0)); \
         SET statement_timeout = 0; SET lock_timeout = {wait_ms}"
    );
    connection.batch_execute(&sql).map_err(|error| StorageError::Unavailable {
        module,
        reason: format!("another process still migrates after {wait_ms} ms: {error}"),
    })
}

#[derive(QueryableByName)]
struct Schema {
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
}

/// What to do about a role, a database or a schema that is not as it must be.
const PROVISION: &str = "run `banyan db provision`";

/// Parts of the server's refusals that trying again does not help with. libpq gives only the text of a refusal, no
/// SQLSTATE; in a server that speaks another language they pass for "away", with the text in the log.
const REFUSALS: [&str; 6] = [
    "password authentication failed",
    "no password supplied",
    "does not exist",
    "permission denied",
    "is not permitted to log in",
    "no pg_hba.conf entry",
];

fn understand(message: &str) -> Away {
    let message = message.trim();
    // "No such file" of a socket directory is a database that is not running (yet).
    if REFUSALS.iter().any(|refusal| message.contains(refusal)) {
        return Away::UntilSetUp(format!("{message}: {PROVISION}"));
    }
    Away::ForNow(message.to_owned())
}

/// A value in a connection string (PostgreSQL manual, 34.1.1.1).
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted() {
        assert_eq!(quoted(r"it's a \"), r"'it\'s a \\'");
    }

    #[test]
    fn refusals_are_told_from_absence() {
        let refused =
            "connection to server at \"db\", port 5432 failed: FATAL:  password authentication failed";
        assert!(
            matches!(understand(refused), Away::UntilSetUp(reason) if reason.contains("banyan db provision"))
        );
        for away in ["connection refused", "FATAL:  the database system is starting up", "timeout expired"] {
            assert_eq!(understand(away), Away::ForNow(away.into()));
        }
    }
}
