//! The files that are derived from the code: written by the binary itself, compared or replaced here.

use crate::failure::Failure;
use crate::runner::Runner;
use crate::workspace::Workspace;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the descriptions of the modules' HTTP faces are.
const OPENAPI: &str = "docs/openapi";
/// Where the golden map of modules, endpoints and calls is.
const MAP: &str = "docs/map.txt";

/// Whether to write.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Change nothing; fail when a file is not what the code says.
    #[arg(long)]
    pub(crate) check: bool,
}

/// Builds the binary and rewrites the derived files, or compares them with `--check`.
///
/// # Errors
/// When the binary does not build or a command fails; with `--check`, when a file is missing, stale or left over.
pub(crate) fn run(runner: &Runner, workspace: &Workspace, options: &Options) -> Result<(), Failure> {
    let mut build = workspace.cargo(&["build", "--workspace", "--bins", "--quiet"]);
    if options.check {
        // As the tests were built just before: the features are then the same, and nothing is built twice.
        build.arg("--tests");
    }
    runner.run(&mut build)?;
    let fresh = tempfile::tempdir().map_err(Failure::file(std::env::temp_dir()))?;
    write(runner, workspace, fresh.path())?;
    let (new, old) = (contents(fresh.path())?, checked_in(workspace)?);
    if options.check {
        return Failure::unless_empty(
            "derived files (cargo xtask generate rewrites them)",
            differences(&new, &old),
        );
    }
    replace(workspace, &new, &old)
}

/// Writes all derived files below `folder`.
fn write(runner: &Runner, workspace: &Workspace, folder: &Path) -> Result<(), Failure> {
    let banyan = workspace.target("debug")?.join("banyan");
    let openapi = folder.join(OPENAPI);
    fs::create_dir_all(&openapi).map_err(Failure::file(&openapi))?;
    runner
        .run(Command::new(&banyan).arg("openapi").arg("--out").arg(&openapi).current_dir(workspace.root()))?;
    let map = folder.join(MAP);
    let file = fs::File::create(&map).map_err(Failure::file(&map))?;
    runner.run(Command::new(&banyan).arg("map").stdout(file).current_dir(workspace.root()))
}

/// The derived files that are checked in.
fn checked_in(workspace: &Workspace) -> Result<BTreeMap<PathBuf, String>, Failure> {
    contents(workspace.root())
}

/// The derived files below a folder, by their paths in it.
fn contents(root: &Path) -> Result<BTreeMap<PathBuf, String>, Failure> {
    let listed = fs::read_dir(root.join(OPENAPI)).into_iter().flatten().flatten();
    let names = listed.map(|entry| Path::new(OPENAPI).join(entry.file_name()));
    let openapi = names.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
    let map = Path::new(MAP).to_owned();
    let all = openapi.chain(root.join(MAP).exists().then_some(map));
    all.map(|path| {
        let full = root.join(&path);
        let text = fs::read_to_string(&full).map_err(Failure::file(full))?;
        Ok((path, text))
    })
    .collect()
}

/// What is missing, stale or left over; for a stale file its first line that differs.
fn differences(new: &BTreeMap<PathBuf, String>, old: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let changed = new.iter().filter_map(|(path, text)| match old.get(path) {
        None => Some(format!("{}: missing", path.display())),
        Some(before) if before != text => {
            Some(format!("{}: {}", path.display(), first_difference(before, text)))
        }
        Some(_) => None,
    });
    let left = old
        .keys()
        .filter(|path| !new.contains_key(*path))
        .map(|path| format!("{}: left over", path.display()));
    changed.chain(left).collect()
}

fn first_difference(old: &str, new: &str) -> String {
    let same = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("(end of file)").trim().to_owned();
    format!("line {} is `{}`, not `{}`", same + 1, line(old), line(new))
}

fn replace(
    workspace: &Workspace,
    new: &BTreeMap<PathBuf, String>,
    old: &BTreeMap<PathBuf, String>,
) -> Result<(), Failure> {
    for difference in differences(new, old) {
        println!("{difference}");
    }
    for path in old.keys().filter(|path| !new.contains_key(*path)) {
        let full = workspace.join(path);
        fs::remove_file(&full).map_err(Failure::file(full))?;
    }
    for (path, text) in new {
        let full = workspace.join(path);
        fs::create_dir_all(full.parent().unwrap_or(workspace.root())).map_err(Failure::file(&full))?;
        fs::write(&full, text).map_err(Failure::file(&full))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> BTreeMap<PathBuf, String> {
        files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect()
    }

    #[test]
    fn missing_stale_and_left_over_files_are_each_named() {
        let new = files(&[("same", "x\n"), ("stale", "a\nb\n"), ("missing", "")]);
        let old = files(&[("same", "x\n"), ("stale", "a\nc\n"), ("gone", "")]);
        assert_eq!(
            differences(&new, &old),
            ["missing: missing", "stale: line 2 is `c`, not `b`", "gone: left over"]
        );
        assert_eq!(differences(&new, &new), Vec::<String>::new());
    }

    #[test]
    fn a_shorter_file_differs_at_its_end() {
        assert_eq!(first_difference("a\n", "a\nb\n"), "line 2 is `(end of file)`, not `b`");
    }
}
