//! The short path decides as the engine does, and what it draws is fair.

use crate::{ClientFeatures, Context, Toggles};
use kernel::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

fn toggles(strategies: &Value) -> Toggles {
    let state = json!({"version": 2, "features": [{"name": "t", "enabled": true, "strategies": strategies}]});
    let features: ClientFeatures = serde_json::from_value(state).unwrap();
    let toggles = Toggles::new();
    toggles.replace(features).unwrap();
    toggles
}

/// Rollouts, also such as nobody should write: the short path must leave to the engine what it does not understand.
fn rollout() -> impl Strategy<Value = Value> {
    let percent = prop_oneof![(0..=100u32).prop_map(|n| n.to_string()), "[-+0]?[0-9]{1,3}", ".{0,3}"];
    let sticky =
        prop_oneof![Just("userId"), Just("sessionId"), Just("environment"), Just("appName"), Just("plan")];
    let sticky = prop_oneof![4 => sticky.prop_map(str::to_owned), 1 => "[a-z\"\\\\ ]{0,6}"];
    let sticky = sticky.prop_filter("draws", |sticky| sticky != "random" && sticky != "default");
    let group = prop_oneof![3 => "[a-zA-Z0-9.é-]{0,9}", 1 => ".{0,6}"];
    (prop::option::weighted(0.95, percent), sticky, prop::option::of(group)).prop_map(
        |(percent, sticky, group)| {
            let mut parameters = json!({"stickiness": sticky});
            for (key, value) in [("rollout", percent), ("groupId", group)] {
                if let Some(value) = value {
                    parameters[key] = value.into();
                }
            }
            json!({"name": "flexibleRollout", "parameters": parameters})
        },
    )
}

fn strategies() -> impl Strategy<Value = Value> {
    let other = prop_oneof![Just("default"), Just("userWithId"), Just("custom")];
    let other = other.prop_map(|name| json!({"name": name, "parameters": {"userIds": "a,b"}}));
    prop::collection::vec(prop_oneof![9 => rollout(), 1 => other], 0..4).prop_map(Value::from)
}

proptest! {
    #[test]
    fn the_short_path_decides_as_the_engine(
        strategies in strategies(),
        user in prop::option::weighted(0.9, ".{0,12}"),
        session in prop::option::of("[a-z0-9-]{0,36}"),
        environment in prop::option::of("[a-z]{0,5}"),
        plan in prop::option::of(".{0,5}"),
    ) {
        let toggles = toggles(&strategies);
        let snapshot = toggles.load();
        let id = toggles.resolve("t");
        let properties: Vec<_> = plan.as_deref().map(|plan| ("plan", plan)).into_iter().collect();
        let context = Context {
            user_id: user.as_deref(),
            session_id: session.as_deref(),
            environment: environment.as_deref(),
            properties: &properties,
            ..Context::new(Timestamp(0), 0)
        };
        prop_assert_eq!(Some(snapshot.is_enabled(id, &context)), snapshot.is_enabled_by_engine(id, &context));
    }

    #[test]
    fn default_stickiness_takes_the_user_before_the_session(user in "[a-z]{1,9}", session in "[a-z]{1,9}", both: bool) {
        let toggles = toggles(&json!([{"name": "flexibleRollout", "parameters": {"rollout": "50"}}]));
        let snapshot = toggles.load();
        let id = toggles.resolve("t");
        let user = both.then_some(user.as_str());
        let context = Context { user_id: user, session_id: Some(&session), ..Context::new(Timestamp(0), 0) };
        prop_assert!(snapshot.is_simple(id));
        prop_assert_eq!(Some(snapshot.is_enabled(id, &context)), snapshot.is_enabled_by_engine(id, &context));
    }
}

#[test]
fn simple_toggles_are_known_as_such_and_others_are_not() {
    let rollout = |parameters: Value| json!([{"name": "flexibleRollout", "parameters": parameters}]);
    for (strategies, simple) in [
        (json!([]), true),
        (json!([{"name": "default"}]), true),
        (json!([{"name": "default", "constraints": [], "segments": []}]), true),
        (rollout(json!({"rollout": "5", "stickiness": "random"})), true),
        (rollout(json!({"rollout": "5", "stickiness": "tenant", "groupId": "g"})), true),
        (rollout(json!({"rollout": "101"})), false),
        (rollout(json!({"rollout": "5", "groupId": "\""})), false),
        (rollout(json!({"rollout": "5", "stickiness": "remoteAddress"})), false),
        (json!([{"name": "userWithId", "parameters": {"userIds": "1"}}]), false),
        (json!([{"name": "default", "segments": [1]}]), false),
        (
            json!([{"name": "default", "constraints": [{"contextName": "userId", "operator": "IN", "values": ["1"]}]}]),
            false,
        ),
    ] {
        let toggles = toggles(&strategies);
        assert_eq!(toggles.load().is_simple(toggles.resolve("t")), simple, "{strategies}");
    }
}

