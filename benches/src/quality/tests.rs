//! The goal of the quality suite, on fewer scenarios than the benchmark runs.

use super::row;
use super::scenario::{Fault, Scenario};

#[test]
fn every_kind_is_found_at_one_percent_and_noise_is_not() {
    for fault in Fault::ALL {
        let (ours, _) = Scenario { fault, rate: 0.01, noise: 1.0, requests: 2_000, seed: 1 }.run();
        assert_eq!((ours.found, ours.false_alarms), (true, 0), "{fault:?}");
    }
}

#[test]
fn nothing_is_found_where_nothing_is_seeded() {
    let none = row(0.0, &[Fault::Value], 1_000, 1);
    assert_eq!((none.ours.found, none.ours.false_alarms), (0, 0));
}

#[test]
fn one_request_of_two_thousand_proves_nothing() {
    let scenario = Scenario { fault: Fault::Value, rate: 0.0005, noise: 1.0, requests: 2_000, seed: 1 };
    assert!(!scenario.run().0.found);
}

#[test]
fn a_scenario_is_the_same_in_every_run() {
    let scenario = Scenario { fault: Fault::Order, rate: 0.05, noise: 0.5, requests: 200, seed: 9 };
    assert_eq!(scenario.run(), scenario.run());
}
