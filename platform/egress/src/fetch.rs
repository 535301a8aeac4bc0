//! One page: hop by hop to a 200 HTML answer, and its body up to the cap.

use crate::client::Clients;
use crate::error::FetchError;
use crate::settings::EgressSettings;
use crate::{charset, page, page::PageSummary, target};
use reqwest::{Response, StatusCode, header};
use url::Url;

/// Fetches the page at `url` and reads its summary.
pub(crate) async fn summary(
    clients: &Clients,
    settings: &EgressSettings,
    url: &str,
) -> Result<PageSummary, FetchError> {
    let url = Url::parse(url).map_err(|_| FetchError::Target("it is no URL"))?;
    let response = follow(clients, settings, url).await?;
    let media_type = html_type(&response)?;
    let body = body(response, settings.limits.body_max_bytes).await?;
    Ok(page::summary(&charset::decode(&body, &media_type)))
}

/// Follows redirects, with every hop checked, to the answer that is none.
async fn follow(clients: &Clients, settings: &EgressSettings, mut url: Url) -> Result<Response, FetchError> {
    for _ in 0..=settings.limits.redirects_max {
        target::check(&url, settings.allow_private)?;
        let response = clients.of(&url).await?.get(url.clone()).send().await?;
        match response.status() {
            StatusCode::OK => return Ok(response),
            status if is_redirect(status) => url = location(&response, &url)?,
            status => return Err(FetchError::Status(status.as_u16())),
        }
    }
    Err(FetchError::Redirects)
}

fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn location(response: &Response, base: &Url) -> Result<Url, FetchError> {
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    location
        .and_then(|to| base.join(to).ok())
        .ok_or(FetchError::Target("a redirect without a usable location"))
}

/// The `Content-Type` of an answer, if it is HTML.
fn html_type(response: &Response) -> Result<String, FetchError> {
    let value = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    let is_html =
        ["text/html", "application/xhtml+xml"].iter().any(|html| html.eq_ignore_ascii_case(essence));
    is_html.then(|| value.to_owned()).ok_or(FetchError::NotHtml)
}

/// Reads a body up to `max_bytes`; what is behind is not asked for.
async fn body(mut response: Response, max_bytes: usize) -> Result<Vec<u8>, FetchError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = max_bytes.saturating_sub(body.len());
        body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if body.len() >= max_bytes {
            break;
        }
    }
    Ok(body)
}
