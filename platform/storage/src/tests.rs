//! Tests of whole stores. What they share: a small table, a store in a fresh directory, a held-up writer.

mod dry_run;
mod postgres;
mod postgres_faults;
mod proxy;
mod server;
mod sqlite;
mod sqlite_files;
mod sqlite_groups;

use crate::{
    AnyConnection, EmbeddedMigrations, Migrations, Secrets, StorageError, StorageSettings, StorageUrl, Store,
    StoreOptions, both, embed_migrations,
};
use diesel::prelude::*;
use kernel::{Context, Sources};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

const SQLITE: EmbeddedMigrations = embed_migrations!("src/tests/migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("src/tests/migrations/postgres");

diesel::table! { items (name) { name -> Text, n -> BigInt, } }
diesel::table! { parts (item) { item -> Text, } }

/// One clock for stores and contexts: points on two time lines cannot be compared.
static SOURCES: LazyLock<Sources> = LazyLock::new(Sources::system);

fn migrations(module: &'static str) -> Migrations {
    Migrations { module, sqlite: || SQLITE, postgres: || POSTGRES }
}

fn options(module: &'static str, url: StorageUrl) -> StoreOptions {
    let settings = StorageSettings { url, answer_within_ms: 10_000, ..StorageSettings::default() };
    StoreOptions {
        migrations: migrations(module),
        settings,
        secrets: Secrets::default(),
        sources: SOURCES.clone(),
    }
}

fn in_directory(directory: &tempfile::TempDir) -> StorageUrl {
    StorageUrl::Sqlite { directory: directory.path().to_owned() }
}

fn context(budget: Duration) -> Context {
    Context::background(&SOURCES, budget)
}

fn patient() -> Context {
    context(Duration::from_secs(10))
}

fn insert(name: &str) -> impl FnOnce(&mut AnyConnection) -> Result<(), StorageError> + Send + 'static {
    let name = name.to_owned();
    move |connection| {
        diesel::insert_into(items::table)
            .values((items::name.eq(name), items::n.eq(0_i64)))
            .execute(connection)?;
        Ok(())
    }
}

/// Adds one in the most careless way: read, then write.
fn add_one(connection: &mut AnyConnection) -> Result<(), StorageError> {
    let n: i64 = items::table.find("x").select(items::n).first(connection)?;
    diesel::update(items::table.find("x")).set(items::n.eq(n + 1)).execute(connection)?;
    Ok(())
}

async fn names(store: &Store) -> Vec<String> {
    store
        .read::<_, StorageError, _>(&patient(), |connection| {
            Ok(items::table.select(items::name).order(items::name).load(connection)?)
        })
        .await
        .unwrap()
}

fn is_unavailable<T>(result: &Result<T, StorageError>) -> bool {
    matches!(result, Err(StorageError::Unavailable { .. }))
}

/// Work that says when it runs and then waits to be let go.
fn held_up() -> (
    impl FnOnce(&mut AnyConnection) -> Result<(), StorageError> + Send + 'static,
    Receiver<()>,
    SyncSender<()>,
) {
    let (says_runs, runs) = sync_channel(1);
    let (let_go, waits) = sync_channel::<()>(1);
    let work = move |_: &mut AnyConnection| {
        says_runs.send(()).unwrap();
        waits.recv().unwrap();
        Ok(())
    };
    (work, runs, let_go)
}

/// Waits, without sleeping, until a figure of the store is as it should be.
async fn until(condition: impl Fn() -> bool) {
    let met = async {
        while !condition() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), met).await.expect("the condition is never met");
}
