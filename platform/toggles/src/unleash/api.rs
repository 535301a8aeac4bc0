//! The three calls of Unleash's client API, each bounded in time and size.

use super::error::{CallError, UnleashError};
use super::settings::{UnleashSettings, is_loopback};
use reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, RETRY_AFTER,
};
use reqwest::{Client, ClientBuilder, Response, StatusCode, redirect};
use std::time::Duration;
use unleash_yggdrasil::SUPPORTED_SPEC_VERSION;
use url::Url;

/// Who asks, in logs of the server.
pub(super) const SDK: &str = concat!("banyan:", env!("CARGO_PKG_VERSION"));

/// A server, ready to be called.
#[derive(Clone)]
pub(super) struct Api {
    http: Client,
    base: String,
    body_max_bytes: usize,
}

/// What came of asking for the toggles.
pub(super) enum Fetched {
    /// They are as they were.
    NotModified,
    /// A new state.
    New { body: Vec<u8>, etag: Option<String> },
}

impl Api {
    pub(super) fn new(settings: &UnleashSettings, url: &Url, instance: &str) -> Result<Self, UnleashError> {
        let headers = headers(settings, instance)?;
        let builder = || {
            let builder = Client::builder()
                .default_headers(headers.clone())
                .redirect(redirect::Policy::none())
                .connect_timeout(Duration::from_millis(settings.connect_timeout_ms))
                .timeout(Duration::from_millis(settings.request_timeout_ms));
            if is_loopback(url) { builder.no_proxy() } else { builder }
        };
        let http = built(builder(), url, builder)?;
        Ok(Self {
            http,
            base: url.as_str().trim_end_matches('/').to_owned(),
            body_max_bytes: settings.body_max_bytes,
        })
    }

    /// `GET client/features`.
    pub(super) async fn features(&self, etag: Option<&str>) -> Result<Fetched, CallError> {
        let mut request = self.http.get(format!("{}/client/features", self.base));
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let response = request.send().await?;
        match response.status() {
            StatusCode::NOT_MODIFIED if etag.is_some() => Ok(Fetched::NotModified),
            StatusCode::OK => {
                let etag =
                    response.headers().get(ETAG).and_then(|etag| etag.to_str().ok()).map(str::to_owned);
                Ok(Fetched::New { body: self.body(response).await?, etag })
            }
            _ => Err(status_error(&response)),
        }
    }

    /// `POST client/register` or `client/metrics`. The answer's body says nothing.
    pub(super) async fn post(&self, what: &str, body: String) -> Result<(), CallError> {
        let request = self.http.post(format!("{}/client/{what}", self.base));
        let response = request.header(CONTENT_TYPE, "application/json").body(body).send().await?;
        if response.status().is_success() { Ok(()) } else { Err(status_error(&response)) }
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, CallError> {
        let max = self.body_max_bytes;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > max {
                return Err(CallError::TooLarge { max });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// Builds a client; on a machine without any trusted certificates one that cannot do https, but still http.
fn built(first: ClientBuilder, url: &Url, again: impl Fn() -> ClientBuilder) -> Result<Client, UnleashError> {
    first
        .build()
        .or_else(|error| if url.scheme() == "http" { again().tls_certs_only([]).build() } else { Err(error) })
        .map_err(Into::into)
}

fn headers(settings: &UnleashSettings, instance: &str) -> Result<HeaderMap, UnleashError> {
    let value = |setting: &'static str, text: &str| {
        let reason = "has characters that a header cannot carry".to_owned();
        HeaderValue::from_str(text).map_err(|_| UnleashError::Setting { setting, reason })
    };
    let mut token = value("token", settings.token.reveal())?;
    token.set_sensitive(true);
    let instance = value("app_name", instance)?;
    Ok([
        (AUTHORIZATION, token),
        (HeaderName::from_static("unleash-appname"), value("app_name", &settings.app_name)?),
        (HeaderName::from_static("unleash-instanceid"), instance.clone()),
        (HeaderName::from_static("unleash-connection-id"), instance),
        (HeaderName::from_static("unleash-interval"), HeaderValue::from(settings.poll_interval_ms)),
        (HeaderName::from_static("unleash-sdk"), HeaderValue::from_static(SDK)),
        // Without it the server would write every segment into the toggles.
        (HeaderName::from_static("unleash-client-spec"), HeaderValue::from_static(SUPPORTED_SPEC_VERSION)),
    ]
    .into_iter()
    .collect())
}

fn status_error(response: &Response) -> CallError {
    let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    CallError::Status { status: response.status().as_u16(), retry_after: seconds.map(Duration::from_secs) }
}
