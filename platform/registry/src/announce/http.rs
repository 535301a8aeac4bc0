//! The calls of an announcer to the admin port of a gateway.

use super::settings::{Me, Token};
use crate::RegistryError;
use crate::limits::{ANNOUNCE_CALL_TIMEOUT, ERROR_MAX_CHARS};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, Url, header, redirect};

/// Says who calls (RFC 9110, 10.1.5).
const USER_AGENT: &str = concat!("banyan-announcer/", env!("CARGO_PKG_VERSION"));

/// The admin port of a gateway.
pub(super) struct Http {
    base: Url,
    token: Token,
    /// Made with the first call: reading the trusted certificates takes some milliseconds of the start.
    client: Option<Client>,
}

impl Http {
    /// # Errors
    /// [`RegistryError::Setting`]; the text is not repeated.
    pub(super) fn new(registry: &str, token: &Token) -> Result<Self, RegistryError> {
        let refuse = |reason: &str| RegistryError::Setting { setting: "registry", reason: reason.into() };
        let base = Url::parse(registry).map_err(|_| refuse("not a URL"))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(refuse("must begin with http://, https:// or redis://"));
        }
        let has_user = !base.username().is_empty() || base.password().is_some();
        if has_user || base.query().is_some() || base.fragment().is_some() {
            return Err(refuse("no user, no query, no fragment; credentials go into the token"));
        }
        if !token.reveal().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(refuse("the token has other than visible ASCII characters"));
        }
        Ok(Self { base, token: token.clone(), client: None })
    }

    pub(super) async fn register(&mut self, me: &Me) -> Result<(), RegistryError> {
        let body = serde_json::to_vec(&me.registration).unwrap_or_default();
        let call = self.call(Method::POST, me, None)?;
        let call = call.header(header::CONTENT_TYPE, "application/json").body(body);
        accepted(call.send().await?).await
    }

    /// # Errors
    /// [`RegistryError::Unknown`] when the gateway does not know it (404, 410).
    pub(super) async fn keep_alive(&mut self, me: &Me) -> Result<(), RegistryError> {
        let call = self.call(Method::PUT, me, Some(&me.registration.id))?;
        known(me, call.send().await?).await
    }

    /// # Errors
    /// As [`keep_alive`](Self::keep_alive).
    pub(super) async fn leave(&mut self, me: &Me) -> Result<(), RegistryError> {
        let call = self.call(Method::DELETE, me, Some(&me.registration.id))?;
        known(me, call.send().await?).await
    }

    fn call(&mut self, method: Method, me: &Me, id: Option<&str>) -> Result<RequestBuilder, RegistryError> {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["api", "services", &me.service, "instances"]).extend(id);
        }
        let client = match &self.client {
            Some(client) => client,
            None => self.client.insert(client()?),
        };
        let call = client.request(method, url);
        Ok(if self.token.reveal().is_empty() { call } else { call.bearer_auth(self.token.reveal()) })
    }
}

/// No proxy of the environment: a registry is a neighbour. No redirect: the token goes nowhere else.
fn client() -> Result<Client, RegistryError> {
    let client = Client::builder()
        .user_agent(USER_AGENT)
        .no_proxy()
        .redirect(redirect::Policy::none())
        .timeout(ANNOUNCE_CALL_TIMEOUT)
        .pool_max_idle_per_host(1);
    Ok(client.build()?)
}

/// A gateway answers 404 for an instance it does not know.
async fn known(me: &Me, response: Response) -> Result<(), RegistryError> {
    if matches!(response.status(), StatusCode::NOT_FOUND | StatusCode::GONE) {
        let (service, id) = (me.service.clone(), me.registration.id.clone());
        return Err(RegistryError::Unknown { service, id });
    }
    accepted(response).await
}

async fn accepted(mut response: Response) -> Result<(), RegistryError> {
    if response.status().is_success() {
        return Ok(());
    }
    // One piece is enough to say why.
    let piece = response.chunk().await?.unwrap_or_default();
    let text = String::from_utf8_lossy(&piece);
    let detail = text.chars().filter(|c| !c.is_control()).take(ERROR_MAX_CHARS).collect();
    Err(RegistryError::Refused { status: response.status().as_u16(), detail })
}
