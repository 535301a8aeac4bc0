//! A module's own tables behind the product's back: for rows that would take a day, or a thousand calls, to come.

use testkit::{Sql, TestDatabase};

/// The tables of one module, without a schema's name before theirs.
///
/// # Panics
/// When they cannot be reached.
#[must_use]
pub fn store(database: &TestDatabase, module: &str) -> Sql {
    let (mut sql, setting) = match database.admin_url() {
        Some(_) => (database.admin(), format!("SET search_path TO {module}")),
        None => {
            let file = database.directory().join("data").join(format!("{module}.db"));
            (Sql::open(&file), "PRAGMA busy_timeout = 5000".to_owned())
        }
    };
    sql.run(&setting).expect("a setting");
    sql
}

/// Adds `count` accounts that changed at `at` (epoch seconds) and cannot sign in: `row0001` and so on.
///
/// # Panics
/// When the database refuses.
pub fn insert_users(database: &TestDatabase, count: u32, at: i64) {
    let row = format!("'row' || substr('000' || i, -4), 'x', {at}, {at}, {at}, false");
    // PostgreSQL's substr knows no place from the end.
    let row = if database.admin_url().is_some() {
        row.replace("substr('000' || i, -4)", "right('000' || i, 4)")
    } else {
        row
    };
    let columns = "nickname, password_hash, created_at, updated_at, last_seen_at, online";
    insert(&mut store(database, "users"), "users", columns, &row, count);
}

/// Adds `count` messages of the account `user_id` that changed at `at` (epoch seconds): `row 1` and so on.
///
/// # Panics
/// When the database refuses.
pub fn insert_messages(database: &TestDatabase, user_id: i64, count: u32, at: i64) {
    let row = format!("{user_id}, 'row ' || i, 'row ' || i, {at}, {at}");
    let columns = "user_id, source, html, created_at, updated_at";
    insert(&mut store(database, "messages"), "messages", columns, &row, count);
}

fn insert(store: &mut Sql, table: &str, columns: &str, row: &str, count: u32) {
    let numbers =
        format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})");
    store.run(&format!("{numbers} INSERT INTO {table} ({columns}) SELECT {row} FROM n")).expect("rows");
}
