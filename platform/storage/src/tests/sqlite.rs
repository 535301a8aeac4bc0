//! The embedded store as its module sees it: reads, writes, bounds, and callers that give up.

use super::*;

#[tokio::test]
async fn what_is_written_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(options("users", in_directory(&directory))).unwrap();
    store.write(&patient(), insert("a")).await.unwrap();
    assert_eq!(names(&store).await, ["a"]);
    let again = store.write(&patient(), insert("a")).await;
    assert!(matches!(again, Err(StorageError::Unique { .. })), "{again:?}");
    let missing = store.write(&patient(), add_one).await;
    assert!(matches!(missing, Err(StorageError::NotFound)), "{missing:?}");
    store.ping(&patient()).await.unwrap();
}

#[tokio::test]
async fn a_read_can_change_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(options("users", in_directory(&directory))).unwrap();
    let outcome = store.read(&patient(), insert("a")).await;
    assert!(matches!(outcome, Err(StorageError::Database { .. })), "{outcome:?}");
    assert!(names(&store).await.is_empty());
}

#[tokio::test]
async fn a_transaction_that_a_read_leaves_open_is_closed() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = options("users", in_directory(&directory));
    options.settings.sqlite_readers = 1;
    let store = Store::open(options).unwrap();
    let leave_open = |connection: &mut AnyConnection| -> Result<(), StorageError> {
        use diesel::connection::TransactionManager;
        <AnyConnection as Connection>::TransactionManager::begin_transaction(connection)?;
        let _: i64 = items::table.count().get_result(connection)?;
        Ok(())
    };
    store.read(&patient(), leave_open).await.unwrap();
    store.write(&patient(), insert("later")).await.unwrap();
    assert_eq!(names(&store).await, ["later"], "the next read must not see the past");
}

#[test]
fn four_threads_that_read_and_then_write_lose_nothing() {
    const EACH: i64 = 100;
    let directory = tempfile::tempdir().unwrap();
    let url = in_directory(&directory);
    // Two stores stand for two processes: each has its own writer, the file is one.
    let stores =
        [Store::open(options("users", url.clone())).unwrap(), Store::open(options("users", url)).unwrap()];
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime().block_on(stores[0].write(&patient(), insert("x"))).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let store = &stores[thread % 2];
            scope.spawn(move || {
                runtime().block_on(async {
                    for _ in 0..EACH {
                        store.write(&context(Duration::from_secs(60)), add_one).await.unwrap();
                    }
                });
            });
        }
    });
    let count = runtime().block_on(stores[1].read::<i64, StorageError, _>(&patient(), |connection| {
        Ok(items::table.find("x").select(items::n).first(connection)?)
    }));
    assert_eq!(count.unwrap(), 4 * EACH);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = options("users", in_directory(&directory));
    options.settings.queue_max = 1;
    let store = Store::open(options).unwrap();
    let (work, runs, let_go) = held_up();
    let asking = patient();
    let (first, ()) = tokio::join!(store.write(&asking, work), async {
        runs.recv().unwrap();
        let (second, ()) = tokio::join!(store.write(&asking, insert("a")), async {
            until(|| store.metrics().queued == 1).await;
            let third = store.write(&asking, insert("b")).await;
            assert!(is_unavailable(&third), "{third:?}");
            let_go.send(()).unwrap();
        });
        second.unwrap();
    });
    first.unwrap();
    assert_eq!(names(&store).await, ["a"]);
    assert_eq!(store.metrics().refused, 1);
}

#[tokio::test]
async fn work_whose_caller_has_gone_is_not_started() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(options("users", in_directory(&directory))).unwrap();
    let (work, runs, let_go) = held_up();
    let asking = patient();
    let (first, ()) = tokio::join!(store.write(&asking, work), async {
        runs.recv().unwrap();
        tokio::select! {
            outcome = store.write(&asking, insert("a")) => panic!("{outcome:?}"),
            () = until(|| store.metrics().queued == 1) => {}
        }
        // The future of the write was dropped: nobody waits.
        let_go.send(()).unwrap();
    });
    first.unwrap();
    until(|| store.metrics().abandoned == 1).await;
    assert!(names(&store).await.is_empty());
}

#[tokio::test]
async fn a_caller_is_told_when_its_time_is_up() {
    let directory = tempfile::tempdir().unwrap();
    let mut options = options("users", in_directory(&directory));
    options.settings.answer_within_ms = 5;
    let store = Store::open(options).unwrap();
    let (work, runs, let_go) = held_up();
    let outcome = store.write(&patient(), work).await;
    assert!(is_unavailable(&outcome), "{outcome:?}");
    assert_eq!(store.metrics().timed_out, 1);
    runs.recv().unwrap();
    let_go.send(()).unwrap();
}

#[tokio::test]
async fn a_write_whose_caller_goes_while_it_runs_is_rolled_back() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(options("users", in_directory(&directory))).unwrap();
    let (work, runs, let_go) = held_up();
    let slow = |connection: &mut AnyConnection| {
        insert("a")(connection)?;
        work(connection)
    };
    let asking = patient();
    tokio::select! {
        outcome = store.write(&asking, slow) => panic!("{outcome:?}"),
        () = until(|| runs.try_recv().is_ok()) => {}
    }
    // The future of the write was dropped: nobody waits.
    let_go.send(()).unwrap();
    until(|| store.metrics().abandoned == 1).await;
    store.write(&patient(), insert("b")).await.unwrap();
    assert_eq!(names(&store).await, ["b"]);
}

#[tokio::test]
async fn a_deadline_that_has_passed_asks_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(options("users", in_directory(&directory))).unwrap();
    let outcome = store.write(&context(Duration::ZERO), insert("a")).await;
    assert!(is_unavailable(&outcome), "{outcome:?}");
    assert!(names(&store).await.is_empty());
}

#[tokio::test]
async fn closing_finishes_what_is_queued() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(options("users", in_directory(&directory))).unwrap();
    let (work, runs, let_go) = held_up();
    let (asking, waiting) = (patient(), patient());
    let (first, second, ()) =
        tokio::join!(store.write(&asking, work), store.write(&waiting, insert("a")), async {
            runs.recv().unwrap();
            let_go.send(()).unwrap();
            assert!(store.close() && store.close());
        });
    first.unwrap();
    second.unwrap();
    assert!(is_unavailable(&store.write(&patient(), insert("b")).await));
    assert_eq!(store.metrics().connected, 0);
    assert!(!directory.path().join("users.db-wal").exists(), "the log was moved into the file");

    let store = Store::open(options("users", in_directory(&directory))).unwrap();
    assert_eq!(names(&store).await, ["a"]);
}