/// How many of 100,000 requests with no user are taken.
fn taken(strategies: &Value) -> u32 {
    let toggles = toggles(strategies);
    let (snapshot, id) = (toggles.load(), toggles.resolve("t"));
    let taken =
        (0..100_000u64).filter(|chance| snapshot.is_enabled(id, &Context::new(Timestamp(0), *chance)));
    u32::try_from(taken.count()).unwrap()
}

#[test]
fn draws_are_fair_also_when_the_chances_are_alike() {
    for percent in [1, 5, 30, 99] {
        let random = json!({"rollout": percent.to_string(), "stickiness": "random"});
        for parameters in [random, json!({"rollout": percent.to_string()})] {
            let taken = taken(&json!([{"name": "flexibleRollout", "parameters": parameters}]));
            // Five standard deviations.
            assert!(taken.abs_diff(percent * 1000) < 750, "{percent} %: {taken}");
        }
    }
    let rollout = json!({"name": "flexibleRollout", "parameters": {"rollout": "50", "stickiness": "random"}});
    let twice = taken(&json!([rollout, rollout]));
    assert!(twice.abs_diff(75_000) < 750, "two draws of one toggle do not depend on each other: {twice}");
}

#[test]
fn one_chance_gives_one_answer() {
    let toggles = toggles(
        &json!([{"name": "flexibleRollout", "parameters": {"rollout": "50", "stickiness": "random"}}]),
    );
    let (snapshot, id) = (toggles.load(), toggles.resolve("t"));
    for chance in 0..100 {
        let context = Context::new(Timestamp(0), chance);
        assert_eq!(snapshot.is_enabled(id, &context), snapshot.is_enabled(id, &context));
    }
}

/// A share of a toggle: by its own key, so that the two together are the smaller of both.
#[test]
fn a_share_of_a_toggle_is_drawn_as_the_toggle_is() {
    for (stickiness, percent) in
        [("userId", 40), ("default", 40), ("random", 40), ("userId", 100), ("default", 100)]
    {
        let parameters = json!({"rollout": percent.to_string(), "stickiness": stickiness, "groupId": "g"});
        let toggles = toggles(&json!([{"name": "flexibleRollout", "parameters": parameters}]));
        let (snapshot, id) = (toggles.load(), toggles.resolve("t"));
        let mut taken = [0; 5];
        let mut within_before = vec![false; 5_000];
        for (step, share) in [0, 10, 40, 60, 100].into_iter().enumerate() {
            for (user, was_within) in within_before.iter_mut().enumerate() {
                let name = user.to_string();
                let user_id = Some(name.as_str()).filter(|_| stickiness != "random");
                let context = Context {
                    user_id,
                    ..Context::new(Timestamp(0), (user as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
                };
                let (is_on, is_within) =
                    (snapshot.is_enabled(id, &context), snapshot.is_within(id, &context, share));
                assert!(is_within || !*was_within, "raising a share only adds");
                *was_within = is_within;
                taken[step] += u32::from(is_on && is_within);
            }
        }
        for (taken, share) in taken.into_iter().zip([0, 10, 40, 60, 100_u32]) {
            let expected = share.min(percent) * 50;
            assert!(
                taken.abs_diff(expected) <= 160,
                "{taken} of 5,000 at {share} % of {percent} % by {stickiness}"
            );
        }
        if percent == 40 {
            assert_eq!(taken[2..], [taken[2]; 3], "the toggle is never exceeded, and its own share is whole");
        }
    }
}

#[test]
fn a_toggle_without_rollout_has_a_share_by_its_name() {
    let toggles = toggles(&json!([{"name": "default"}]));
    let (snapshot, id) = (toggles.load(), toggles.resolve("t"));
    let takes = |user: &str, share| {
        snapshot.is_within(id, &Context { user_id: Some(user), ..Context::new(Timestamp(0), 0) }, share)
    };
    let taken = (0..1_000).filter(|user| takes(&user.to_string(), 30)).count();
    assert!((250..350).contains(&taken), "{taken}");
    assert!(snapshot.asks_within(id).user && snapshot.asks(id).is_nothing());
    let unknown = toggles.resolve("unknown");
    assert!(!snapshot.is_within(unknown, &Context::new(Timestamp(0), 0), 99));
}
