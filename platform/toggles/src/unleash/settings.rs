//! The section `unleash`: which server, and every bound of talking to it.

use super::error::UnleashError;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;
use url::{Host, Url};

/// Which Unleash server the toggles come from, and how it is asked.
#[derive(Debug, Clone, serde::Deserialize, serde::Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct UnleashSettings {
    /// The server's API, as in `http://127.0.0.1:4242/api`. Empty: the toggles come from the features file.
    pub url: String,
    /// A backend token of the server. It also says which projects and which environment.
    pub token: Token,
    /// What the server calls this application.
    pub app_name: String,
    /// What usage is reported for; a token names its environment by itself.
    pub environment: String,
    /// Milliseconds between two questions for the toggles.
    pub poll_interval_ms: u64,
    /// Milliseconds between two reports of usage.
    pub metrics_interval_ms: u64,
    /// Milliseconds until the first new attempt when the server is away. They double with each failure; of each wait
    /// up to a half is taken off by chance, so that instances do not come all at once.
    pub retry_first_ms: u64,
    /// Milliseconds between two attempts at most.
    pub retry_max_ms: u64,
    /// Milliseconds that connecting may take.
    pub connect_timeout_ms: u64,
    /// Milliseconds that a question may take in all.
    pub request_timeout_ms: u64,
    /// The largest answer, in bytes.
    pub body_max_bytes: usize,
    /// Milliseconds that stopping waits for the last report of usage.
    pub stop_within_ms: u64,
    /// Where the last known toggles are kept, for a start while the server is away. Empty: nowhere.
    pub backup: PathBuf,
}

impl Default for UnleashSettings {
    fn default() -> Self {
        Self {
            url: String::new(),
            token: Token::default(),
            app_name: "banyan".into(),
            environment: "default".into(),
            poll_interval_ms: 10_000,
            metrics_interval_ms: 60_000,
            retry_first_ms: 1_000,
            retry_max_ms: 60_000,
            connect_timeout_ms: 2_000,
            request_timeout_ms: 10_000,
            body_max_bytes: 16 * 1024 * 1024,
            stop_within_ms: 2_000,
            backup: "./data/unleash.json".into(),
        }
    }
}

impl UnleashSettings {
    /// Whether toggles come from a server.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.url.is_empty()
    }

    /// The URL without a slash at its end, when the settings can be used.
    ///
    /// # Errors
    /// [`UnleashError::Setting`], by the setting's name.
    pub fn checked_url(&self) -> Result<Url, UnleashError> {
        let wrong = |setting: &'static str, reason: String| UnleashError::Setting { setting, reason };
        let url = Url::parse(self.url.trim_end_matches('/'))
            .map_err(|error| wrong("url", format!("is no URL such as http://127.0.0.1:4242/api: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("url", "must be http://HOST[:PORT]/api, or https".into()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("url", "must not hold a user or a password: set unleash.token".into()));
        }
        if self.token.0.is_empty() {
            return Err(wrong("token", "is missing".into()));
        }
        let bounds = [
            ("poll_interval_ms", self.poll_interval_ms),
            ("metrics_interval_ms", self.metrics_interval_ms),
            ("retry_first_ms", self.retry_first_ms),
            ("retry_max_ms", self.retry_max_ms),
            ("connect_timeout_ms", self.connect_timeout_ms),
            ("request_timeout_ms", self.request_timeout_ms),
            ("body_max_bytes", self.body_max_bytes as u64),
        ];
        match bounds.into_iter().find(|(_, value)| *value == 0) {
            Some((setting, _)) => Err(wrong(setting, "must be at least 1".into())),
            None => Ok(url),
        }
    }

    pub(super) fn stop_within(&self) -> Duration {
        Duration::from_millis(self.stop_within_ms)
    }
}

/// Whether the server runs on this machine: then no proxy is asked for the way.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// A token. Shown as `***`.
#[derive(Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Token(String);

impl Token {
    /// A token by its text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// What of the token is no secret: in `project:environment.secret`, what stands before the dot.
    pub(super) fn scope(&self) -> &str {
        self.0.split_once('.').map_or("", |(scope, _)| scope)
    }

    fn masked(&self) -> &'static str {
        if self.0.is_empty() { "" } else { "***" }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.masked())
    }
}

impl serde::Serialize for Token {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_never_shown() {
        let settings =
            UnleashSettings { token: Token::new("*:development.geheim"), ..UnleashSettings::default() };
        assert!(!format!("{settings:?}").contains("geheim"));
        assert!(!serde_json::to_string(&settings).unwrap().contains("geheim"));
        assert_eq!(settings.token.scope(), "*:development");
        assert_eq!(Token::new("geheim").scope(), "");
    }

    #[test]
    fn settings_that_cannot_work_are_refused_by_name() {
        let good: UnleashSettings =
            serde_json::from_str(r#"{"url": "http://127.0.0.1:4242/api/", "token": "t"}"#).unwrap();
        assert_eq!(good.checked_url().unwrap().as_str(), "http://127.0.0.1:4242/api");
        assert!(good.is_on() && !UnleashSettings::default().is_on());
        for (change, setting) in [
            (r#"{"url": "127.0.0.1:4242", "token": "t"}"#, "unleash.url"),
            (r#"{"url": "http://u:p@h/api", "token": "t"}"#, "unleash.url"),
            (r#"{"url": "http://h/api?x", "token": "t"}"#, "unleash.url"),
            (r#"{"url": "http://h/api"}"#, "unleash.token"),
            (r#"{"url": "http://h/api", "token": "t", "poll_interval_ms": 0}"#, "unleash.poll_interval_ms"),
        ] {
            let settings: UnleashSettings = serde_json::from_str(change).unwrap();
            let error = settings.checked_url().unwrap_err().to_string();
            assert!(error.starts_with(setting), "{error}");
        }
        serde_json::from_str::<UnleashSettings>(r#"{"tokne": "t"}"#).unwrap_err();
    }
}
