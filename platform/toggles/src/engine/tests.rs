//! The engine never takes a request down, and gets from the context what its toggles ask for.

use crate::{ClientFeatures, Context, CurrentTime, RemoteAddress, Toggles};
use kernel::Timestamp;
use serde_json::{Value, json};

fn toggles(features: &Value) -> Toggles {
    let features: ClientFeatures =
        serde_json::from_value(json!({"version": 2, "features": features})).unwrap();
    let toggles = Toggles::new();
    toggles.replace(features).unwrap();
    toggles
}

fn constrained(constraint: &Value) -> Value {
    json!([{"name": "t", "enabled": true, "strategies": [{"name": "default", "constraints": [constraint]}]}])
}

fn is_on(toggles: &Toggles, context: &Context<'_>) -> bool {
    toggles.load().is_enabled(toggles.resolve("t"), context)
}

#[test]
fn the_time_the_address_and_properties_reach_the_engine() {
    let nothing = Context::new(Timestamp(1_000), 0);
    let after = constrained(
        &json!({"contextName": "currentTime", "operator": "DATE_AFTER", "value": "2026-01-01T00:00:00Z"}),
    );
    let toggles_after = toggles(&after);
    assert!(!is_on(&toggles_after, &nothing));
    assert!(is_on(&toggles_after, &Context::new(Timestamp(1_800_000_000_000), 0)));
    let text = CurrentTime::Text("2026-01-01T00:00:01Z");
    assert!(is_on(&toggles_after, &Context { current_time: text, ..nothing }));

    let within = toggles(&constrained(
        &json!({"contextName": "remoteAddress", "operator": "IN_CIDR", "values": ["10.0.0.0/8"]}),
    ));
    assert!(!is_on(&within, &nothing));
    let address = Some(RemoteAddress::Ip("::ffff:10.1.2.3".parse().unwrap()));
    assert!(is_on(&within, &Context { remote_address: address, ..nothing }));

    let path = toggles(&constrained(
        &json!({"contextName": "path", "operator": "STR_STARTS_WITH", "values": ["/api"]}),
    ));
    assert!(!is_on(&path, &nothing));
    assert!(is_on(&path, &Context { properties: &[("host", "h"), ("path", "/api/x")], ..nothing }));
}

#[test]
fn a_child_gets_what_its_parent_asks_for() {
    let constraint = json!({"contextName": "path", "operator": "IN", "values": ["/a"]});
    let mut features = constrained(&constraint);
    features[0]["name"] = "parent".into();
    let child =
        json!({"name": "t", "enabled": true, "strategies": [], "dependencies": [{"feature": "parent"}]});
    features.as_array_mut().unwrap().push(child);
    let toggles = toggles(&features);
    assert!(is_on(&toggles, &Context { properties: &[("path", "/a")], ..Context::new(Timestamp(0), 0) }));
    assert!(!is_on(&toggles, &Context { properties: &[("path", "/b")], ..Context::new(Timestamp(0), 0) }));
}

#[test]
fn the_name_of_the_machine_is_known() {
    let host = rustix::system::uname().nodename().to_str().unwrap().to_owned();
    let strategy = |name: &str| {
        json!([{"name": "t", "enabled": true, "strategies":
        [{"name": "applicationHostname", "parameters": {"hostNames": format!("other,{name}")}}]}])
    };
    let context = Context::new(Timestamp(0), 0);
    assert!(is_on(&toggles(&strategy(&host)), &context));
    assert!(!is_on(&toggles(&strategy("not-here")), &context));
}

#[test]
fn weights_that_the_engine_cannot_divide_by_give_no_variant() {
    for weights in [[0, 0], [-1, 0], [-5, -5]] {
        let variants: Vec<Value> = weights.map(|weight| json!({"name": "v", "weight": weight})).into();
        for feature in [
            json!({"name": "t", "enabled": true, "strategies": [], "variants": variants}),
            json!({"name": "t", "enabled": true, "strategies": [{"name": "default", "variants": variants}]}),
        ] {
            let toggles = toggles(&json!([feature]));
            let snapshot = toggles.load();
            let variant = snapshot.variant(toggles.resolve("t"), &Context::new(Timestamp(0), 0));
            assert_eq!((variant.name.as_str(), variant.feature_enabled), ("disabled", true));
            assert_eq!(snapshot.failures(), 0);
        }
    }
}

#[test]
fn a_panic_inside_the_engine_is_off_and_counted() {
    // A name that is no name but a piece of a rule: it draws from an empty range.
    let name = "x\"] == 1 or random[1] < 5 or context[\"y";
    let toggles = toggles(&constrained(&json!({"contextName": name, "operator": "NUM_EQ", "value": "1"})));
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let on = is_on(&toggles, &Context::new(Timestamp(0), 0));
    std::panic::set_hook(hook);
    assert!(!on);
    assert_eq!(toggles.load().failures(), 1);
}

#[test]
fn a_toggle_that_does_not_compile_is_off_with_a_warning_and_the_others_hold() {
    let mut features =
        constrained(&json!({"contextName": "userId", "operator": "FROM_THE_FUTURE", "value": "1"}));
    features.as_array_mut().unwrap().push(json!({"name": "other", "enabled": true, "strategies": []}));
    let toggles = toggles(&features);
    let snapshot = toggles.load();
    assert_eq!(snapshot.warnings().len(), 1);
    assert_eq!(snapshot.warnings()[0].toggle, "t");
    assert!(!is_on(&toggles, &Context::new(Timestamp(0), 0)));
    assert!(snapshot.is_enabled(toggles.resolve("other"), &Context::new(Timestamp(0), 0)));
}
