//! Packages of the npm registry that tests need: fetched once in a pinned version, kept below `target`.

use crate::failure::Failure;
use crate::needs;
use crate::runner::Runner;
use crate::workspace::Workspace;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A package in the one version that is wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Package {
    /// Its name in the registry.
    pub(crate) name: &'static str,
    /// Exactly this one.
    pub(crate) version: &'static str,
}

/// Unleash's client specification: suites that every implementation must pass.
const SPECIFICATION: Package = Package { name: "@unleash/client-specification", version: "6.1.0" };

/// A WebSocket client and server that we did not write.
const WS: Package = Package { name: "ws", version: "8.18.0" };

/// The folder of `ws`; fetched if it is not there.
///
/// # Errors
/// When it cannot be fetched or unpacked, or npm is missing and may not be installed.
pub(crate) fn ws(runner: &Runner, workspace: &Workspace, may_install: bool) -> Result<PathBuf, Failure> {
    needs::NPM.obtain(runner, may_install)?;
    fetch(runner, workspace, &WS, "ws")
}

/// The folder of the client specification's suites; fetched if it is not there.
///
/// # Errors
/// When it cannot be fetched or unpacked, or npm is missing and may not be installed.
pub(crate) fn specification(
    runner: &Runner,
    workspace: &Workspace,
    may_install: bool,
) -> Result<PathBuf, Failure> {
    needs::NPM.obtain(runner, may_install)?;
    fetch(runner, workspace, &SPECIFICATION, "unleash-spec").map(|folder| folder.join("specifications"))
}

/// The folder of a package's own files, without what it depends on, in the folder `name` below `target`; fetched if it
/// is not there.
///
/// # Errors
/// When it cannot be fetched or unpacked.
pub(crate) fn fetch(
    runner: &Runner,
    workspace: &Workspace,
    package: &Package,
    name: &str,
) -> Result<PathBuf, Failure> {
    let (kept, unpacked) = (workspace.target_folder()?.join(name), "package");
    keep(&kept, &|folder| package.is_in(&folder.join(unpacked)), &|folder| {
        println!("fetching {}", package.wanted());
        package.unpack(runner, folder)
    })?;
    Ok(kept.join(unpacked))
}

impl Package {
    /// Whether `folder` holds this package in this version.
    pub(crate) fn is_in(&self, folder: &Path) -> bool {
        let manifest = std::fs::read(folder.join("package.json")).unwrap_or_default();
        let manifest = serde_json::from_slice::<serde_json::Value>(&manifest).unwrap_or_default();
        manifest.get("name").is_some_and(|name| name == self.name)
            && manifest.get("version").is_some_and(|version| version == self.version)
    }

    /// Unpacks the package alone, without what it depends on, into `folder/package`.
    fn unpack(&self, runner: &Runner, folder: &Path) -> Result<(), Failure> {
        runner.run(npm("pack", folder).arg(self.wanted()).stdout(Stdio::null()))?;
        let archives = std::fs::read_dir(folder).map_err(Failure::file(folder))?;
        let mut archives = archives.flatten().map(|entry| entry.path());
        let archive = archives.find(|path| path.extension().is_some_and(|extension| extension == "tgz"));
        let archive =
            archive.ok_or_else(|| Failure::Wanted(format!("npm pack {} made no archive", self.wanted())))?;
        runner.run(Command::new("tar").arg("-xzf").arg(archive).current_dir(folder))
    }

    /// Installs the package with what it depends on into `folder/node_modules`. Scripts of packages are not run: none is
    /// needed, and some report to their authors.
    pub(crate) fn install(&self, runner: &Runner, folder: &Path) -> Result<(), Failure> {
        // Without the prefix npm would take a folder above that looks like a project.
        let mut command = npm("install", folder);
        command.args(["--ignore-scripts", "--save-exact", "--prefix"]).arg(folder);
        runner.run(command.arg(self.wanted()).stdout(Stdio::null()))
    }

    /// As npm wants it.
    fn wanted(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}

/// `npm WHAT` in `folder`, quiet unless it fails.
fn npm(what: &str, folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.args([what, "--loglevel=error", "--no-audit", "--no-fund", "--no-update-notifier"]);
    command.current_dir(folder);
    command
}

/// Makes `folder` unless it is there and good: `make` fills a temporary one beside it that takes its place in one step,
/// so that neither an interruption nor another run at the same time leaves half of it.
pub(crate) fn keep(
    folder: &Path,
    is_good: &dyn Fn(&Path) -> bool,
    make: &dyn Fn(&Path) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if is_good(folder) {
        return Ok(());
    }
    let beside = folder.parent().unwrap_or(folder);
    std::fs::create_dir_all(beside).map_err(Failure::file(beside))?;
    let fresh = tempfile::Builder::new().prefix("fetching-").tempdir_in(beside);
    let fresh = fresh.map_err(Failure::file(beside))?;
    make(fresh.path())?;
    if !is_good(fresh.path()) {
        return Err(Failure::Wanted(format!(
            "what was fetched for {} is not what it should be",
            folder.display()
        )));
    }
    if folder.exists() && !is_good(folder) {
        std::fs::remove_dir_all(folder).map_err(Failure::file(folder))?;
    }
    match std::fs::rename(fresh.path(), folder) {
        // Another run was quicker.
        Err(_) if is_good(folder) => Ok(()),
        renamed => renamed.map_err(Failure::file(folder)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const THING: Package = Package { name: "thing", version: "1.0.0" };

    fn manifest(folder: &Path, version: &str) {
        let text = format!(r#"{{"name": "thing", "version": "{version}"}}"#);
        std::fs::write(folder.join("package.json"), text).unwrap();
    }

    fn fetch(folder: &Path, make: &dyn Fn(&Path) -> Result<(), Failure>) -> Result<(), Failure> {
        keep(folder, &|folder| THING.is_in(folder), make)
    }

    #[test]
    fn what_is_there_in_the_right_version_is_kept_and_another_is_replaced() {
        let base = tempfile::tempdir().unwrap();
        let folder = base.path().join("target/thing");
        let make = |version: &'static str| {
            move |folder: &Path| -> Result<(), Failure> {
                manifest(folder, version);
                Ok(())
            }
        };
        fetch(&folder, &make("0.9.0")).unwrap_err();
        assert!(!folder.exists(), "what is wrong is not kept");
        fetch(&folder, &make("1.0.0")).unwrap();
        fetch(&folder, &|_| panic!("it is there")).unwrap();
        manifest(&folder, "0.8.0");
        fetch(&folder, &make("1.0.0")).unwrap();
        assert!(THING.is_in(&folder));
        let left: Vec<_> = std::fs::read_dir(folder.parent().unwrap()).unwrap().collect();
        assert_eq!(left.len(), 1, "temporary folders are gone");
    }

    #[test]
    fn another_run_may_be_quicker() {
        let base = tempfile::tempdir().unwrap();
        let folder = base.path().join("thing");
        let both = |fresh: &Path| -> Result<(), Failure> {
            std::fs::create_dir(&folder).unwrap();
            manifest(&folder, "1.0.0");
            manifest(fresh, "1.0.0");
            Ok(())
        };
        fetch(&folder, &both).unwrap();
        assert!(THING.is_in(&folder));
    }
}
