//! Migrations of one module: run in order, by one process at a time; and what `banyan db status` tells of them.

use crate::{AnyConnection, EmbeddedMigrations, Secrets, StorageError, StorageSettings, StorageUrl, both};
use crate::{postgres, sqlite};
use diesel::migration::{Migration, MigrationSource};
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl};
use diesel_migrations::MigrationHarness;
use std::collections::BTreeSet;

/// The migrations of a module, for both engines.
#[derive(Clone, Copy)]
pub struct Migrations {
    /// The module's name: also the SQLite file's and the PostgreSQL schema's. `[a-z][a-z0-9_]{0,30}`.
    pub module: &'static str,
    /// Those for SQLite.
    pub sqlite: fn() -> EmbeddedMigrations,
    /// Those for PostgreSQL.
    pub postgres: fn() -> EmbeddedMigrations,
}

impl std::fmt::Debug for Migrations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Migrations").field("module", &self.module).finish_non_exhaustive()
    }
}

/// How far a module's database is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MigrationStatus {
    /// Names of those that were applied, in order: `0001_users`. Where this release does not know one, its number.
    pub applied: Vec<String>,
    /// Names of those that wait, in order.
    pub pending: Vec<String>,
    /// Numbers of those that were applied by a later release.
    pub unknown: Vec<String>,
}

/// Migrates one module, as [`crate::Store::open`] does, and gives the names of what was applied.
///
/// # Errors
/// [`StorageError::Setup`] when the store is not set up, [`StorageError::Unavailable`] when PostgreSQL is away,
/// [`StorageError::Migration`] when one fails.
pub fn migrate(
    migrations: &Migrations,
    settings: &StorageSettings,
    secrets: &Secrets,
) -> Result<Vec<String>, StorageError> {
    settings.check(migrations.module)?;
    match &settings.url {
        StorageUrl::Sqlite { directory } => {
            let file = sqlite::File::prepare(directory, migrations.module)?;
            let _alone = file.lock(settings.migrate_wait_ms)?;
            run(&mut file.connect_to_create(settings)?, migrations)
        }
        StorageUrl::Postgres { .. } => postgres::migrate(migrations, settings, secrets),
    }
}

/// How far a module's database is. Changes nothing: a SQLite file that is not there is not made.
///
/// # Errors
/// As [`migrate`].
pub fn status(
    migrations: &Migrations,
    settings: &StorageSettings,
    secrets: &Secrets,
) -> Result<MigrationStatus, StorageError> {
    let module = migrations.module;
    let applied = match &settings.url {
        StorageUrl::Sqlite { directory } => {
            let file = sqlite::File::locate(directory, module)?;
            if file.exists() {
                let connection = file.connect_to_read(settings);
                versions(&mut connection.map_err(|reason| StorageError::setup(module, reason))?)?
            } else {
                BTreeSet::new()
            }
        }
        StorageUrl::Postgres { .. } => {
            let mut connection = postgres::connect_to_migrate(migrations, settings, secrets)?;
            versions(&mut connection)?
        }
    };
    let sqlite = matches!(settings.url, StorageUrl::Sqlite { .. });
    Ok(compare(known(migrations, sqlite)?, applied))
}

/// Runs what waits. The caller holds the lock that keeps others from doing the same.
pub(crate) fn run(
    connection: &mut AnyConnection,
    migrations: &Migrations,
) -> Result<Vec<String>, StorageError> {
    let failed = |source| StorageError::Migration { module: migrations.module, source };
    let versions = match connection {
        AnyConnection::Sqlite(sqlite) => sqlite.run_pending_migrations((migrations.sqlite)()),
        AnyConnection::Postgres(postgres) => postgres.run_pending_migrations((migrations.postgres)()),
    };
    let versions: BTreeSet<_> = versions.map_err(failed)?.iter().map(ToString::to_string).collect();
    let names = known(migrations, matches!(connection, AnyConnection::Sqlite(_)))?;
    let applied: Vec<_> =
        names.into_iter().filter(|(version, _)| versions.contains(version)).map(|(_, name)| name).collect();
    for migration in &applied {
        tracing::info!(module = migrations.module, migration, "migration applied");
    }
    Ok(applied)
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The versions that the database says were applied. Diesel's own way would make the table.
fn versions(connection: &mut AnyConnection) -> Result<BTreeSet<String>, StorageError> {
    const IN_SQLITE: &str =
        "SELECT count(*) AS count FROM sqlite_master WHERE name = '__diesel_schema_migrations'";
    const IN_POSTGRES: &str = "SELECT count(*) AS count FROM pg_class WHERE relname = '__diesel_schema_migrations' \
                               AND relnamespace = current_schema()::regnamespace";
    let table = if matches!(connection, AnyConnection::Sqlite(_)) { IN_SQLITE } else { IN_POSTGRES };
    both!(connection, |c| {
        if diesel::sql_query(table).get_result::<Found>(c)?.count == 0 {
            return Ok(BTreeSet::new());
        }
        let rows = diesel::sql_query("SELECT version FROM __diesel_schema_migrations").load::<Version>(c)?;
        Ok(rows.into_iter().map(|row| row.version).collect())
    })
}

/// Version and name of every migration of this release, in order.
fn known(migrations: &Migrations, sqlite: bool) -> Result<Vec<(String, String)>, StorageError> {
    fn names<B: diesel::backend::Backend>(all: Vec<Box<dyn Migration<B>>>) -> Vec<(String, String)> {
        all.iter()
            .map(|migration| (migration.name().version().to_string(), migration.name().to_string()))
            .collect()
    }
    let known = if sqlite {
        (migrations.sqlite)().migrations().map(names::<diesel::sqlite::Sqlite>)
    } else {
        (migrations.postgres)().migrations().map(names::<diesel::pg::Pg>)
    };
    let mut known = known.map_err(|source| StorageError::Migration { module: migrations.module, source })?;
    known.sort();
    Ok(known)
}

fn compare(known: Vec<(String, String)>, mut applied: BTreeSet<String>) -> MigrationStatus {
    let mut status = MigrationStatus::default();
    for (version, name) in known {
        if applied.remove(&version) {
            status.applied.push(name);
        } else {
            status.pending.push(name);
        }
    }
    status.unknown = applied.into_iter().collect();
    status
}
