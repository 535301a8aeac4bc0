//! The suites, run.

use crate::file;
use crate::suite::{Suite, suites};
use std::collections::BTreeSet;
use toggles::file::Fault;
use toggles::{ClientFeatures, Context, Toggles};
use unleash_types::client_features::{ClientFeature, Strategy};

/// What is written wrongly in the suites on purpose, to be off: a file that says so is refused.
const REFUSED_IN_FILES: [&str; 14] = [
    "CIDR.invalid.only: strategies[0].constraints[0].values",
    "CIDR.ipv6.mixed.values: strategies[0].constraints[0].values",
    "CIDR.mixed.values: strategies[0].constraints[0].values",
    "F7.invalid-operator: strategies[0].constraints[0].operator",
    "F8.invalidSemverWithLeadingV: strategies[0].constraints[0].value",
    "F9.withMissingSegment: strategies[0].segments[0]",
    "Feature.remoteAddress.C: strategies[0].parameters.IPs",
    "R90.reject_lookahead: strategies[0].constraints[0].value",
    "R91.reject_backreference: strategies[0].constraints[0].value",
    "invalid-regex-defaults-to-false: strategies[0].constraints[0].value",
    "child.with.cycle: dependencies[0].feature",
    "child.with.transitive.dependency: dependencies[0].feature",
    "parent.with.cycle: dependencies[0].feature",
    "parents.not.exist.child.enabled: dependencies[0].feature",
];

fn compiled(features: ClientFeatures) -> Toggles {
    let toggles = Toggles::new();
    toggles.replace(features).unwrap();
    toggles
}

/// Every expectation that a suite's toggles do not meet, and how many there were.
fn failures(suite: &Suite, toggles: &Toggles) -> (Vec<String>, usize) {
    let snapshot = toggles.load();
    let mut failures = Vec::new();
    for test in suite.tests.iter().flatten() {
        test.context.with(|context| {
            let on = snapshot.is_enabled(toggles.resolve(&test.toggle_name), context);
            if on != test.expected_result {
                failures.push(format!("{}: {}: {on}", suite.name, test.description));
            }
        });
    }
    for test in suite.variant_tests.iter().flatten() {
        test.context.with(|context| {
            let variant = snapshot.variant(toggles.resolve(&test.toggle_name), context);
            if !test.expected_result.is(&variant) {
                failures.push(format!("{}: {}: {variant:?}", suite.name, test.description));
            }
        });
    }
    (failures, suite.tests.iter().flatten().count() + suite.variant_tests.iter().flatten().count())
}

/// Runs every suite on what `source` makes of its state.
fn run(source: impl Fn(&Suite) -> ClientFeatures) {
    let Some(suites) = suites() else { return };
    let mut tests = 0;
    for suite in &suites {
        let (failures, count) = failures(suite, &compiled(source(suite)));
        assert_eq!(failures, Vec::<String>::new());
        tests += count;
    }
    assert!(tests >= 279, "{tests} tests are found");
}

#[test]
fn every_suite_passes_from_the_servers_answer() {
    run(Suite::state);
}

#[test]
fn every_suite_passes_from_a_file() {
    run(|suite| file::read(suite).features);
}

#[test]
fn what_the_suites_write_wrongly_on_purpose_is_refused_in_a_file_and_nothing_else() {
    let Some(suites) = suites() else { return };
    let faults = suites.iter().flat_map(|suite| file::read(suite).faults);
    let place = |fault: Fault| format!("{}: {}", fault.toggle.unwrap_or_default(), fault.path);
    let refused: BTreeSet<String> = faults.map(place).collect();
    let expected: BTreeSet<String> = REFUSED_IN_FILES.map(str::to_owned).into();
    assert_eq!(refused, expected);
}

/// Whether one strategy of the toggle may draw for such a context.
fn is_left_to_chance(toggle: &ClientFeature, context: &Context<'_>) -> bool {
    let nobody = context.user_id.is_none() && context.session_id.is_none();
    let sticky = |strategy: &Strategy| strategy.parameters.as_ref()?.get("stickiness").cloned();
    toggle.strategies.iter().flatten().any(|strategy| match sticky(strategy).as_deref() {
        Some("random") => true,
        Some("default") | None => nobody && strategy.name == "flexibleRollout",
        Some(_) => false,
    })
}

#[test]
fn the_short_path_decides_as_the_engine() {
    let Some(suites) = suites() else { return };
    let mut simple = 0;
    for suite in &suites {
        let toggles = compiled(suite.state());
        let snapshot = toggles.load();
        // Every context of the suite on every toggle of it, not only the pairs that the suite names.
        for context in suite.contexts() {
            context.with(|context| {
                for toggle in snapshot.features().features {
                    let (name, id) = (&toggle.name, toggles.resolve(&toggle.name));
                    if snapshot.is_simple(id) && !is_left_to_chance(&toggle, context) {
                        let engine = snapshot.is_enabled_by_engine(id, context);
                        assert_eq!(Some(snapshot.is_enabled(id, context)), engine, "{}: {name}", suite.name);
                        simple += 1;
                    }
                }
            });
        }
    }
    assert!(simple > 100, "{simple} decisions were simple");
}
