//! What a toggle says, for people: in a few words, and whether it is the same for everybody.

use serde::{Serialize, Serializer};
use std::fmt;
use toggles::ClientFeatures;

/// What a toggle says. Displays as `off`, `on`, `5 % by userId`, `missing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    words: String,
    /// What it is for everybody; `None`: on for some and off for others.
    plain: Option<bool>,
}

impl Setting {
    /// Of the toggle with this name. One that does not exist counts as off.
    #[must_use]
    pub fn named(features: &ClientFeatures, name: &str) -> Self {
        let Some(toggle) = features.features.iter().find(|toggle| toggle.name == name) else {
            return Self { words: "missing".to_owned(), plain: Some(false) };
        };
        let words = toggles::summary(toggle);
        let plain = match words.as_str() {
            "off" | "0 % by default" | "0 % by random" | "0 % by userId" | "0 % by sessionId" => Some(false),
            "on" | "100 % by default" | "100 % by random" => Some(true),
            // 100 % by user leaves out whoever is nobody.
            _ => None,
        };
        Self { words, plain }
    }

    /// Whether it is on for everybody.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.plain == Some(true)
    }

    /// Whether it is off for everybody.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.plain == Some(false)
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

/// As it is displayed.
impl Serialize for Setting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.words)
    }
}
