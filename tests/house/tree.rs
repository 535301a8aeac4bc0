//! What is where in the tree: crates by their folders, and the files of a module.

use cargo_metadata::{Metadata, MetadataCommand};
use std::fs;
use std::path::{Path, PathBuf};

/// What a crate is, told by its folder so that no crate escapes the rules by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `app`: puts everything together.
    App,
    /// `gateway`.
    Gateway,
    /// `gateway/NAME`: a part of the gateway that is a crate of its own.
    GatewayPart(String),
    /// `modules/NAME`: a module's implementation.
    Module(String),
    /// `modules/NAME/api`: a module's contract.
    Api,
    /// `extracted/NAME`: a module's own process.
    Extracted(String),
    /// `platform/NAME`.
    Platform(String),
    /// `tests`, `benches`, `xtask`: not part of the product.
    Tool,
}

impl Kind {
    /// By the folder, relative to the workspace's; `None` for a folder that has no rules.
    pub(crate) fn of(folder: &str) -> Option<Self> {
        Some(match folder.split('/').collect::<Vec<_>>().as_slice() {
            ["app"] => Self::App,
            ["gateway"] => Self::Gateway,
            ["gateway", name] => Self::GatewayPart((*name).into()),
            ["modules", name] => Self::Module((*name).into()),
            ["modules", _, "api"] => Self::Api,
            ["extracted", name] => Self::Extracted((*name).into()),
            ["platform", name] => Self::Platform((*name).into()),
            ["tests" | "benches" | "xtask"] => Self::Tool,
            _ => return None,
        })
    }
}

/// The workspace's crates as cargo sees them, without their dependencies' own.
pub(crate) fn metadata() -> Metadata {
    let mut command = MetadataCommand::new();
    command.current_dir(testkit::workspace_root()).no_deps();
    command.other_options(["--offline".to_owned()]).exec().unwrap()
}

/// Names of the modules, sorted.
pub(crate) fn modules() -> Vec<String> {
    let mut names: Vec<String> =
        entries(&testkit::workspace_root().join("modules")).iter().map(|path| name(path)).collect();
    names.sort();
    assert!(!names.is_empty(), "there are modules");
    names
}

/// Every Rust file below a folder, with its path from there.
pub(crate) fn rust_files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for path in entries(folder) {
        if path.is_dir() {
            let below = rust_files(&path).into_iter();
            found.extend(below.map(|(file, text)| (format!("{}/{file}", name(&path)), text)));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((name(&path), fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// What is in a folder, sorted.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = listed.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// The last part of a path.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

#[test]
fn a_folder_tells_what_its_crate_is() {
    assert_eq!(Kind::of("modules/users"), Some(Kind::Module("users".into())));
    assert_eq!(Kind::of("modules/users/api"), Some(Kind::Api));
    assert_eq!(Kind::of("platform/kernel"), Some(Kind::Platform("kernel".into())));
    assert_eq!(Kind::of("modules/users/api/more"), None);
    assert_eq!(Kind::of("gateway/report"), Some(Kind::GatewayPart("report".into())));
    assert_eq!(Kind::of("shared"), None);
}
