//! Ids outlive reloads, and before the first load everything is as the caller says.

use crate::{ClientFeatures, CompileError, Context, TOGGLES_MAX, Toggles};
use kernel::Timestamp;
use serde_json::json;

fn features(toggles: &[(&str, bool)]) -> ClientFeatures {
    let feature =
        |(name, enabled): &(&str, bool)| json!({"name": name, "enabled": enabled, "strategies": []});
    let features: Vec<_> = toggles.iter().map(feature).collect();
    serde_json::from_value(json!({"version": 2, "features": features})).unwrap()
}

const NOBODY: Context<'_> = Context::new(Timestamp(0), 0);

#[test]
fn before_the_first_load_the_caller_decides() {
    let toggles = Toggles::new();
    let id = toggles.resolve("t");
    let snapshot = toggles.load();
    assert!(snapshot.is_enabled_or(id, &NOBODY, true));
    assert!(!snapshot.is_enabled_or(id, &NOBODY, false));
    assert!(!snapshot.is_enabled(id, &NOBODY));
    assert!(!snapshot.exists(id));
    assert!(!snapshot.variant(id, &NOBODY).enabled);
}

#[test]
fn an_id_outlives_reloads_also_when_its_toggle_comes_and_goes() {
    let toggles = Toggles::new();
    let id = toggles.resolve("t");
    toggles.replace(features(&[("a", false), ("t", true)])).unwrap();
    assert!(toggles.load().is_enabled(id, &NOBODY));
    assert_eq!(toggles.load().find("t"), Some(id));
    toggles.replace(features(&[("b", true)])).unwrap();
    assert!(toggles.load().is_enabled_or(id, &NOBODY, true), "unknown again");
    assert!(!toggles.load().is_enabled(id, &NOBODY));
    assert_eq!(toggles.load().find("t"), None);
    toggles.replace(features(&[("t", false)])).unwrap();
    assert!(!toggles.load().is_enabled_or(id, &NOBODY, true), "known, and off");
}

#[test]
fn of_two_toggles_with_one_name_the_last_holds() {
    let toggles = Toggles::new();
    let id = toggles.resolve("t");
    for (first, last) in [(true, false), (false, true)] {
        toggles.replace(features(&[("t", first), ("t", last)])).unwrap();
        assert_eq!(toggles.load().is_enabled(id, &NOBODY), last);
        assert_eq!(toggles.load().is_enabled_by_engine(id, &NOBODY), Some(last));
    }
}

#[test]
fn too_many_toggles_change_nothing() {
    let toggles = Toggles::new();
    toggles.replace(features(&[("t", true)])).unwrap();
    let many: Vec<String> = (0..=TOGGLES_MAX).map(|number| format!("t{number}")).collect();
    let many: Vec<(&str, bool)> = many.iter().map(|name| (name.as_str(), false)).collect();
    let count = TOGGLES_MAX + 1;
    assert_eq!(
        toggles.replace(features(&many)),
        Err(CompileError::TooManyToggles { count, max: TOGGLES_MAX })
    );
    assert!(toggles.load().is_enabled(toggles.resolve("t"), &NOBODY));
}

#[test]
fn clones_show_the_same() {
    let toggles = Toggles::new();
    let clone = toggles.clone();
    toggles.replace(features(&[("t", true)])).unwrap();
    assert!(clone.load().is_enabled(clone.resolve("t"), &NOBODY));
}
