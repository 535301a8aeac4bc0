//! Writes a suite's state down as a `features.toml` and reads it with the reader of such files.

use crate::suite::Suite;
use serde_json::{Map, Value};
use toggles::file::{FileState, from_text};

/// The suite's toggles, by way of a file.
pub(crate) fn read(suite: &Suite) -> FileState {
    from_text(&text(suite))
}

/// The suite's state as a file, key by key.
fn text(suite: &Suite) -> String {
    let state = match suite.state.get("events") {
        // Events are nothing that a file could hold: what comes of them is.
        Some(_) => serde_json::to_value(suite.state()).unwrap(),
        None => suite.state.clone(),
    };
    let mut toggles = Map::new();
    for feature in state["features"].as_array().unwrap() {
        let mut toggle = feature.as_object().unwrap().clone();
        let name = toggle.remove("name").unwrap();
        toggles.insert(name.as_str().unwrap().to_owned(), without_nulls(Value::Object(toggle)));
    }
    let mut file = Map::from_iter([("toggles".to_owned(), Value::Object(toggles))]);
    if let Some(segments) = state.get("segments").filter(|segments| !segments.is_null()) {
        file.insert("segments".to_owned(), without_nulls(segments.clone()));
    }
    toml::to_string(&file).unwrap()
}

/// TOML has no null: what is null in JSON is left out.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(key, value)| (key, without_nulls(value))).collect())
        }
        Value::Array(list) => Value::Array(list.into_iter().map(without_nulls).collect()),
        other => other,
    }
}
