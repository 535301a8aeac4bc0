//! Boundaries, first depth: who may depend on whom in the Cargo graph.

use crate::tree::{Kind, metadata};
use cargo_metadata::{DependencyKind, Metadata};
use std::collections::{BTreeMap, BTreeSet};

/// Crates that only those who own data may use.
const DATA: [&str; 3] = ["diesel", "diesel_migrations", "libsqlite3-sys"];
/// Crates that no contract may see: a contract is types, and says nothing of how it is served or stored.
const NOT_IN_CONTRACTS: [&str; 7] =
    ["actix-web", "diesel", "diesel_migrations", "redis", "reqwest", "tokio", "tracing"];

/// A crate of the workspace with what its manifest names.
#[derive(Debug)]
struct Crate {
    name: String,
    folder: String,
    needs: Vec<Need>,
}

/// A dependency.
#[derive(Debug)]
struct Need {
    name: String,
    /// Only for the crate's own tests.
    for_tests: bool,
}

/// Every dependency that crosses a boundary, and every crate in a folder without rules.
fn broken(crates: &[Crate]) -> Vec<String> {
    let kinds: BTreeMap<&str, Kind> =
        crates.iter().filter_map(|one| Some((one.name.as_str(), Kind::of(&one.folder)?))).collect();
    let lost = crates.iter().filter(|one| !kinds.contains_key(one.name.as_str()));
    let lost = lost.map(|one| format!("{}: no rules for the folder {}", one.name, one.folder));
    let needs = crates.iter().flat_map(|one| one.needs.iter().map(move |need| (one, need)));
    let crossed = needs.filter(|(one, need)| {
        kinds.get(one.name.as_str()).is_some_and(|user| !allowed(user, need, kinds.get(need.name.as_str())))
    });
    let crossed = crossed.map(|(one, need)| format!("{} must not depend on {}", one.folder, need.name));
    lost.chain(crossed).chain(circles(crates)).collect()
}

fn allowed(user: &Kind, need: &Need, used: Option<&Kind>) -> bool {
    match used {
        Some(used) => ours_allowed(user, need, used),
        None => foreign_allowed(user, &need.name),
    }
}

/// Between crates of ours.
fn ours_allowed(user: &Kind, need: &Need, used: &Kind) -> bool {
    if matches!(used, Kind::Platform(name) if name == "testkit") && *user != Kind::Tool {
        return need.for_tests;
    }
    match (user, used) {
        (Kind::App | Kind::Tool, used) => *used != Kind::Tool,
        (Kind::Module(_), used) => matches!(used, Kind::Platform(_) | Kind::Api),
        (Kind::Api, Kind::Platform(name)) => name == "kernel" || name == "contract",
        (Kind::Extracted(own), Kind::Module(name)) => own == name,
        (Kind::Extracted(_), used) => matches!(used, Kind::Platform(_) | Kind::Api),
        (Kind::Platform(user), Kind::Platform(_)) => user != "kernel",
        (Kind::Gateway | Kind::GatewayPart(_), used) => {
            matches!(used, Kind::Platform(_) | Kind::GatewayPart(_))
        }
        (Kind::Api | Kind::Platform(_), _) => false,
    }
}

/// On crates of others.
fn foreign_allowed(user: &Kind, used: &str) -> bool {
    let owns_data = match user {
        Kind::Module(_) | Kind::Tool => true,
        Kind::Platform(name) => name == "storage" || name == "testkit",
        Kind::GatewayPart(name) => name == "report" || name == "promotion",
        _ => false,
    };
    let contract = *user == Kind::Api;
    (owns_data || !DATA.contains(&used)) && !(contract && NOT_IN_CONTRACTS.contains(&used))
}

/// Crates that need themselves through others. Cargo refuses this but for tests, where one crate would be built twice.
fn circles(crates: &[Crate]) -> Vec<String> {
    let needs: BTreeMap<&str, Vec<&str>> = crates
        .iter()
        .map(|one| (one.name.as_str(), one.needs.iter().map(|need| need.name.as_str()).collect()))
        .collect();
    let circle = |name: &&&str| {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&str> = needs.get(**name).into_iter().flatten().copied().collect();
        while let Some(one) = next.pop() {
            if seen.insert(one) {
                next.extend(needs.get(one).into_iter().flatten());
            }
        }
        seen.contains(**name)
    };
    needs.keys().filter(circle).map(|name| format!("{name} depends on itself through others")).collect()
}

