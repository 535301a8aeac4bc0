//! Dependency checks from `deny.toml`: by cargo-deny where it is installed, else by the rules of that file that are
//! read here. cargo-deny takes minutes to install; a fresh machine is not to wait for it.

mod policy;
mod rules;
#[cfg(test)]
mod tests;

use crate::failure::Failure;
use crate::runner::Runner;
use crate::workspace::Workspace;
use cargo_metadata::{CargoOpt, Metadata, MetadataCommand};
use policy::Policy;

/// Licences, bans and sources of every package of the graph. Known weaknesses (advisories) need the network and are
/// no part of it.
///
/// # Errors
/// With every package that breaks a rule.
pub(crate) fn check(runner: &Runner, workspace: &Workspace) -> Result<(), Failure> {
    if runner.succeeds(&mut workspace.cargo(&["deny", "--version"])) {
        return runner.run(&mut workspace.cargo(&[
            "deny",
            "--offline",
            "check",
            "bans",
            "licenses",
            "sources",
        ]));
    }
    println!("cargo-deny is not installed: checking deny.toml's licences, bans and sources without it");
    let policy = Policy::read(&workspace.join("deny.toml"))?;
    let graph = graph(workspace, &policy)?;
    Failure::unless_empty("dependencies (deny.toml)", rules::broken(&policy, &graph))
}

/// The graph for the platforms that the policy names: others' packages are not even downloaded.
fn graph(workspace: &Workspace, policy: &Policy) -> Result<Metadata, Failure> {
    let mut options: Vec<String> = vec!["--locked".into()];
    options.extend(policy.graph.targets.iter().map(|target| format!("--filter-platform={target}")));
    let mut command = MetadataCommand::new();
    command.current_dir(workspace.root()).features(CargoOpt::AllFeatures).other_options(options);
    command.exec().map_err(|error| Failure::Setup(error.into()))
}
