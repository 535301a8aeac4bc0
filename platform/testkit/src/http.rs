//! An HTTP client that is not ours, with short words for what tests say all the time.

use base64::Engine as _;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;

/// How long a test waits for an answer.
const ANSWER_DEADLINE: Duration = Duration::from_secs(20);

/// Talks to one address. Follows no redirect, uses no proxy, keeps connections alive.
#[derive(Clone)]
pub struct Client {
    inner: reqwest::Client,
    base: String,
}

impl Client {
    /// A client of `http://address`.
    ///
    /// # Panics
    /// When reqwest refuses its settings.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        let inner = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(ANSWER_DEADLINE)
            .tls_certs_only([])
            .build()
            .expect("a client");
        Self { inner, base: format!("http://{address}") }
    }

    /// A request with any method.
    ///
    /// # Panics
    /// When `method` is no token of RFC 9110.
    pub fn call(&self, method: &str, path: &str) -> Call {
        let method = method.parse().expect("a method");
        Call { inner: self.inner.request(method, format!("{}{path}", self.base)) }
    }

    /// GET.
    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    /// POST.
    pub fn post(&self, path: &str) -> Call {
        self.call("POST", path)
    }

    /// PUT.
    pub fn put(&self, path: &str) -> Call {
        self.call("PUT", path)
    }

    /// DELETE.
    pub fn delete(&self, path: &str) -> Call {
        self.call("DELETE", path)
    }
}

/// A request that is being put together.
#[must_use = "a request does nothing until it is sent"]
pub struct Call {
    inner: reqwest::RequestBuilder,
}

impl Call {
    /// Adds a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        Self { inner: self.inner.header(name, value) }
    }

    /// Credentials of RFC 7617.
    pub fn basic(self, name: &str, password: &str) -> Self {
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}"));
        self.header("authorization", &format!("Basic {pair}"))
    }

    /// A token of RFC 6750.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// A JSON body with its `content-type`.
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    /// A body as it is.
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { inner: self.inner.body(body.into()) }
    }

    /// Sends it and reads the whole answer.
    ///
    /// # Panics
    /// When no whole answer comes within 20 s.
    pub async fn send(self) -> Answer {
        self.try_send().await.unwrap_or_else(|error| panic!("no answer: {error:?}"))
    }

    /// Sends it and reads the whole answer, for peers that may be away.
    ///
    /// # Errors
    /// Those of reqwest: no connection, broken off, no answer within 20 s.
    pub async fn try_send(self) -> Result<Answer, reqwest::Error> {
        let answer = self.inner.send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Ok(Answer { status, headers, body: answer.bytes().await?.to_vec() })
    }
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first value of a header field; empty when it is absent or no visible ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text; bytes that are no UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// With the body, when it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}), status {}: {}", self.status, self.text()))
    }

    /// Itself, if the status is this one.
    ///
    /// # Panics
    /// With the body, when it is another.
    pub fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}
