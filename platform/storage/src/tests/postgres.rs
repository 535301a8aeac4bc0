//! The store on PostgreSQL as its module sees it, and the walls between modules.

use super::server::{Server, administrator};
use super::*;
use crate::{provision, status};
use diesel::connection::SimpleConnection;

#[tokio::test]
async fn what_is_written_is_read() {
    let Some(server) = Server::start(&["users"]) else { return };
    let store = Store::open(server.options("users")).unwrap();
    store.write(&patient(), insert("a")).await.unwrap();
    assert_eq!(names(&store).await, ["a"]);
    let again = store.write(&patient(), insert("a")).await;
    assert!(matches!(again, Err(StorageError::Unique { .. })), "{again:?}");
    store.ping(&patient()).await.unwrap();
    let options = server.options("users");
    let status = status(&options.migrations, &options.settings, &options.secrets).unwrap();
    assert_eq!((status.applied, status.pending), (vec!["0001_items".into()], vec![]));
    assert!(store.close());
}

#[tokio::test]
async fn one_that_fails_or_panics_changes_nothing() {
    let Some(server) = Server::start(&["users"]) else { return };
    let mut options = server.options("users");
    options.settings.postgres_connections = 1;
    let store = Store::open(options).unwrap();
    let fail = |connection: &mut AnyConnection| -> Result<(), StorageError> {
        insert("failed")(connection)?;
        Err(StorageError::NotFound)
    };
    let panic = |connection: &mut AnyConnection| -> Result<(), StorageError> {
        insert("panicked")(connection)?;
        panic!("a test's panic")
    };
    let nest = |connection: &mut AnyConnection| -> Result<(), StorageError> {
        insert("outside")(connection)?;
        let _ = connection.transaction::<(), StorageError, _>(|connection| {
            insert("inside")(connection)?;
            Err(StorageError::NotFound)
        });
        Ok(())
    };
    // PostgreSQL would answer the commit of this one with a silent rollback.
    let swallow = |connection: &mut AnyConnection| -> Result<(), StorageError> {
        insert("swallowed")(connection)?;
        let _ = diesel::sql_query("SELECT 1/0").execute(connection);
        Ok(())
    };
    assert!(matches!(store.write(&patient(), fail).await, Err(StorageError::NotFound)));
    assert!(matches!(store.write(&patient(), panic).await, Err(StorageError::Panicked { .. })));
    assert!(matches!(store.write(&patient(), swallow).await, Err(StorageError::Database { .. })));
    store.write(&patient(), nest).await.unwrap();
    assert_eq!(names(&store).await, ["outside"]);
    assert_eq!(store.metrics().connects, 1);
}

#[tokio::test]
async fn four_tasks_that_lock_and_then_write_lose_nothing() {
    let Some(server) = Server::start(&["users"]) else { return };
    let store = Store::open(server.options("users")).unwrap();
    store.write(&patient(), insert("x")).await.unwrap();
    // READ COMMITTED loses updates unless the row is locked; the portable way is one statement.
    let add = || async {
        for _ in 0..50 {
            let add = |connection: &mut AnyConnection| -> Result<usize, StorageError> {
                Ok(diesel::update(items::table.find("x"))
                    .set(items::n.eq(items::n + 1))
                    .execute(connection)?)
            };
            store.write(&patient(), add).await.unwrap();
        }
    };
    tokio::join!(add(), add(), add(), add());
    let n =
        store.read::<i64, StorageError, _>(&patient(), |c| Ok(items::table.select(items::n).first(c)?)).await;
    assert_eq!(n.unwrap(), 200);
}

