//! Modules are alike: the same file names, and each library only in the file whose business it is.

use crate::tree::{modules, rust_files};

/// The files that every module has.
const REQUIRED: [&str; 6] = ["lib", "http", "service", "store", "schema", "settings"];
/// Those that a module has where it needs them.
const OPTIONAL: [&str; 4] = ["errors", "events", "jobs", "tests"];

/// A word that may be used in some files of a module only.
struct Confined {
    word: &'static str,
    /// Files, or folders of their parts.
    to: &'static [&'static str],
    why: &'static str,
}

const CONFINED: [Confined; 3] = [
    Confined { word: "diesel", to: &["store", "schema"], why: "only the store knows Diesel" },
    Confined { word: "actix_web", to: &["http", "lib"], why: "only the handlers know the web framework" },
    Confined { word: "schema::", to: &["store", "schema"], why: "tables are the store's business" },
];
/// Words that a store must not use: it knows no HTTP.
const NOT_IN_STORES: [&str; 4] = ["actix", "host::", "Problem", "StatusCode"];

/// What one module's files break; a file is its path below `src` and its text.
fn broken(files: &[(String, String)]) -> Vec<String> {
    let names: Vec<&str> = files.iter().map(|(path, _)| top(path)).collect();
    let missing =
        REQUIRED.iter().filter(|name| !names.contains(name)).map(|name| format!("{name}.rs is missing"));
    let odd = names.iter().filter(|name| !REQUIRED.contains(name) && !OPTIONAL.contains(name));
    let odd = odd.map(|name| format!("{name}.rs: no other module has such a file"));
    let product =
        files.iter().filter(|(path, _)| !path.split('/').any(|part| part == "tests" || part == "tests.rs"));
    missing.chain(odd).chain(product.flat_map(|(path, text)| strayed(path, text))).collect()
}

/// Words in a file where they do not belong.
fn strayed(path: &str, text: &str) -> Vec<String> {
    let file = top(path);
    let uses = |word: &str| code(text).any(|line| line.contains(word));
    let confined = CONFINED.iter().filter(|rule| !rule.to.contains(&file) && uses(rule.word));
    let confined = confined.map(|rule| format!("{path}: uses `{}`, but {}", rule.word, rule.why));
    let stores = NOT_IN_STORES.iter().filter(|word| file == "store" && uses(word));
    confined.chain(stores.map(|word| format!("{path}: uses `{word}`, but a store knows no HTTP"))).collect()
}

/// The file or folder directly below `src`: `store` of `store.rs` and of `store/rows.rs`.
fn top(path: &str) -> &str {
    path.split(['/', '.']).next().unwrap_or(path)
}

/// Lines of code before a file's tests, without comments.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let product = text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
    product.map(str::trim).filter(|line| !line.starts_with("//"))
}

#[test]
fn modules_have_the_same_files_and_keep_libraries_where_they_belong() {
    let root = testkit::workspace_root();
    let found: Vec<String> = modules()
        .iter()
        .flat_map(|module| {
            let files = rust_files(&root.join("modules").join(module).join("src"));
            broken(&files).into_iter().map(move |line| format!("{module}: {line}"))
        })
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

/// A module in order, with one file's text replaced or one file more.
fn with(path: &str, text: &str) -> Vec<String> {
    let mut files: Vec<(String, String)> =
        REQUIRED.iter().map(|name| (format!("{name}.rs"), "//! diesel, actix_web.\n".to_owned())).collect();
    files.retain(|(name, _)| name != path);
    files.push((path.into(), text.into()));
    broken(&files)
}

#[test]
fn a_module_in_order_is_silent() {
    assert_eq!(
        with("store.rs", "use diesel::prelude::*;\nuse crate::schema::users;\n"),
        Vec::<String>::new()
    );
    assert_eq!(with("store/rows.rs", "use diesel::prelude::*;\n"), Vec::<String>::new());
    assert_eq!(with("http/input.rs", "use actix_web::web;\n"), Vec::<String>::new());
    assert_eq!(with("service/tests.rs", "use actix_web::web;\nuse diesel::x;\n"), Vec::<String>::new());
    assert_eq!(
        with("service.rs", "fn f() {}\n#[cfg(test)]\nmod tests { use diesel::x; }\n"),
        Vec::<String>::new()
    );
}

#[test]
fn each_stray_is_reported() {
    assert_eq!(broken(&[]).len(), REQUIRED.len());
    for (path, text) in [
        ("helpers.rs", ""),
        ("helpers/one.rs", ""),
        ("service.rs", "use diesel::prelude::*;\n"),
        ("service/rules.rs", "use crate::schema::users;\n"),
        ("http.rs", "fn f(c: &mut diesel::PgConnection) {}\n"),
        ("jobs.rs", "use actix_web::web;\n"),
        ("store.rs", "use actix_http::Method;\n"),
        ("store.rs", "use host::ApiError;\n"),
        ("store/rows.rs", "use kernel::Problem;\n"),
    ] {
        assert_eq!(with(path, text).len(), 1, "{path}: {text}: {:?}", with(path, text));
    }
}
