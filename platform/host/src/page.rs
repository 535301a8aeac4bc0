//! Paging: opaque cursors and the `Link` header (RFC 8288).

use actix_web::HttpRequest;
use kernel::Problem;
use serde::{Serialize, de::DeserializeOwned};

/// An opaque cursor: the sort key of a page's last row, base64url of its JSON.
#[derive(Debug)]
pub struct Cursor;

impl Cursor {
    /// Writes a cursor.
    #[must_use]
    pub fn encode<K: Serialize>(key: &K) -> String {
        let _ = key;
        String::new()
    }

    /// Reads a cursor; 400 that names `cursor` when it is none of ours.
    ///
    /// # Errors
    /// A [`Problem`] for the caller.
    pub fn decode<K: DeserializeOwned>(text: &str) -> Result<K, Problem> {
        let _ = text;
        Err(Problem::invalid_field("cursor", "is not one of ours"))
    }
}

/// The value of the `Link` header: this request's path and query with `cursor` replaced, `rel="next"`.
#[must_use]
pub fn next_link(request: &HttpRequest, cursor: &str) -> String {
    let _ = (request, cursor);
    String::new()
}