/// The workspace's crates as the rules want them.
fn crates(metadata: &Metadata) -> Vec<Crate> {
    let folder = |manifest: &cargo_metadata::camino::Utf8Path| {
        let below = manifest.strip_prefix(&metadata.workspace_root).unwrap().parent().unwrap();
        below.to_string()
    };
    let needs = |package: &cargo_metadata::Package| {
        let need = |need: &cargo_metadata::Dependency| Need {
            // The library's own `config` has the name of ours.
            name: if need.path.is_some() { need.name.clone() } else { foreign(&need.name) },
            for_tests: need.kind == DependencyKind::Development,
        };
        package.dependencies.iter().map(need).collect()
    };
    let packages = metadata.packages.iter();
    packages
        .map(|package| Crate {
            name: package.name.to_string(),
            folder: folder(&package.manifest_path),
            needs: needs(package),
        })
        .collect()
}

/// The name of a registry's crate; told apart from ours where both have it.
fn foreign(name: &str) -> String {
    if name == "config" { "config (crates.io)".into() } else { name.to_owned() }
}

#[test]
fn no_crate_depends_across_a_boundary() {
    let crates = crates(&metadata());
    assert!(crates.len() > 15, "the crates are found");
    assert_eq!(broken(&crates), Vec::<String>::new());
}

/// A crate named as in this workspace: `a` of `modules/a`, `a-api` of `modules/a/api`, `kernel` of `platform/kernel`.
fn one(folder: &str, needs: &[&str]) -> Crate {
    let name = folder.trim_start_matches("modules/").trim_start_matches("platform/").replace('/', "-");
    let needs = needs.iter().map(|name| match name.strip_prefix("test:") {
        Some(name) => Need { name: name.into(), for_tests: true },
        None => Need { name: (*name).into(), for_tests: false },
    });
    Crate { name, folder: folder.into(), needs: needs.collect() }
}

/// What is broken when `folder` also needs `needs`, in a small tree that is in order.
fn with(folder: &str, needs: &[&str]) -> Vec<String> {
    let mut crates = vec![
        one("platform/kernel", &[]),
        one("platform/storage", &["kernel", "diesel"]),
        one("platform/testkit", &["kernel", "diesel"]),
        one("modules/a/api", &["kernel"]),
        one("modules/a", &["kernel", "storage", "a-api", "b-api", "diesel", "test:testkit"]),
        one("modules/b/api", &["kernel"]),
        one("modules/b", &["b-api"]),
        one("gateway", &["kernel", "gateway-report"]),
        one("gateway/report", &["kernel", "storage", "diesel"]),
        one("extracted/a", &["a", "b-api", "kernel"]),
        one("app", &["a", "b", "gateway", "a-api", "storage"]),
        one("xtask", &["kernel"]),
    ];
    let place = crates.iter().position(|one| one.folder == folder);
    let more = one(folder, needs);
    match place {
        Some(place) => crates[place].needs.extend(more.needs),
        None => crates.push(more),
    }
    broken(&crates)
}

#[test]
fn a_tree_in_order_is_silent() {
    assert_eq!(with("modules/a", &[]), Vec::<String>::new());
}

#[test]
fn each_crossing_is_reported() {
    for (folder, need) in [
        ("modules/a", "b"),
        ("modules/a", "gateway"),
        ("modules/a", "xtask"),
        ("modules/a", "testkit"),
        ("modules/a", "test:b"),
        ("modules/a/api", "storage"),
        ("modules/a/api", "b-api"),
        ("modules/a/api", "diesel"),
        ("modules/a/api", "actix-web"),
        ("modules/a/api", "redis"),
        ("gateway", "a"),
        ("gateway", "b-api"),
        ("gateway", "diesel"),
        ("gateway/report", "gateway"),
        ("gateway/report", "a"),
        ("gateway/dashboard", "diesel"),
        ("platform/storage", "a-api"),
        ("platform/storage", "b"),
        ("platform/storage", "gateway"),
        ("platform/kernel", "contract"),
        ("extracted/a", "b"),
        ("extracted/a", "gateway"),
        ("app", "xtask"),
        ("app", "diesel"),
    ] {
        let extra = one("platform/contract", &[]);
        let found = if need == "contract" { kernel_on(extra) } else { with(folder, &[need]) };
        assert!(!found.is_empty(), "{folder} -> {need}");
    }
}

fn kernel_on(contract: Crate) -> Vec<String> {
    broken(&[one("platform/kernel", &["contract"]), contract])
}

#[test]
fn a_folder_without_rules_and_a_circle_are_reported() {
    assert_eq!(with("shared", &[]), ["shared: no rules for the folder shared"]);
    let circle = [one("platform/x", &["y"]), one("platform/y", &["test:x"])];
    assert_eq!(broken(&circle), ["x depends on itself through others", "y depends on itself through others"]);
}
