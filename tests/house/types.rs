//! Boundaries, second depth: a module's tables cannot be named outside of it, so that no query across modules compiles.

use crate::tree::{entries, modules, name};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// What the compiler says of a private item.
const PRIVATE: &str = "error[E0603]";

/// The folder with the libraries that this test was built with.
fn libraries() -> PathBuf {
    std::env::current_exe().unwrap().parent().unwrap().to_owned()
}

/// The newest library of a crate: this package depends on it, so there is one.
fn library(krate: &str) -> PathBuf {
    let prefix = format!("lib{krate}-");
    let made = |path: &PathBuf| {
        fs::metadata(path).and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
    };
    let found = entries(&libraries()).into_iter().filter(|path| {
        name(path).starts_with(&prefix) && path.extension().is_some_and(|extension| extension == "rlib")
    });
    found.max_by_key(made).unwrap_or_else(|| panic!("{krate} must be a dependency of the package `blackbox`"))
}

/// Compiles a program that depends on `krate`; what the compiler says, or nothing when it is content.
fn compile(krate: &str, program: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("probe.rs");
    fs::write(&source, program).unwrap();
    let cargo = Path::new(env!("CARGO"));
    let output = Command::new(cargo.with_file_name("rustc"))
        .args(["--edition=2024", "--crate-type=lib", "--emit=metadata", "--out-dir"])
        .arg(folder.path())
        .arg(format!("--extern={krate}={}", library(krate).display()))
        .arg(format!("-Ldependency={}", libraries().display()))
        .arg(&source)
        .output()
        .unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// Whether `krate` has an item of this name and keeps it for itself: the compiler finds it and names that one reason.
fn hides(krate: &str, item: &str) -> bool {
    let said = compile(krate, &format!("pub use {krate}::{item};")).err().unwrap_or_default();
    said.contains(PRIVATE)
        && said.contains(&format!("`{item}` is private"))
        && said.matches("error[").count() == 1
}

#[test]
fn no_module_shows_its_tables() {
    for module in modules() {
        assert!(hides(&module, "schema"), "{module}");
    }
}

#[test]
fn neither_a_public_item_nor_a_missing_one_counts_as_hidden() {
    assert_eq!(compile("users", "pub use users::migrations;"), Ok(()));
    assert!(!hides("users", "migrations"));
    assert!(!hides("users", "no_such_item"));
}
