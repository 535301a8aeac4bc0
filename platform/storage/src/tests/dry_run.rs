//! Dry runs: what they answer, and that nothing of them stays.

use super::server::Server;
use super::*;

fn dry() -> Context {
    patient().as_dry_run()
}

/// Inserts, and reads what it inserted.
fn insert_and_count(
    name: &str,
) -> impl FnOnce(&mut AnyConnection) -> Result<i64, StorageError> + Send + 'static {
    let insert = insert(name);
    move |connection| {
        insert(connection)?;
        Ok(items::table.count().get_result(connection)?)
    }
}

fn orphan(connection: &mut AnyConnection) -> Result<(), StorageError> {
    diesel::insert_into(parts::table).values(parts::item.eq("nobody")).execute(connection)?;
    Ok(())
}

/// The answers of a real write, and nothing of it in the store.
async fn answers_as_if(store: &Store) {
    store.write(&patient(), insert("there")).await.unwrap();
    assert_eq!(store.write(&dry(), insert_and_count("dry")).await.unwrap(), 2);
    assert_eq!(store.write(&dry(), insert_and_count("dry")).await.unwrap(), 2, "the first left nothing");
    let taken = store.write(&dry(), insert("there")).await;
    assert!(matches!(taken, Err(StorageError::Unique { .. })), "{taken:?}");
    let nested = |connection: &mut AnyConnection| -> Result<(), StorageError> {
        connection.transaction(insert("nested"))
    };
    store.write(&dry(), nested).await.unwrap();
    assert_eq!(names(store).await, ["there"]);
    assert_eq!(store.metrics().dry_runs, 3);
    store.write(&patient(), insert("dry")).await.unwrap();
    assert_eq!(names(store).await, ["dry", "there"]);
}

#[tokio::test]
async fn a_dry_run_answers_as_if_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(options("users", in_directory(&directory))).unwrap();
    answers_as_if(&store).await;
    assert_eq!(store.metrics().connects, 3, "no connection was made anew");
}

#[tokio::test]
async fn a_dry_run_answers_as_if_on_postgres() {
    let Some(server) = Server::start(&["users"]) else { return };
    let mut options = server.options("users");
    options.settings.postgres_connections = 1;
    let store = Store::open(options).unwrap();
    answers_as_if(&store).await;
    let missing = store.write(&dry(), orphan).await;
    assert!(
        matches!(missing, Err(StorageError::Database { .. })),
        "what the commit would have found: {missing:?}"
    );
    let swallow = |connection: &mut AnyConnection| -> Result<(), StorageError> {
        let _ = diesel::sql_query("SELECT 1/0").execute(connection);
        Ok(())
    };
    assert!(store.write(&dry(), swallow).await.is_err(), "a failure that was not looked at");
    assert_eq!(store.metrics().connects, 1, "no connection was made anew");
}

#[tokio::test]
async fn in_a_group_only_the_real_ones_stay() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(options("users", in_directory(&directory))).unwrap();
    let (work, runs, let_go) = held_up();
    let (asking, dry) = (patient(), dry());
    let (held, before, dry_run, same_name, ()) = tokio::join!(
        store.write(&asking, work),
        store.write(&asking, insert("a")),
        store.write(&dry, insert_and_count("b")),
        store.write(&asking, insert("b")),
        async {
            runs.recv().unwrap();
            until(|| store.metrics().queued == 3).await;
            let_go.send(()).unwrap();
        }
    );
    held.unwrap();
    before.unwrap();
    assert_eq!(dry_run.unwrap(), 2, "it sees what its group did before it");
    same_name.unwrap();
    assert_eq!(names(&store).await, ["a", "b"]);
    assert_eq!(store.metrics().grouped, 3);
}

#[tokio::test]
async fn a_group_that_keeps_nothing_is_not_committed() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(options("users", in_directory(&directory))).unwrap();
    store.write(&dry(), insert("a")).await.unwrap();
    assert_eq!(store.metrics().groups, 0);
}

/// What a dry run reads after it wrote is not what a real one would read, and it knows.
#[tokio::test]
async fn a_dry_run_that_reads_behind_its_write_is_partial() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(options("users", in_directory(&directory))).unwrap();
    let count = |connection: &mut AnyConnection| -> Result<i64, StorageError> {
        Ok(items::table.count().get_result(connection)?)
    };
    let context = dry();
    let dry_run = context.dry_run.clone().unwrap();
    assert_eq!(store.read(&context, count).await.unwrap(), 0);
    store.write(&context, insert("a")).await.unwrap();
    assert!(!dry_run.is_partial());
    assert_eq!(store.read(&context, count).await.unwrap(), 0);
    assert!(dry_run.is_partial());
}
