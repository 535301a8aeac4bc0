//! Group commit: units of work share a commit and nothing else.

use super::*;

type Outcome = Result<(), StorageError>;

fn panic_after_insert(connection: &mut AnyConnection) -> Outcome {
    insert("panicked")(connection)?;
    connection.transaction::<(), StorageError, _>(|connection| {
        insert("panicked deeper")(connection)?;
        panic!("a test's panic")
    })
}

fn fail_after_insert(connection: &mut AnyConnection) -> Outcome {
    insert("failed")(connection)?;
    Err(StorageError::NotFound)
}

/// Keeps what is outside of a nested transaction that fails.
fn nest(connection: &mut AnyConnection) -> Outcome {
    insert("nested outside")(connection)?;
    let inside = connection.transaction::<(), StorageError, _>(fail_after_insert);
    assert!(inside.is_err());
    connection.transaction(insert("nested inside"))
}

fn leave_open(connection: &mut AnyConnection) -> Outcome {
    use diesel::connection::TransactionManager;
    <AnyConnection as Connection>::TransactionManager::begin_transaction(connection)?;
    insert("left open")(connection)
}

#[tokio::test]
async fn one_that_fails_or_panics_takes_nobody_with_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(options("users", in_directory(&directory))).unwrap();
    let (work, runs, let_go) = held_up();
    let asking = patient();
    let (held, good, failed, panicked, nested, open, last, ()) = tokio::join!(
        store.write(&asking, work),
        store.write(&asking, insert("good")),
        store.write(&asking, fail_after_insert),
        store.write(&asking, panic_after_insert),
        store.write(&asking, nest),
        store.write(&asking, leave_open),
        store.write(&asking, insert("last")),
        async {
            runs.recv().unwrap();
            until(|| store.metrics().queued == 6).await;
            let_go.send(()).unwrap();
        }
    );
    held.unwrap();
    good.unwrap();
    nested.unwrap();
    last.unwrap();
    assert!(matches!(failed, Err(StorageError::NotFound)), "{failed:?}");
    assert!(matches!(panicked, Err(StorageError::Panicked { module: "users" })), "{panicked:?}");
    assert!(matches!(open, Err(StorageError::Database { .. })), "{open:?}");
    assert_eq!(names(&store).await, ["good", "last", "nested inside", "nested outside"]);
    let metrics = store.metrics();
    assert_eq!((metrics.panicked, metrics.connects), (1, 3), "no connection was made anew");
}

#[tokio::test]
async fn what_waits_shares_a_commit_up_to_the_bound() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = options("users", in_directory(&directory));
    options.settings.group_max = 3;
    let store = Store::open(options).unwrap();
    let (work, runs, let_go) = held_up();
    let asking = patient();
    let _ = tokio::join!(
        store.write(&asking, work),
        store.write(&asking, insert("a")),
        store.write(&asking, insert("b")),
        store.write(&asking, insert("c")),
        store.write(&asking, insert("d")),
        async {
            runs.recv().unwrap();
            until(|| store.metrics().queued == 4).await;
            let_go.send(()).unwrap();
        }
    );
    let metrics = store.metrics();
    assert_eq!(names(&store).await, ["a", "b", "c", "d"]);
    assert_eq!(metrics.grouped, 5);
    assert!(metrics.group_largest <= 3 && metrics.groups >= 2, "{metrics:?}");
}

#[tokio::test]
async fn a_commit_that_fails_is_told_to_all_and_the_next_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(options("users", in_directory(&directory))).unwrap();
    // The check of this reference waits for the commit.
    let orphan = |connection: &mut AnyConnection| -> Outcome {
        diesel::insert_into(parts::table).values(parts::item.eq("nobody")).execute(connection)?;
        Ok(())
    };
    let outcome = store.write(&patient(), orphan).await;
    assert!(is_unavailable(&outcome), "{outcome:?}");
    store.write(&patient(), insert("a")).await.unwrap();
    assert_eq!(names(&store).await, ["a"]);
}

#[tokio::test]
async fn work_that_ends_the_transaction_fails_its_group_and_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(options("users", in_directory(&directory))).unwrap();
    let rogue = |connection: &mut AnyConnection| -> Outcome {
        both!(connection, |c| diesel::sql_query("ROLLBACK").execute(c))?;
        Ok(())
    };
    assert!(store.write(&patient(), rogue).await.is_err());
    store.write(&patient(), insert("a")).await.unwrap();
    assert_eq!(names(&store).await, ["a"]);
}
