//! `deny.toml`, the parts of cargo-deny's format that are also checked without it.

use crate::failure::Failure;
use serde::Deserialize;
use std::path::Path;

/// The whole file.
#[derive(Debug, Deserialize)]
pub(super) struct Policy {
    /// Which platforms count.
    #[serde(default)]
    pub(super) graph: Graph,
    /// Which licences.
    pub(super) licenses: Licences,
    /// Which packages, and on whose account.
    pub(super) bans: Bans,
    /// From where.
    pub(super) sources: Sources,
}

/// Which platforms count.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Graph {
    /// Target triples.
    #[serde(default)]
    pub(super) targets: Vec<String>,
}

/// Which licences are allowed.
#[derive(Debug, Deserialize)]
pub(super) struct Licences {
    /// SPDX identifiers, for every package.
    pub(super) allow: Vec<String>,
    /// More of them, for single packages.
    #[serde(default)]
    pub(super) exceptions: Vec<Exception>,
}

/// More licences for one package.
#[derive(Debug, Deserialize)]
pub(super) struct Exception {
    /// The package.
    #[serde(rename = "crate")]
    pub(super) name: String,
    /// SPDX identifiers.
    pub(super) allow: Vec<String>,
}

/// Which packages must not be there.
#[derive(Debug, Deserialize)]
pub(super) struct Bans {
    /// One entry a package.
    pub(super) deny: Vec<Ban>,
}

/// A package that must not be there at all, or only on some packages' account, or only in one version.
#[derive(Debug, Deserialize)]
pub(super) struct Ban {
    /// The package.
    #[serde(rename = "crate")]
    pub(super) name: String,
    /// The only packages that may depend on it directly.
    #[serde(default)]
    pub(super) wrappers: Vec<String>,
    /// It may be there, once.
    #[serde(default, rename = "deny-multiple-versions")]
    pub(super) once: bool,
    /// Why, for whoever meets the rule.
    #[serde(default)]
    pub(super) reason: String,
}

/// From where packages may come.
#[derive(Debug, Deserialize)]
pub(super) struct Sources {
    /// Addresses of registries' indexes.
    #[serde(rename = "allow-registry")]
    pub(super) registries: Vec<String>,
}

impl Policy {
    /// Reads the file.
    ///
    /// # Errors
    /// When it is missing, or no such file as described here.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(Failure::file(path))?;
        toml::from_str(&text).map_err(|error| Failure::Wanted(format!("{}: {error}", path.display())))
    }
}
