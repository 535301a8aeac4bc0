//! The rules over a graph of packages; pure, so that each can be shown to fail.

use super::policy::{Ban, Policy};
use crate::licence::satisfied;
use cargo_metadata::{Metadata, Package};

/// A package with the names of those that depend on it directly.
pub(super) struct Node<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// Its version.
    pub(super) version: String,
    /// Its licence expression.
    pub(super) licence: Option<&'a str>,
    /// Its registry or repository, `None` for a package of ours.
    pub(super) source: Option<&'a str>,
    /// Who depends on it directly.
    pub(super) users: Vec<&'a str>,
}

/// Every package that breaks the policy, with what it breaks.
pub(super) fn broken(policy: &Policy, graph: &Metadata) -> Vec<String> {
    broken_in(policy, &nodes(graph))
}

pub(super) fn broken_in(policy: &Policy, nodes: &[Node<'_>]) -> Vec<String> {
    let foreign = || nodes.iter().filter(|node| node.source.is_some());
    let licences = foreign().filter(|node| !licence_allowed(policy, node)).map(|node| {
        format!(
            "{} {}: licence {} is not allowed",
            node.name,
            node.version,
            node.licence.unwrap_or("unknown")
        )
    });
    let sources = foreign().filter(|node| !source_allowed(policy, node)).map(|node| {
        format!("{} {}: comes from {}", node.name, node.version, node.source.unwrap_or_default())
    });
    let bans = policy.bans.deny.iter().flat_map(|ban| banned(ban, nodes));
    licences.chain(sources).chain(bans).collect()
}

fn licence_allowed(policy: &Policy, node: &Node<'_>) -> bool {
    let exceptions = policy.licenses.exceptions.iter().filter(|exception| exception.name == node.name);
    let more: Vec<&String> = exceptions.flat_map(|exception| &exception.allow).collect();
    let allowed =
        |licence: &str| policy.licenses.allow.iter().chain(more.iter().copied()).any(|one| one == licence);
    node.licence.is_some_and(|expression| satisfied(expression, &allowed))
}

fn source_allowed(policy: &Policy, node: &Node<'_>) -> bool {
    let registry = node.source.and_then(|source| source.strip_prefix("registry+"));
    registry.is_some_and(|registry| policy.sources.registries.iter().any(|allowed| allowed == registry))
}

fn banned(ban: &Ban, nodes: &[Node<'_>]) -> Vec<String> {
    let found: Vec<&Node<'_>> = nodes.iter().filter(|node| node.name == ban.name).collect();
    if ban.once {
        let versions: Vec<&str> = found.iter().map(|node| node.version.as_str()).collect();
        let several = format!("{}: more than one version: {}", ban.name, versions.join(", "));
        return if found.len() > 1 { vec![several] } else { Vec::new() };
    }
    if ban.wrappers.is_empty() {
        return found.iter().map(|node| format!("{}: banned, {}", node.name, ban.reason)).collect();
    }
    let users = found.iter().flat_map(|node| &node.users);
    let strangers = users.filter(|user| !ban.wrappers.iter().any(|wrapper| wrapper == *user));
    strangers.map(|user| format!("{user}: must not depend on {}, {}", ban.name, ban.reason)).collect()
}

/// The graph's packages as nodes.
fn nodes(graph: &Metadata) -> Vec<Node<'_>> {
    let resolved = graph.resolve.iter().flat_map(|resolve| &resolve.nodes);
    let edges: Vec<(&Package, &Package)> = resolved
        .flat_map(|node| {
            node.dependencies.iter().map(move |dependency| (&graph[dependency], &graph[&node.id]))
        })
        .collect();
    let users = |package: &Package| {
        let of = edges.iter().filter(|(used, _)| used.id == package.id);
        of.map(|(_, user)| user.name.as_str()).collect()
    };
    let packages = graph.packages.iter();
    packages
        .map(|package| Node {
            name: &package.name,
            version: package.version.to_string(),
            licence: package.license.as_deref(),
            source: package.source.as_ref().map(|source| source.repr.as_str()),
            users: users(package),
        })
        .collect()
}
