//! Everything that the databases of all modules hold, to be compared before and after.

use std::collections::BTreeMap;
use testkit::{Sql, TestDatabase};

/// Modules that keep something.
const MODULES: [&str; 3] = ["users", "tokens", "messages"];

/// Every row of every table, as text, under the table's name. SQLite's `sqlite_sequence` is one of them.
pub(crate) fn rows(database: &TestDatabase) -> BTreeMap<String, Vec<String>> {
    if database.admin_url().is_some() { rows_on_postgres(database) } else { rows_on_sqlite(database) }
}

/// PostgreSQL's sequences, which no rollback gives back: the last id that each gave.
pub(crate) fn sequences(database: &TestDatabase) -> BTreeMap<String, i64> {
    let query = "SELECT schemaname || '.' || sequencename || '=' || coalesce(last_value, 0) AS text FROM pg_sequences";
    let found = database.admin().texts(query).unwrap();
    let pair = |text: &String| {
        let (name, last) = text.split_once('=').unwrap();
        (name.to_owned(), last.parse().unwrap())
    };
    found.iter().map(pair).collect()
}

fn rows_on_postgres(database: &TestDatabase) -> BTreeMap<String, Vec<String>> {
    let mut sql = database.admin();
    let tables = "SELECT table_schema || '.' || table_name AS text FROM information_schema.tables \
                  WHERE table_schema NOT IN ('pg_catalog', 'information_schema')";
    let tables = sql.texts(tables).unwrap();
    let rows = |table: String| {
        let rows = sql.texts(&format!("SELECT t::text AS text FROM {table} t ORDER BY 1")).unwrap();
        (table, rows)
    };
    tables.into_iter().map(rows).collect()
}

fn rows_on_sqlite(database: &TestDatabase) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for module in MODULES {
        let mut sql = blackbox::store(database, module);
        for table in sql.texts("SELECT name AS text FROM sqlite_master WHERE type = 'table'").unwrap() {
            all.insert(format!("{module}.{table}"), table_on_sqlite(&mut sql, &table));
        }
    }
    all
}

fn table_on_sqlite(sql: &mut Sql, table: &str) -> Vec<String> {
    let columns = format!("SELECT 'quote(\"' || name || '\")' AS text FROM pragma_table_info('{table}')");
    let columns = sql.texts(&columns).unwrap().join(" || ',' || ");
    sql.texts(&format!("SELECT {columns} AS text FROM \"{table}\" ORDER BY 1")).unwrap()
}
