//! Asks the admin side of a running gateway, for the commands that need one.

use super::block_on;
use crate::cli::Common;
use crate::error::AppError;
use crate::settings::Settings;
use reqwest::{Client, Method, Response, StatusCode, Url};
use serde_json::Value;
use std::time::Duration;

/// Longest that a gateway may take for an answer.
const ASK_WITHIN: Duration = Duration::from_secs(30);
/// Longest that connecting to it may take.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// The most bytes of an answer.
const ANSWER_MAX_BYTES: usize = 64 * 1024 * 1024;

/// Why a gateway did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AdminError {
    /// Nobody is there.
    #[error("no gateway answers at {url}: {reason}")]
    Away {
        /// Where it was looked for.
        url: String,
        /// What the system says.
        reason: String,
    },
    /// It refuses.
    #[error("the gateway at {url} answers {status}: {detail}")]
    Refused {
        /// Where it is.
        url: String,
        /// With what.
        status: StatusCode,
        /// Why.
        detail: String,
    },
    /// What answers is no gateway.
    #[error("what answers at {url} is not understood: {reason}")]
    NotUnderstood {
        /// Where it is.
        url: String,
        /// Why.
        reason: String,
    },
}

/// The admin side of a gateway.
pub(crate) struct AdminSide {
    base: String,
    token: Option<String>,
}

impl AdminSide {
    /// The one that `--admin` names, else the one of the settings. Beside it the settings, for which `--admin` names no address
    /// to listen on.
    pub(crate) fn of(common: &Common) -> Result<(Self, Settings), AppError> {
        let settings = Settings::load(&Common { admin: None, ..common.clone() })?;
        let admin = common.admin.clone().unwrap_or_else(|| settings.admin.listen.to_string());
        let base = if admin.contains("://") { admin } else { format!("http://{admin}") };
        Ok((Self { base, token: settings.admin.token.as_deref().map(str::to_owned) }, settings))
    }

    /// Where a call goes: `/api/report`.
    pub(crate) fn url(&self, path: &str) -> Result<Url, AppError> {
        Url::parse(&self.base)
            .and_then(|url| url.join(path))
            .map_err(|_| AppError::Setting("--admin: must be http://HOST:PORT".to_owned()))
    }

    /// Asks, and gives what is answered.
    pub(crate) fn get(&self, url: Url) -> Result<Result<Vec<u8>, AdminError>, AppError> {
        block_on(async { Ok(self.call(Method::GET, url, None).await) })
    }

    /// Says something.
    pub(crate) fn post(&self, url: Url, body: &Value) -> Result<Result<Vec<u8>, AdminError>, AppError> {
        block_on(async { Ok(self.call(Method::POST, url, Some(body)).await) })
    }

    /// What was answered, read.
    pub(crate) fn read<T: serde::de::DeserializeOwned>(&self, body: &[u8]) -> Result<T, AdminError> {
        serde_json::from_slice(body).map_err(|error| self.not_understood(error.to_string()))
    }

    async fn call(&self, method: Method, url: Url, body: Option<&Value>) -> Result<Vec<u8>, AdminError> {
        let away = |error: reqwest::Error| AdminError::Away { url: self.base.clone(), reason: root(&error) };
        // No proxy of the environment, and no redirect: the token goes nowhere else.
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(ASK_WITHIN)
            .connect_timeout(CONNECT_WITHIN)
            .build()
            .map_err(away)?;
        let mut call = client.request(method, url);
        if let Some(token) = &self.token {
            call = call.bearer_auth(token);
        }
        if let Some(body) = body {
            call = call.header("content-type", "application/json").body(body.to_string());
        }
        let response = call.send().await.map_err(away)?;
        let status = response.status();
        let body = self.whole(response).await?;
        if status.is_success() {
            return Ok(body);
        }
        if status == StatusCode::UNAUTHORIZED {
            let detail = "it wants its admin.token: set that here too (BANYAN__ADMIN__TOKEN)".to_owned();
            return Err(AdminError::Refused { url: self.base.clone(), status, detail });
        }
        let detail = serde_json::from_slice::<Value>(&body).ok();
        let detail = detail.and_then(|problem| Some(problem.get("error")?.as_str()?.to_owned()));
        Err(AdminError::Refused { url: self.base.clone(), status, detail: detail.unwrap_or_default() })
    }

    async fn whole(&self, mut response: Response) -> Result<Vec<u8>, AdminError> {
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| self.not_understood(root(&error)))? {
            body.extend_from_slice(&piece);
            if body.len() > ANSWER_MAX_BYTES {
                return Err(self.not_understood(format!("it is longer than {ANSWER_MAX_BYTES} bytes")));
            }
        }
        Ok(body)
    }

    fn not_understood(&self, reason: String) -> AdminError {
        AdminError::NotUnderstood { url: self.base.clone(), reason }
    }
}

/// What an error comes from: the last of its sources says what it was, those before it where that was met.
fn root(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}
