//! Every manifest inherits the workspace's lints, metadata and dependencies.

use crate::tree::metadata;
use std::fs;
use toml::{Table, Value};

/// What `[package]` takes from the workspace.
const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];
/// Where a manifest names dependencies.
const DEPENDENCIES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// What a manifest says for itself that it should inherit.
fn broken(manifest: &Table) -> Vec<String> {
    let mut broken = Vec::new();
    if !inherits(manifest.get("lints")) {
        broken.push("[lints] workspace = true is missing".to_owned());
    }
    let package = manifest.get("package");
    let own = INHERITED.iter().filter(|key| !inherits(package.and_then(|package| package.get(**key))));
    broken.extend(own.map(|key| format!("package.{key}.workspace = true is missing")));
    let dependencies = DEPENDENCIES.iter().filter_map(|section| manifest.get(*section)?.as_table()).flatten();
    let own = dependencies.filter(|(_, dependency)| !inherits(Some(dependency)));
    broken.extend(own.map(|(name, _)| format!("{name}: its version belongs to [workspace.dependencies]")));
    if manifest.contains_key("target") {
        broken.push("[target] dependencies are not watched by this test".to_owned());
    }
    broken
}

fn inherits(value: Option<&Value>) -> bool {
    value.and_then(|value| value.get("workspace")).and_then(Value::as_bool) == Some(true)
}

#[test]
fn every_manifest_inherits_from_the_workspace() {
    let found: Vec<String> = metadata()
        .packages
        .iter()
        .flat_map(|package| {
            let manifest = fs::read_to_string(&package.manifest_path).unwrap().parse().unwrap();
            broken(&manifest).into_iter().map(move |line| format!("{}: {line}", package.name))
        })
        .collect();
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn each_thing_that_is_not_inherited_is_reported() {
    let good = "[package]\nversion.workspace = true\nedition.workspace = true\nrust-version.workspace = true\n\
                license.workspace = true\npublish.workspace = true\n[lints]\nworkspace = true\n\
                [dependencies]\na.workspace = true\nb = { workspace = true, features = [\"x\"] }\n";
    assert_eq!(broken(&good.parse().unwrap()), Vec::<String>::new());
    for (from, to) in [
        ("[lints]\nworkspace = true", ""),
        ("workspace = true\n[dep", "workspace = false\n[dep"),
        ("publish.workspace = true", "publish = true"),
        ("edition.workspace = true", "edition = \"2021\""),
        ("a.workspace = true", "a = \"1\""),
        ("{ workspace = true, features", "{ path = \"b\", features"),
        ("[dependencies]", "[build-dependencies]\nc = \"1\"\n[dependencies]"),
        ("[dependencies]", "[target.x.dependencies]\nc = \"1\"\n[dependencies]"),
    ] {
        let changed = good.replace(from, to);
        assert_ne!(changed, good, "{from}");
        assert_eq!(broken(&changed.parse().unwrap()).len(), 1, "{changed}");
    }
}
