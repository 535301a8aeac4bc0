//! Paging: opaque cursors and the header `Link` (RFC 8288).

use actix_web::HttpRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::Problem;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Serialize, de::DeserializeOwned};

/// Most rows of a page, and how many there are when nobody says.
pub const PAGE_MAX: u32 = 1000;
/// Longest cursor that is looked at, in bytes: ours are shorter.
const CURSOR_MAX_BYTES: usize = 1024;

/// The rows of a page, from the parameter `limit`.
///
/// # Errors
/// 400 that names `limit` when it is not within 1 and [`PAGE_MAX`].
pub fn page_limit(limit: Option<i64>) -> Result<Option<u32>, Problem> {
    let Some(limit) = limit else { return Ok(None) };
    match u32::try_from(limit) {
        Ok(limit) if (1..=PAGE_MAX).contains(&limit) => Ok(Some(limit)),
        _ => Err(Problem::invalid_field("limit", format!("must be 1 to {PAGE_MAX}"))),
    }
}

/// An opaque cursor: the sort key of a page's last row, base64url of its JSON.
#[derive(Debug)]
pub struct Cursor;

impl Cursor {
    /// Writes a cursor.
    #[must_use]
    pub fn encode<K: Serialize>(key: &K) -> String {
        // A key is a tuple of numbers and texts, which always serialises.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
    }

    /// Reads a cursor.
    ///
    /// # Errors
    /// 400 that names `cursor` when it is none of ours.
    pub fn decode<K: DeserializeOwned>(text: &str) -> Result<K, Problem> {
        let foreign = || Problem::invalid_field("cursor", "is not one that was given out");
        if text.len() > CURSOR_MAX_BYTES {
            return Err(foreign());
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| foreign())?;
        serde_json::from_slice(&bytes).map_err(|_| foreign())
    }
}

/// The value of `Link`: this request's path and query with `cursor` replaced.
#[must_use]
pub fn next_link(request: &HttpRequest, cursor: &str) -> String {
    let mut link = format!("<{}?", request.path());
    for pair in request.query_string().split('&').filter(|pair| !pair.is_empty()) {
        if pair.split('=').next() != Some("cursor") {
            // What came percent-encoded goes out so; what did not must not end the link early.
            link.extend(pair.chars().filter(|c| !matches!(c, '<' | '>' | '"' | '\\' | ' ')));
            link.push('&');
        }
    }
    link.push_str("cursor=");
    link.extend(utf8_percent_encode(cursor, NON_ALPHANUMERIC));
    link.push_str(">; rel=\"next\"");
    link
}
