//! Boundaries, fourth depth: the golden map of modules, what they answer and whom they call. What crosses a boundary is
//! seen in the review of one file. The descriptions of the HTTP faces are kept current in the same way.

use crate::tree::{entries, name};
use std::collections::BTreeSet;
use std::fs;
use testkit::{CommandOutput, banyan_command, workspace_root};

const REMEDY: &str = "if this change is meant, run `cargo xtask generate` and check the result in";

/// Lines that only one side has, as `-` checked in and `+` new.
fn difference(checked_in: &str, new: &str) -> Vec<String> {
    let (old, fresh): (BTreeSet<&str>, BTreeSet<&str>) =
        (checked_in.lines().collect(), new.lines().collect());
    let gone = checked_in.lines().filter(|line| !fresh.contains(line)).map(|line| format!("- {line}"));
    let come = new.lines().filter(|line| !old.contains(line)).map(|line| format!("+ {line}"));
    gone.chain(come).collect()
}

/// Each indented line of a map with the heading it stands below, so that every line says whom it is about.
fn qualified(map: &str) -> String {
    let mut heading = "";
    let mut lines = Vec::new();
    for line in map.lines() {
        match line.strip_prefix("  ") {
            Some(fact) => lines.push(format!("{heading}: {fact}")),
            None => {
                heading = line;
                lines.push(line.to_owned());
            }
        }
    }
    lines.join("\n")
}

#[test]
fn the_map_is_the_one_that_is_checked_in() {
    testkit::run(testkit::Backend::Sqlite, |_| async {
        let folder = tempfile::tempdir().unwrap();
        let said = CommandOutput::of(banyan_command(folder.path()).arg("map")).await.expect_success();
        let checked_in = fs::read_to_string(workspace_root().join("docs/map.txt")).expect(REMEDY);
        let difference = difference(&qualified(&checked_in), &qualified(&said.stdout));
        assert!(difference.is_empty(), "docs/map.txt\n{}\n{REMEDY}", difference.join("\n"));
        assert_eq!(checked_in.trim_end(), said.stdout.trim_end(), "the order of lines; {REMEDY}");
    });
}

#[test]
fn the_descriptions_of_the_http_faces_are_current() {
    testkit::run(testkit::Backend::Sqlite, |_| async {
        let folder = tempfile::tempdir().unwrap();
        let mut command = banyan_command(folder.path());
        let _ = CommandOutput::of(command.args(["openapi", "--out", "."])).await.expect_success();
        let read = |folder: &std::path::Path| -> Vec<(String, String)> {
            let files =
                entries(folder).into_iter().filter(|path| path.extension().is_some_and(|end| end == "json"));
            files.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect()
        };
        let (new, checked_in) = (read(folder.path()), read(&workspace_root().join("docs/openapi")));
        let names =
            |files: &[(String, String)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&new), names(&checked_in), "{REMEDY}");
        assert!(!new.is_empty());
        for ((name, new), (_, old)) in new.iter().zip(&checked_in) {
            assert!(new == old, "docs/openapi/{name}\n{}\n{REMEDY}", difference(old, new).join("\n"));
        }
    });
}

#[test]
fn a_difference_names_what_went_and_what_came() {
    let old = "module tokens\n  calls users\nmodule messages\n  calls users\n";
    let new = "module tokens\nmodule messages\n  calls users\n  calls tokens\n";
    assert_eq!(
        difference(&qualified(old), &qualified(new)),
        ["- module tokens: calls users", "+ module messages: calls tokens"]
    );
    assert_eq!(difference(old, old), Vec::<String>::new());
}
