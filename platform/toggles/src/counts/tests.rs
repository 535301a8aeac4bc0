//! Nothing that was counted is lost or counted twice.

use super::RETIRED_MAX;
use crate::{ClientFeatures, Context, Toggles, Usage};
use kernel::Timestamp;
use serde_json::json;
use std::sync::Arc;

fn features(names: &[&str]) -> ClientFeatures {
    let variants = json!([{"name": "a", "weight": 1}, {"name": "b", "weight": 0}]);
    let feature =
        |name: &&str| json!({"name": name, "enabled": true, "strategies": [], "variants": variants});
    let features: Vec<_> = names.iter().map(feature).collect();
    serde_json::from_value(json!({"version": 2, "features": features})).unwrap()
}

#[test]
fn uses_are_counted_by_toggle_and_variant_and_taken_once() {
    let toggles = Toggles::new();
    toggles.replace(features(&["t", "other"])).unwrap();
    let (snapshot, id) = (toggles.load(), toggles.resolve("t"));
    snapshot.count(id, true);
    snapshot.count(id, false);
    let variant = snapshot.variant(id, &Context::new(Timestamp(0), 0));
    snapshot.count_variant(id, &variant);
    snapshot.count_variant(id, &crate::Variant::disabled(false));
    let usage = toggles.take_usage();
    assert_eq!(usage.len(), 1, "a toggle without uses is left out");
    let variants = [("a".to_owned(), 1), ("disabled".to_owned(), 1)].into();
    assert_eq!(usage["t"], Usage { yes: 2, no: 2, variants });
    assert!(toggles.take_usage().is_empty());
}

#[test]
fn a_toggle_that_does_not_exist_is_not_counted() {
    let toggles = Toggles::new();
    let id = toggles.resolve("t");
    toggles.load().count(id, true);
    toggles.replace(features(&["other"])).unwrap();
    toggles.load().count(id, true);
    toggles.load().count(crate::ToggleId::NONE, true);
    assert!(toggles.take_usage().is_empty());
}

#[test]
fn what_is_counted_on_a_snapshot_that_was_replaced_is_not_lost() {
    let toggles = Toggles::new();
    toggles.replace(features(&["t"])).unwrap();
    let id = toggles.resolve("t");
    let old = Arc::clone(&toggles.load());
    old.count(id, true);
    // The toggle is gone by now, and the old snapshot is still in use.
    toggles.replace(features(&["other"])).unwrap();
    old.count(id, true);
    assert_eq!(toggles.take_usage()["t"].yes, 2);
    old.count(id, true);
    drop(old);
    assert_eq!(toggles.take_usage()["t"].yes, 1);
    assert!(toggles.take_usage().is_empty());
}

#[test]
fn snapshots_that_are_never_let_go_do_not_pile_up() {
    let toggles = Toggles::new();
    let id = toggles.resolve("t");
    let mut held = Vec::new();
    for _ in 0..RETIRED_MAX * 2 {
        toggles.replace(features(&["t"])).unwrap();
        toggles.load().count(id, true);
        held.push(Arc::clone(&toggles.load()));
    }
    assert_eq!(toggles.take_usage()["t"].yes, RETIRED_MAX as u64 * 2);
}

#[test]
fn many_threads_lose_nothing() {
    let toggles = Toggles::new();
    toggles.replace(features(&["t"])).unwrap();
    let id = toggles.resolve("t");
    let mut taken = 0;
    std::thread::scope(|scope| {
        let count = || (0..10_000).for_each(|turn| toggles.load().count(id, turn % 2 == 0));
        let threads: Vec<_> = (0..20).map(|_| scope.spawn(count)).collect();
        while threads.iter().any(|thread| !thread.is_finished()) {
            toggles.replace(features(&["t"])).unwrap();
            taken += toggles.take_usage().get("t").map_or(0, |usage| usage.yes + usage.no);
        }
    });
    taken += toggles.take_usage().get("t").map_or(0, |usage| usage.yes + usage.no);
    assert_eq!(taken, 200_000);
}
