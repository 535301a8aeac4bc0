//! Names whose values are secrets.

/// Parts of names: `accessToken`, `x-api-key` and `old_password` have one of these.
const PARTS: [&str; 17] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "authorization",
    "authorisation",
    "credential",
    "cookie",
    "sessionid",
    "csrf",
    "xsrf",
    "jwt",
    "signature",
];
/// Whole names.
const WHOLE: [&str; 10] = ["pwd", "pass", "auth", "session", "sid", "otp", "pin", "cvv", "cvc", "sig"];

/// Names whose values are secrets: the built-in ones and those of the settings.
#[derive(Debug)]
pub(super) struct Names(Vec<String>);

impl Names {
    pub(super) fn new(more: &[String]) -> Self {
        let more = more.iter().map(|name| bare(name));
        Self(PARTS.iter().map(|name| (*name).to_owned()).chain(more).collect())
    }

    /// Whether this is such a name.
    pub(super) fn hide(&self, name: &str) -> bool {
        let name = bare(name);
        WHOLE.contains(&name.as_str()) || self.0.iter().any(|part| name.contains(part))
    }

    /// Whether a place lies at or below such a name: `$.user['password']`, `header set-cookie`.
    pub(super) fn in_place(&self, place: &str) -> bool {
        let name = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        place.split(|c| !name(c)).any(|part| self.hide(part))
    }
}

/// Without case, `-`, `_` and what else joins words.
fn bare(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_however_they_are_written() {
        let names = Names::new(&["credit-card".into()]);
        for hidden in
            ["password", "old_password", "X-Api-Key", "accessToken", "Set-Cookie", "PIN", "creditCardNo"]
        {
            assert!(names.hide(hidden), "{hidden}");
        }
        for shown in ["author", "opinion", "spin", "pass_count", "passenger", "side", "html", "id"] {
            assert!(!names.hide(shown), "{shown}");
        }
        assert!(names.in_place("$.users[3]['old password'].hint"));
        assert!(!names.in_place("$.users[3].name"));
    }
}
