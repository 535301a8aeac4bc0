//! The settings that hold, for the admin API: what somebody set, over the defaults.
//!
//! The sections themselves cannot be written out: some keep secrets. The defaults are those of the sample file, whose values
//! a test compares with them.

use serde_json::{Map, Value};

const SAMPLE: &str = include_str!("../../deploy/banyan.toml");

/// All settings. What has no default and was not set is not in it.
pub(crate) fn effective(given: Value) -> Value {
    // The sample is ours, and a test reads it.
    let mut settings = toml::from_str(SAMPLE).unwrap_or_else(|_| Value::Object(Map::new()));
    merge(&mut settings, given);
    settings
}

fn merge(into: &mut Value, given: Value) {
    match (into, given) {
        (Value::Object(into), Value::Object(given)) => {
            for (name, value) in given {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (_, Value::Null) => {}
        (into, given) => *into = given,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Common;
    use crate::settings::Settings;
    use serde_json::json;

    fn common(config: Option<&str>) -> Common {
        let config = config.map(Into::into);
        Common { config, features: None, storage: None, secrets: None, listen: None, admin: None }
    }

    /// As they are shown, without secrets and without what was set.
    fn shown(settings: Settings) -> String {
        format!("{:#?}", Settings { given: Value::Null, ..settings })
    }

    #[test]
    fn the_sample_says_the_defaults() {
        let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/banyan.toml");
        let sampled = Settings::load(&common(Some(sample))).unwrap();
        assert_eq!(shown(sampled), shown(Settings::defaults(&common(None))));
    }

    #[test]
    fn what_is_set_stands_over_the_defaults() {
        let settings = effective(json!({
            "log": { "filter": "debug" },
            "upstream": { "policy": { "timeouts": { "connect_ms": 7 } } },
            "admin": { "names": ["a", "b"] },
        }));
        assert_eq!(settings["log"]["filter"], "debug");
        assert_eq!(settings["log"]["format"], "auto");
        assert_eq!(settings["gateway"]["head_max_bytes"], 32_768);
        assert_eq!(settings["upstream"]["policy"]["timeouts"]["connect_ms"], 7);
        let timeouts = |settings: &Value| settings["upstream"]["policy"]["timeouts"]["idle_ms"].as_u64();
        assert!(timeouts(&settings).is_some() && timeouts(&settings) == timeouts(&effective(Value::Null)));
        assert_eq!(settings["admin"]["names"], json!(["a", "b"]));
    }
}
