//! The files of the embedded store: how they are made, and what is refused.

use super::*;
use crate::{MigrationStatus, migrate, status};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

const BROKEN: EmbeddedMigrations = embed_migrations!("src/tests/migrations/broken");

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().mode() & 0o777
}

fn refusal(options: StoreOptions) -> String {
    match Store::open(options) {
        Err(error @ StorageError::Setup { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nobody_else_may_look_inside() {
    let above = tempfile::tempdir().unwrap();
    let directory = above.path().join("deep/data");
    let store = Store::open(options("users", StorageUrl::Sqlite { directory: directory.clone() })).unwrap();
    store.write(&patient(), insert("a")).await.unwrap();
    assert_eq!((mode(&above.path().join("deep")), mode(&directory)), (0o700, 0o700));
    for file in ["users.db", "users.db-wal", "users.db-shm", "users.lock"] {
        assert_eq!(mode(&directory.join(file)), 0o600, "{file}");
    }
}

#[test]
fn a_file_that_is_no_database_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(
        directory.path().join("users.db"),
        "no database at all, but long enough for a header of one ".repeat(40),
    )
    .unwrap();
    let refusal = refusal(options("users", in_directory(&directory)));
    assert!(refusal.contains("users.db") && refusal.contains("not a database"), "{refusal}");
}

#[test]
fn a_directory_that_cannot_be_made_is_refused() {
    let above = tempfile::tempdir().unwrap();
    fs::write(above.path().join("file"), "").unwrap();
    let directory = above.path().join("file/data");
    let refusal = refusal(options("users", StorageUrl::Sqlite { directory }));
    assert!(
        refusal.starts_with("users: cannot open the store: ") && refusal.contains("file/data"),
        "{refusal}"
    );
}

#[test]
fn names_and_bounds_are_checked_first() {
    let directory = tempfile::tempdir().unwrap();
    assert!(refusal(options("../users", in_directory(&directory))).contains("[a-z]"));
    let mut options = options("users", in_directory(&directory));
    options.settings.group_max = 0;
    assert!(refusal(options).contains("storage.group_max"));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

#[test]
fn many_that_open_at_once_migrate_one_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| Store::open(options("users", in_directory(&directory))).unwrap());
        }
    });
    let options = options("users", in_directory(&directory));
    let status = status(&options.migrations, &options.settings, &options.secrets).unwrap();
    assert_eq!(status.applied, ["0001_items"]);
}

#[test]
fn a_process_that_migrates_is_waited_for_within_a_bound() {
    let directory = tempfile::tempdir().unwrap();
    let file = crate::sqlite::File::prepare(directory.path(), "users").unwrap();
    let lock = file.lock(1).unwrap();
    let mut options = options("users", in_directory(&directory));
    options.settings.migrate_wait_ms = 1;
    assert!(refusal(options.clone()).contains("another process still migrates"));
    drop(lock);
    Store::open(options).unwrap();
}

#[test]
fn status_tells_and_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let options = options("users", in_directory(&directory));
    let tell = || status(&options.migrations, &options.settings, &options.secrets).unwrap();
    assert_eq!(tell(), MigrationStatus { pending: vec!["0001_items".into()], ..MigrationStatus::default() });
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);

    let run = || migrate(&options.migrations, &options.settings, &options.secrets).unwrap();
    assert_eq!(run(), ["0001_items"]);
    assert!(run().is_empty());
    assert_eq!(tell(), MigrationStatus { applied: vec!["0001_items".into()], ..MigrationStatus::default() });
}

#[test]
fn a_migration_that_fails_is_rolled_back_and_those_before_stay() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = options("users", in_directory(&directory));
    options.migrations.sqlite = || BROKEN;
    for _ in 0..2 {
        let error = Store::open(options.clone()).unwrap_err();
        assert!(matches!(error, StorageError::Migration { module: "users", .. }), "{error:?}");
        assert!(
            error.to_string().contains("nowhere"),
            "the second time it is not the table that is in the way"
        );
    }
    let status = status(&options.migrations, &options.settings, &options.secrets).unwrap();
    assert_eq!((status.applied, status.pending), (vec!["0001_items".into()], vec!["0002_broken".into()]));
}
