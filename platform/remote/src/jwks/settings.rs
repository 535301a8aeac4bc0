//! The section `jwks`: where the keys are that verify tokens of others.

use crate::RemoteError;
use identity::{TokenKeys, TokenRules};
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

/// Most issuers.
const URLS_MAX: usize = 16;

/// Whose tokens are believed. Without URLs and file none are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JwksSettings {
    /// Where issuers publish their keys: `https://id.example/.well-known/jwks.json`. The keys of all of them count.
    pub urls: Vec<String>,
    /// A JWK set that counts too; read at the start.
    pub file: PathBuf,
    /// What `iss` of a token must be; empty: any.
    pub issuer: String,
    /// What `aud` of a token must be or hold; empty: any.
    pub audience: String,
    /// By how much the issuer's clock may differ, seconds.
    pub leeway_s: u32,
    /// Time between two looks when all is well, milliseconds.
    pub refresh_ms: u64,
    /// Least time between two looks, however often tokens name keys that are not known, milliseconds.
    pub refresh_min_ms: u64,
    /// Wait after the first failure, milliseconds; it doubles with every further one.
    pub retry_first_ms: u64,
    /// Wait after any failure at most, milliseconds.
    pub retry_max_ms: u64,
    /// Longest that a connection may take, milliseconds.
    pub connect_timeout_ms: u64,
    /// Longest that an answer may take, milliseconds.
    pub request_timeout_ms: u64,
    /// Most bytes of a set.
    pub body_max_bytes: usize,
}

impl Default for JwksSettings {
    fn default() -> Self {
        Self {
            urls: Vec::new(),
            file: PathBuf::new(),
            issuer: String::new(),
            audience: String::new(),
            leeway_s: 30,
            refresh_ms: 300_000,
            refresh_min_ms: 10_000,
            retry_first_ms: 1_000,
            retry_max_ms: 60_000,
            connect_timeout_ms: 2_000,
            request_timeout_ms: 5_000,
            body_max_bytes: 256 * 1024,
        }
    }
}

impl JwksSettings {
    /// Whether tokens of others are verified.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.urls.is_empty() || !self.file.as_os_str().is_empty()
    }

    /// Refuses what could never work, by the setting's name.
    ///
    /// # Errors
    /// [`RemoteError::Jwks`] says what is wrong.
    pub fn check(&self) -> Result<(), RemoteError> {
        let wrong = |reason: String| Err(RemoteError::Jwks { reason });
        if self.urls.len() > URLS_MAX {
            return wrong(format!("jwks.urls: {URLS_MAX} at most"));
        }
        for url in &self.urls {
            super::fetch::checked(url)?;
        }
        let bounds = [
            ("refresh_ms", self.refresh_ms),
            ("refresh_min_ms", self.refresh_min_ms),
            ("retry_first_ms", self.retry_first_ms),
            ("retry_max_ms", self.retry_max_ms),
            ("connect_timeout_ms", self.connect_timeout_ms),
            ("request_timeout_ms", self.request_timeout_ms),
            ("body_max_bytes", self.body_max_bytes as u64),
        ];
        match bounds.into_iter().find(|(_, value)| *value == 0) {
            Some((setting, _)) => wrong(format!("jwks.{setting}: must be at least 1")),
            None => Ok(()),
        }
    }

    pub(super) fn refresh_min(&self) -> Duration {
        Duration::from_millis(self.refresh_min_ms)
    }

    pub(super) fn rules(&self) -> TokenRules {
        TokenRules {
            issuer: self.issuer.clone(),
            audience: self.audience.clone(),
            leeway_s: i64::from(self.leeway_s),
        }
    }

    /// The keys of the file; none where no file is named.
    pub(super) fn file_keys(&self) -> Result<TokenKeys, RemoteError> {
        if self.file.as_os_str().is_empty() {
            return Ok(TokenKeys::default());
        }
        let wrong = |error: String| RemoteError::Jwks {
            reason: format!("jwks.file: {}: {error}", self.file.display()),
        };
        let mut text = Vec::new();
        let file = std::fs::File::open(&self.file).map_err(|error| wrong(error.to_string()))?;
        let within = (self.body_max_bytes as u64).saturating_add(1);
        file.take(within).read_to_end(&mut text).map_err(|error| wrong(error.to_string()))?;
        if text.len() > self.body_max_bytes {
            return Err(wrong(format!("has more than {} bytes", self.body_max_bytes)));
        }
        TokenKeys::from_jwks(&text).map_err(|error| wrong(error.to_string()))
    }
}
