//! PostgreSQL: one database, a schema and a login role a module; threads that each own a connection.

mod connect;
mod gate;
mod worker;

pub(crate) use gate::Gate;

use crate::metrics::count;
use crate::queue::Queue;
use crate::shared::Shared;
use crate::store::Engine;
use crate::threads::Threads;
use crate::{AnyConnection, Migrations, Secrets, StorageError, StorageSettings};
use connect::{Away, Login, Purpose};
use std::sync::Arc;

/// Migrates if the database is there, and starts the threads. A database that is away fails nothing: its module
/// answers "unavailable", and the first connection that succeeds migrates.
pub(crate) fn start(shared: &Arc<Shared>) -> Result<Engine, StorageError> {
    let settings = &shared.settings;
    let gate = Arc::new(Gate::new(settings));
    match migrate(&shared.migrations, settings, &shared.secrets) {
        Ok(_) => gate.migrated(),
        Err(StorageError::Unavailable { module, reason }) => {
            tracing::warn!(module, reason, "the database is away; the module waits for it");
            count(&shared.counters.connect_failures);
            gate.failed(shared.sources.clock.monotonic(), reason);
        }
        Err(error) => return Err(error),
    }
    let queue = Arc::new(Queue::new(settings.queue_max));
    let mut threads = Threads::new(shared.module());
    for _ in 0..settings.postgres_connections {
        let mut worker = worker::Worker::new(shared.clone(), gate.clone(), queue.clone())?;
        threads.spawn("worker", move || worker.run())?;
    }
    Ok(Engine { reads: queue.clone(), writes: queue, gate: Some(gate), threads })
}

/// Migrates one module, alone in its database.
pub(crate) fn migrate(
    migrations: &Migrations,
    settings: &StorageSettings,
    secrets: &Secrets,
) -> Result<Vec<String>, StorageError> {
    let mut connection = connect_to_migrate(migrations, settings, secrets)?;
    connect::lock_migrations(&mut connection, migrations.module, settings.migrate_wait_ms)?;
    // The lock goes with the connection.
    crate::migrate::run(&mut connection, migrations)
}

/// A connection on which statements may take their time.
pub(crate) fn connect_to_migrate(
    migrations: &Migrations,
    settings: &StorageSettings,
    secrets: &Secrets,
) -> Result<AnyConnection, StorageError> {
    let login = Login::new(migrations.module, settings, secrets, Purpose::Migrate)?;
    login.connect().map_err(|away| match away {
        Away::ForNow(reason) => StorageError::Unavailable { module: migrations.module, reason },
        Away::UntilSetUp(reason) => StorageError::setup(migrations.module, reason),
    })
}
