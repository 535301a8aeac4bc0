//! Transactions through Diesel's own transaction manager, so that `connection.transaction(…)` inside a unit of work
//! nests as a savepoint.

use crate::AnyConnection;
use crate::job::{Kind, Outcome, Task};
use diesel::Connection;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::result::QueryResult;

type Manager = <AnyConnection as Connection>::TransactionManager;

/// How a unit of work in a transaction or savepoint of its own ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Its changes stand, as far as the transaction around it does.
    Kept(Outcome),
    /// A dry run that went well: its changes were rolled back, and it is answered as if they stood.
    AsIf,
    /// Its changes were rolled back; the transaction around it goes on.
    RolledBack(Outcome),
    /// The connection is not what it must be any more: nothing that was not committed will be.
    Broken,
}

/// How deep in transactions the connection is; `None` when Diesel does not know any more.
pub(crate) fn depth(connection: &mut AnyConnection) -> Option<u32> {
    let depth = Manager::transaction_manager_status_mut(connection).transaction_depth().ok()?;
    Some(depth.map_or(0, std::num::NonZeroU32::get))
}

/// Begins a transaction. In SQLite with the lock for writing: a deferred one would fail at once, `busy_timeout` or
/// not, when another process wrote between its first read and its first write.
pub(crate) fn begin(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(sqlite) => {
            AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")
        }
        AnyConnection::Postgres(postgres) => AnsiTransactionManager::begin_transaction(postgres),
    }
}

/// Commits the outermost transaction.
pub(crate) fn commit(connection: &mut AnyConnection) -> QueryResult<()> {
    if let AnyConnection::Postgres(postgres) = connection {
        // In a transaction in which a statement failed, PostgreSQL answers COMMIT with a rollback, and without an
        // error. A unit of work that swallowed such a failure must not be told that it was done: any other statement
        // in front does give the error, in the same round trip.
        postgres.batch_execute("SELECT 1; COMMIT")?;
        // Diesel learns from libpq that the transaction is over.
        return Ok(());
    }
    Manager::commit_transaction(connection)
}

/// Rolls back the outermost transaction of a dry run, if it could have been committed: what is checked at the commit only
/// is checked here, and a statement that failed unseen is seen.
pub(crate) fn discard(connection: &mut AnyConnection) -> QueryResult<()> {
    if let AnyConnection::Postgres(postgres) = connection {
        return postgres.batch_execute("SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK");
    }
    Manager::rollback_transaction(connection)
}

/// Rolls back until the connection is `base` deep. `false` when it cannot.
pub(crate) fn roll_back_to(connection: &mut AnyConnection, base: u32) -> bool {
    loop {
        match depth(connection) {
            Some(depth) if depth == base => return true,
            Some(depth) if depth > base => {
                if Manager::rollback_transaction(connection).is_err() {
                    return false;
                }
            }
            _ => return false,
        }
    }
}

/// Runs a unit of work in a savepoint inside of the open transaction.
pub(crate) fn run_in_savepoint(connection: &mut AnyConnection, task: &mut Task) -> Ended {
    let Some(base) = depth(connection) else { return Ended::Broken };
    if Manager::begin_transaction(connection).is_err() {
        return Ended::Broken;
    }
    let outcome = task.job.run(connection);
    let balanced = depth(connection) == Some(base + 1);
    // A caller that has gone cannot be told, so nothing is done that it would not know of.
    if outcome == Outcome::Done && balanced && !task.job.is_abandoned() {
        if task.kind == Kind::DryRun {
            return if roll_back_to(connection, base) { Ended::AsIf } else { Ended::Broken };
        }
        return if Manager::commit_transaction(connection).is_ok() {
            Ended::Kept(outcome)
        } else {
            Ended::Broken
        };
    }
    if roll_back_to(connection, base) { Ended::RolledBack(outcome) } else { Ended::Broken }
}
