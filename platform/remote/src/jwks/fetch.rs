//! One issuer: asked for its keys, within bounds.

use super::JwksSettings;
use crate::RemoteError;
use identity::TokenKeys;
use reqwest::header::{ETAG, HeaderValue, IF_NONE_MATCH};
use reqwest::{Client, StatusCode, redirect};
use std::time::Duration;
use url::{Host, Url};

/// An issuer, and the keys that it told last.
pub(super) struct Source {
    http: Client,
    url: Url,
    tag: Option<HeaderValue>,
    keys: TokenKeys,
    /// Whether it failed the last time, so that a failure is said once.
    is_failing: bool,
}

impl Source {
    pub(super) fn new(settings: &JwksSettings, url: &str) -> Result<Self, RemoteError> {
        let url = checked(url)?;
        let builder = || {
            let builder = Client::builder()
                // Who follows redirects believes whoever they lead to.
                .redirect(redirect::Policy::none())
                .connect_timeout(Duration::from_millis(settings.connect_timeout_ms))
                .timeout(Duration::from_millis(settings.request_timeout_ms));
            if is_loopback(&url) { builder.no_proxy() } else { builder }
        };
        // A machine without any trusted certificates can still do http.
        let without =
            |error| if url.scheme() == "http" { builder().tls_certs_only([]).build() } else { Err(error) };
        let http = builder().build().or_else(without).map_err(RemoteError::Client)?;
        Ok(Self { http, url, tag: None, keys: TokenKeys::default(), is_failing: false })
    }

    /// The keys that it told last.
    pub(super) fn keys(&self) -> &TokenKeys {
        &self.keys
    }

    /// Asks for the keys; what was known stays where that comes to nothing. Says whether it came to something.
    pub(super) async fn look(&mut self, settings: &JwksSettings) -> bool {
        match self.ask(settings.body_max_bytes).await {
            Ok(()) => {
                if std::mem::take(&mut self.is_failing) {
                    tracing::info!(url = %self.url, "the keys of tokens can be had again");
                }
                true
            }
            Err(error) => {
                if !std::mem::replace(&mut self.is_failing, true) {
                    tracing::warn!(url = %self.url, %error, "the keys of tokens cannot be had; the last ones hold");
                }
                false
            }
        }
    }

    async fn ask(&mut self, max_bytes: usize) -> Result<(), RemoteError> {
        let mut request = self.http.get(self.url.clone());
        if let Some(tag) = &self.tag {
            request = request.header(IF_NONE_MATCH, tag);
        }
        let mut response = request.send().await.map_err(RemoteError::Unreachable)?;
        if response.status() == StatusCode::NOT_MODIFIED && self.tag.is_some() {
            return Ok(());
        }
        if response.status() != StatusCode::OK {
            return Err(RemoteError::Status { status: response.status().as_u16() });
        }
        let tag = response.headers().get(ETAG).cloned();
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(RemoteError::Unreachable)? {
            if body.len() + piece.len() > max_bytes {
                return Err(RemoteError::TooLarge { max_bytes });
            }
            body.extend_from_slice(&piece);
        }
        let read = TokenKeys::from_jwks(&body);
        self.keys = read.map_err(|error| RemoteError::Jwks { reason: error.to_string() })?;
        self.tag = tag;
        Ok(())
    }
}

/// A URL that can be asked.
pub(super) fn checked(url: &str) -> Result<Url, RemoteError> {
    // The text itself is not told where it may hold a password.
    let wrong = |reason: &str| RemoteError::Jwks { reason: format!("jwks.urls: {reason}") };
    let url = Url::parse(url).map_err(|_| wrong("holds what is no URL"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong("must be http://HOST/PATH, or https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("must not hold a user or a password"));
    }
    Ok(url)
}

/// Whether the issuer runs on this machine: then no proxy is asked for the way.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
