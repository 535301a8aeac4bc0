//! Boundaries, third depth: the database itself refuses one module's role, or holds one module's tables a file.

use crate::tree::{entries, modules, name};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use testkit::{Backend, Banyan, Sql, TestDatabase};

const DENIED: &str = "permission denied";

#[test]
fn a_role_is_refused_in_every_other_schema() {
    testkit::run(Backend::Postgres, |backend| async move {
        let banyan = Banyan::start(backend).await;
        let mut admin = banyan.database().admin();
        for module in owners() {
            let mut login = login(banyan.database(), &module);
            assert_ne!(tables(&mut login, &module), Vec::<String>::new(), "{module} sees its own tables");
            for other in owners().iter().filter(|other| **other != module) {
                refuses(&mut login, &module, other, &tables(&mut admin, other));
            }
            may_make_nothing_elsewhere(&mut login, &module);
        }
    });
}

/// Who owns a schema: the modules, and the gateway.
fn owners() -> Vec<String> {
    let mut owners = modules();
    owners.push("gateway".to_owned());
    owners.sort();
    owners
}

/// The module's own role, with the password that provisioning wrote down.
fn login(database: &TestDatabase, module: &str) -> Sql {
    let secrets: toml::Table =
        fs::read_to_string(database.directory().join("secrets.toml")).unwrap().parse().unwrap();
    let password = secrets["storage"]["passwords"][module].as_str().unwrap();
    let role = format!("{}_{module}", database.name());
    let kept = format!(
        "SELECT left(rolpassword, 13) AS text FROM pg_authid WHERE rolname = '{role}' AND rolcanlogin"
    );
    assert_eq!(
        database.admin().texts(&kept).unwrap(),
        ["SCRAM-SHA-256"],
        "nobody logs in without a password"
    );
    let mut login = database.login(&role, password).unwrap();
    assert_eq!(login.texts("SELECT current_user::text AS text").unwrap(), [role]);
    login
}

/// Names of the tables in a schema, as far as this login may see them.
fn tables(login: &mut Sql, schema: &str) -> Vec<String> {
    let query = format!(
        "SELECT relname::text AS text FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace \
         WHERE nspname = '{schema}' AND relkind = 'r' ORDER BY relname"
    );
    login.texts(&query).unwrap()
}

/// Reads, writes and makes nothing in another module's schema.
fn refuses(login: &mut Sql, module: &str, other: &str, tables: &[String]) {
    assert!(!tables.is_empty(), "{other} has tables");
    let reads = tables.iter().map(|table| format!("SELECT count(*) FROM \"{other}\".\"{table}\""));
    let writes = tables.iter().map(|table| format!("DELETE FROM \"{other}\".\"{table}\""));
    let makes =
        [format!("CREATE TABLE \"{other}\".stray (id int)"), format!("DROP SCHEMA \"{other}\" CASCADE")];
    for sql in reads.chain(writes).chain(makes) {
        let said = login.run(&sql).expect_err(&sql);
        let refusals = [format!("{DENIED} for schema {other}"), format!("must be owner of schema {other}")];
        assert!(refusals.iter().any(|refusal| said.contains(refusal)), "{module}: {sql}: {said}");
    }
}

/// Nothing in the public schema, no temporary tables, no other role.
fn may_make_nothing_elsewhere(login: &mut Sql, module: &str) {
    for sql in
        ["CREATE TABLE public.stray (id int)", "CREATE TEMPORARY TABLE stray (id int)", "CREATE ROLE stray"]
    {
        let said = login.run(sql).expect_err(sql);
        assert!(said.contains(DENIED), "{module}: {sql}: {said}");
    }
    assert!(login.run("SET ROLE postgres").is_err(), "{module}");
}

#[test]
fn a_module_has_a_file_of_its_own_with_its_tables_only() {
    testkit::run(Backend::Sqlite, |backend| async move {
        let banyan = Banyan::start(backend).await;
        banyan.sigterm_and_wait().await;
        let files: Vec<_> = entries(&banyan.database().directory().join("data"))
            .into_iter()
            .filter(|path| path.extension().is_some_and(|extension| extension == "db"))
            .collect();
        let names: Vec<String> = files.iter().map(|path| name(path).replace(".db", "")).collect();
        assert_eq!(names, owners());
        let mut seen = BTreeSet::new();
        for (module, file) in names.iter().zip(&files) {
            let tables = tables_in(file);
            assert_eq!(tables, tables_made_by(module), "{module}");
            assert!(
                tables.into_iter().all(|table| seen.insert(table)),
                "{module} has a table of another module"
            );
        }
    });
}

/// The tables of a file, without SQLite's own and the record of migrations.
fn tables_in(file: &Path) -> BTreeSet<String> {
    let query = "SELECT name AS text FROM sqlite_master WHERE type = 'table' \
                 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '__diesel_schema_migrations'";
    Sql::open(file).texts(query).unwrap().into_iter().collect()
}

/// The tables that a module's migrations make.
fn tables_made_by(module: &str) -> BTreeSet<String> {
    let folder = testkit::workspace_root().join("migrations").join(module).join("sqlite");
    let scripts =
        entries(&folder).into_iter().map(|migration| fs::read_to_string(migration.join("up.sql")).unwrap());
    let made: BTreeSet<String> = scripts.flat_map(|script| created(&script)).collect();
    assert!(!made.is_empty(), "{module} makes tables");
    made
}

/// The names after `CREATE TABLE` in a script.
fn created(script: &str) -> Vec<String> {
    let words: Vec<String> = script.split_whitespace().map(str::to_lowercase).collect();
    let tables = words.windows(3).filter(|words| words[0] == "create" && words[1] == "table");
    tables.map(|words| words[2].trim_end_matches('(').trim_matches('"').to_owned()).collect()
}

#[test]
fn created_tables_are_read_from_a_script() {
    assert_eq!(
        created("CREATE TABLE a (x int);\nCREATE INDEX i ON a (x);\ncreate table \"b\"(\n)"),
        ["a", "b"]
    );
}
