//! The HTTP client that all calls to another process share: one pool, one bound on calls, one token.

use crate::{RemoteError, RemoteSettings};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{RequestBuilder, Response};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use url::Url;

/// Most bytes of an answer.
const ANSWER_MAX_BYTES: usize = 64 * 1024 * 1024;

/// Asks the admin side of another process. Clones share connections and bounds.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    calls: Arc<Semaphore>,
    settings: Arc<RemoteSettings>,
}

impl Client {
    /// A client; connects when it is first used.
    ///
    /// # Errors
    /// [`RemoteError::Address`] when the settings name no address.
    pub fn new(settings: RemoteSettings) -> Result<Self, RemoteError> {
        let wrong = || RemoteError::Address { url: settings.admin_url.clone() };
        let base = Url::parse(&settings.admin_url).map_err(|_| wrong())?;
        if base.scheme() != "http" || base.host_str().is_none() || !base.username().is_empty() {
            return Err(wrong());
        }
        let mut fields = HeaderMap::new();
        if let Some(token) = &settings.token {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| wrong())?;
            value.set_sensitive(true);
            fields.insert(AUTHORIZATION, value);
        }
        let http = reqwest::Client::builder()
            // Between processes of the house there is no proxy and nowhere to be sent on to.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_millis(settings.connect_timeout_ms))
            .timeout(Duration::from_millis(settings.call_timeout_ms))
            .default_headers(fields)
            .build()
            .map_err(RemoteError::Client)?;
        Ok(Self {
            http,
            base,
            calls: Arc::new(Semaphore::new(settings.calls_max)),
            settings: Arc::new(settings),
        })
    }

    /// Time between two looks at keys and revocations.
    pub(crate) fn follow_every(&self) -> Duration {
        Duration::from_millis(self.settings.follow_every_ms)
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(self.at(path))
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(self.at(path))
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url
    }

    /// Sends a request and waits for the head of its answer.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Response, RemoteError> {
        let busy = |_| RemoteError::Busy { max: self.settings.calls_max };
        let _call = self.calls.try_acquire().map_err(busy)?;
        request.send().await.map_err(RemoteError::Unreachable)
    }

    /// The body of a 200.
    pub(crate) async fn body(&self, mut response: Response) -> Result<Vec<u8>, RemoteError> {
        if response.status() != reqwest::StatusCode::OK {
            return Err(RemoteError::Status { status: response.status().as_u16() });
        }
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(RemoteError::Unreachable)? {
            if body.len() + piece.len() > ANSWER_MAX_BYTES {
                return Err(RemoteError::TooLarge { max_bytes: ANSWER_MAX_BYTES });
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }
}
