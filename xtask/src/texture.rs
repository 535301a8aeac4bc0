//! The texture of the sources: file lengths, headers, and no `unwrap` where users would meet it.

use crate::failure::Failure;
use crate::workspace::Workspace;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The longest a file may be, tests included.
const LINES_MAX: usize = 400;
/// The most lines that half of the files outside of tests may have.
const MEDIAN_LINES_MAX: usize = 100;
/// A header begins within this many lines.
const HEADER_LINES: usize = 5;
/// Folders and files that are tests, or help them.
const TEST_PARTS: [&str; 6] = ["tests", "tests.rs", "testing.rs", "testkit", "benches", "fuzz"];

/// A Rust file.
struct Source {
    path: PathBuf,
    text: String,
}

/// Checks every Rust file that git knows or would add.
///
/// # Errors
/// [`Failure::Rule`] with every place that breaks a rule.
pub(crate) fn check(workspace: &Workspace) -> Result<(), Failure> {
    Failure::unless_empty("texture of the sources", broken(&sources(workspace)?))
}

fn sources(workspace: &Workspace) -> Result<Vec<Source>, Failure> {
    let mut git = Command::new("git");
    git.args(["ls-files", "--cached", "--others", "--exclude-standard", "*.rs"])
        .current_dir(workspace.root());
    let listed = git.output().map_err(|source| Failure::Start { command: "git ls-files".into(), source })?;
    let paths = String::from_utf8_lossy(&listed.stdout).lines().map(PathBuf::from).collect::<Vec<_>>();
    let there = paths.into_iter().filter(|path| workspace.join(path).exists());
    there.map(|path| read(workspace, path)).collect()
}

fn read(workspace: &Workspace, path: PathBuf) -> Result<Source, Failure> {
    let full = workspace.join(&path);
    let text = std::fs::read_to_string(&full).map_err(Failure::file(full))?;
    Ok(Source { path, text })
}

/// Every place that breaks a rule.
fn broken(sources: &[Source]) -> Vec<String> {
    let mut broken: Vec<String> = sources.iter().flat_map(broken_in).collect();
    let mut lengths: Vec<usize> = sources
        .iter()
        .filter(|source| !is_test(&source.path))
        .map(|source| product(&source.text).count())
        .collect();
    lengths.sort_unstable();
    if let Some(median) = lengths.get(lengths.len() / 2).filter(|median| **median > MEDIAN_LINES_MAX) {
        broken.push(format!("the median file has {median} lines, more than {MEDIAN_LINES_MAX}"));
    }
    broken
}

fn broken_in(source: &Source) -> Vec<String> {
    let path = source.path.display();
    let mut broken = Vec::new();
    let lines = source.text.lines().count();
    if lines > LINES_MAX {
        broken.push(format!("{path}: {lines} lines, more than {LINES_MAX}"));
    }
    if !source
        .text
        .lines()
        .take(HEADER_LINES)
        .any(|line| line.starts_with("//!") || line.starts_with("#![doc"))
    {
        broken.push(format!("{path}: no header that says what the file is for"));
    }
    if !is_test(&source.path) {
        let careless = product(&source.text).enumerate().filter(|(_, line)| may_panic(line));
        broken.extend(
            careless.map(|(index, _)| format!("{path}:{}: unwrap or expect outside of tests", index + 1)),
        );
    }
    broken
}

/// The lines before a file's tests.
fn product(text: &str) -> impl Iterator<Item = &str> {
    text.lines().take_while(|line| line.trim() != "#[cfg(test)]")
}

fn may_panic(line: &str) -> bool {
    let code = line.trim();
    !code.starts_with("//")
        && code.split('.').skip(1).any(|call| {
            let name = call.split('(').next().filter(|name| name.len() < call.len());
            name.is_some_and(|name| name == "unwrap" || name == "expect")
        })
}

fn is_test(path: &Path) -> bool {
    path.iter().any(|part| TEST_PARTS.iter().any(|test| part == *test))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: impl Into<String>) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    #[test]
    fn the_tree_keeps_the_rules() {
        let sources = sources(&Workspace::find().unwrap()).unwrap();
        assert!(sources.len() > 50, "the files are found");
        assert_eq!(broken(&sources), Vec::<String>::new());
    }

    #[test]
    fn a_long_file_a_missing_header_and_an_unwrap_are_each_reported() {
        let long = format!("//! Long.\n{}", "\n".repeat(LINES_MAX));
        let careless =
            "//! Careless.\nfn f() {\n    g().unwrap();\n}\n#[cfg(test)]\nmod tests { g().unwrap() }\n";
        let found = broken(&[
            source("a/src/long.rs", long),
            source("a/src/bare.rs", "fn f() {}\n"),
            source("a/src/careless.rs", careless),
            source("a/src/tests.rs", "//! Tests.\nfn f() { g().unwrap() }\n"),
        ]);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.iter().any(|line| line.starts_with("a/src/long.rs: 401")));
        assert!(found.iter().any(|line| line.starts_with("a/src/bare.rs: no header")));
        assert!(found.iter().any(|line| line.starts_with("a/src/careless.rs:3:")));
    }

    #[test]
    fn a_high_median_is_reported() {
        let text = format!("//! Middling.\n{}", "\n".repeat(MEDIAN_LINES_MAX));
        assert_eq!(broken(&[source("a/src/a.rs", text)]), ["the median file has 101 lines, more than 100"]);
    }
}
