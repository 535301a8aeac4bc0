//! What a toggle says, in a few words: for listings.

use unleash_types::client_features::{ClientFeature, FeatureDependency, Strategy};

/// Whom the toggle is on for: `off`, `on`, `5 % by userId`, `userWithId or 5 % by default (1 constraint)`, each followed
/// by the toggles that it depends on.
#[must_use]
pub fn summary(toggle: &ClientFeature) -> String {
    if !toggle.enabled {
        return "off".into();
    }
    let strategies = toggle.strategies.as_deref().unwrap_or_default();
    let parts: Vec<String> = strategies.iter().map(strategy).collect();
    let whom = if parts.is_empty() { "on".to_owned() } else { parts.join(" or ") };
    let parents = toggle.dependencies.as_deref().unwrap_or_default();
    parents.iter().fold(whom, |text, one| text + ", if " + &parent(one))
}

fn strategy(strategy: &Strategy) -> String {
    let parameter =
        |name: &str| strategy.parameters.as_ref().and_then(|all| all.get(name)).map(String::as_str);
    let text = match strategy.name.as_str() {
        "default" => "on".to_owned(),
        "flexibleRollout" => {
            let (percent, by) =
                (parameter("rollout").unwrap_or("0"), parameter("stickiness").unwrap_or("default"));
            format!("{percent} % by {by}")
        }
        name => name.to_owned(),
    };
    let count = |length: Option<usize>| length.unwrap_or_default();
    let limits = [
        (count(strategy.constraints.as_ref().map(Vec::len)), "constraint"),
        (count(strategy.segments.as_ref().map(Vec::len)), "segment"),
    ];
    let limits: Vec<String> = limits
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}{}", if count == 1 { "" } else { "s" }))
        .collect();
    if limits.is_empty() { text } else { format!("{text} ({})", limits.join(", ")) }
}

fn parent(parent: &FeatureDependency) -> String {
    let variants = parent.variants.as_deref().unwrap_or_default();
    match (parent.enabled, variants) {
        (Some(false), _) => format!("{} is off", parent.feature),
        (_, []) => format!("{} is on", parent.feature),
        (_, variants) => format!("{} gives {}", parent.feature, variants.join(" or ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::from_text;

    #[test]
    fn toggles_are_described_in_a_few_words() {
        for (body, words) in [
            ("enabled = false\nstrategies = [{ name = \"default\" }]", "off"),
            ("enabled = true", "on"),
            ("enabled = true\nstrategies = [{ name = \"default\" }]", "on"),
            (
                "enabled = true\nstrategies = [{ name = \"flexibleRollout\", parameters = { rollout = 5, stickiness = \
                 \"userId\" } }]",
                "5 % by userId",
            ),
            (
                "enabled = true\nstrategies = [{ name = \"userWithId\", parameters = { userIds = \"1\" } }, { name = \
                 \"flexibleRollout\", parameters = { rollout = 5 }, constraints = [{ contextName = \"a\", operator = \
                 \"IN\", values = [\"b\"] }] }]",
                "userWithId or 5 % by default (1 constraint)",
            ),
        ] {
            let features = from_text(&format!("[toggles.t]\n{body}\n")).into_result().unwrap().features;
            assert_eq!(summary(&features[0]), words);
        }
        let text = "toggles.a.enabled = true\n[toggles.b]\nenabled = true\ndependencies = [{ feature = \"a\", enabled = \
                    false }]\n[toggles.c]\nenabled = true\ndependencies = [{ feature = \"a\", variants = [\"x\", \"y\"] }]\n";
        let features = from_text(text).into_result().unwrap().features;
        let words: Vec<String> = features.iter().map(summary).collect();
        assert_eq!(words, ["on", "on, if a is off", "on, if a gives x or y"]);
    }
}