#[tokio::test]
async fn a_module_is_denied_the_schema_of_another() {
    let Some(server) = Server::start(&["users", "tokens"]) else { return };
    let users = Store::open(server.options("users")).unwrap();
    let tokens = Store::open(server.options("tokens")).unwrap();
    users.write(&patient(), insert("a")).await.unwrap();
    assert!(names(&tokens).await.is_empty(), "the same name is another table");
    for (sql, denial) in [
        ("SELECT * FROM users.items", "permission denied for schema users"),
        ("INSERT INTO users.items VALUES ('b', 1)", "permission denied for schema users"),
        ("CREATE TABLE users.mine (n INT)", "permission denied for schema users"),
        ("SET search_path = users; SELECT * FROM items", "does not exist"),
        ("CREATE TABLE public.mine (n INT)", "permission denied for schema public"),
        ("CREATE TEMPORARY TABLE mine (n INT)", "permission denied"),
        ("CREATE SCHEMA mine", "permission denied for database"),
        ("CREATE ROLE mine", "permission denied"),
        ("SELECT rolpassword FROM pg_authid", "permission denied"),
    ] {
        let refused = denied(&tokens, sql.to_owned()).await;
        assert!(refused.contains(denial), "{sql}: {refused}");
    }
    let become_users = denied(&tokens, format!("SET ROLE {}_users", server.database())).await;
    assert!(become_users.contains("permission denied to set role"), "{become_users}");
}

async fn denied(store: &Store, sql: String) -> String {
    let run = move |connection: &mut AnyConnection| both!(connection, |c| Ok(c.batch_execute(&sql)?));
    match store.write::<(), StorageError, _>(&patient(), run).await {
        Err(StorageError::Database { source }) => source.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn provisioning_twice_changes_nothing_and_keeps_the_passwords() {
    let Some(server) = Server::start(&["users", "tokens"]) else { return };
    let again = server.provision();
    assert!(again.actions.is_empty(), "{:?}", again.actions);
    assert_eq!(again.secrets, server.secrets);
    let password = |module| server.secrets.password(module).unwrap();
    assert!(password("users").len() >= 32 && password("users") != password("tokens"));
}

#[test]
fn provisioning_repairs_what_was_taken_away() {
    let Some(server) = Server::start(&["users"]) else { return };
    server.administer(&format!("ALTER ROLE {}_users SUPERUSER", server.database()));
    let actions = server.provision().actions;
    assert!(actions.len() == 1 && actions[0].starts_with("took powers"), "{actions:?}");
}

#[test]
fn provisioning_refuses_what_is_no_name_and_no_server() {
    let sqlite = "sqlite:./data".parse().unwrap();
    let postgres: StorageUrl = "postgres://127.0.0.1:1/chat".parse().unwrap();
    let random = kernel::OsRandom;
    let run = |admin, url, module| provision(admin, url, &[module], Secrets::default(), &random).unwrap_err();
    let admin = "postgres://a:s3cret@127.0.0.1:1/postgres";
    assert!(matches!(run(admin, &sqlite, "users"), StorageError::Setup { .. }));
    assert!(matches!(run(admin, &postgres, "users\"; DROP"), StorageError::Setup { .. }));
    let refused = run(admin, &postgres, "users").to_string();
    assert!(
        refused.starts_with("cannot log in as administrator") && !refused.contains("s3cret"),
        "{refused}"
    );
    assert!(matches!(run("sqlite:x", &postgres, "users"), StorageError::Provision { .. }));
}

#[test]
fn what_was_not_provisioned_says_what_to_do() {
    let Some(server) = Server::start(&["users"]) else { return };
    let refusal = |options| match Store::open(options) {
        Err(StorageError::Setup { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    assert!(refusal(server.options("tokens")).contains("banyan db provision"), "no such role");
    let Some(admin) = administrator() else { return };
    let mut url = admin;
    url.set_path(server.database());
    PgConnection::establish(url.as_str()).unwrap().batch_execute("DROP SCHEMA users").unwrap();
    assert!(refusal(server.options("users")).contains("banyan db provision"), "no such schema");
}

#[test]
fn many_that_open_at_once_migrate_one_at_a_time() {
    let Some(server) = Server::start(&["users"]) else { return };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| Store::open(server.options("users")).unwrap());
        }
    });
}
