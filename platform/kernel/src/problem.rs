//! The error body that users see: RFC 9457 `application/problem+json`, with the member `error` that the clients of
//! the chat read, `request_id`, and `errors` that name each field at fault.

use serde::Serialize;
use std::borrow::Cow;

/// One field that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Path of the field in the body, or name of the parameter.
    pub field: String,
    /// What is wrong with it, in words for people.
    pub detail: String,
}

/// An error as the user sees it. Never holds internals: those go to the log, at the boundary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status, 400 to 599.
    pub status: u16,
    /// Short and the same for every occurrence: "not found".
    pub title: Cow<'static, str>,
    /// What went wrong this time; empty when the title says it all.
    pub detail: Cow<'static, str>,
    /// The fields at fault.
    pub fields: Vec<FieldError>,
    /// Seconds after which asking again makes sense (`Retry-After`).
    pub retry_after_s: Option<u32>,
    /// The methods that the place knows (`Allow`), for 405.
    pub allow: Option<Cow<'static, str>>,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'a str,
    error: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "str::is_empty")]
    request_id: &'a str,
}

impl Problem {
    /// The media type of [`Problem::body`].
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// A problem with a status and a title.
    #[must_use]
    pub const fn new(status: u16, title: &'static str) -> Self {
        Self {
            status,
            title: Cow::Borrowed(title),
            detail: Cow::Borrowed(""),
            fields: Vec::new(),
            retry_after_s: None,
            allow: None,
        }
    }

    /// 400: the request is not as it must be.
    #[must_use]
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, "bad request").detail(detail)
    }

    /// 400 that names the field at fault.
    #[must_use]
    pub fn invalid_field(field: impl Into<String>, detail: impl Into<String>) -> Self {
        let (field, detail) = (field.into(), detail.into());
        let mut problem = Self::new(400, "bad request").detail(format!("{field}: {detail}"));
        problem.fields.push(FieldError { field, detail });
        problem
    }

    /// 401: no credentials, or credentials that do not verify.
    #[must_use]
    pub const fn unauthenticated() -> Self {
        Self::new(401, "authentication required")
    }

    /// 403: known, but not allowed.
    #[must_use]
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(403, "forbidden").detail(detail)
    }

    /// 404.
    #[must_use]
    pub const fn not_found() -> Self {
        Self::new(404, "not found")
    }

    /// 405 with the methods that would do.
    #[must_use]
    pub fn method_not_allowed(allow: impl Into<Cow<'static, str>>) -> Self {
        Self { allow: Some(allow.into()), ..Self::new(405, "method not allowed") }
    }

    /// 413 with the bound.
    #[must_use]
    pub fn too_large(max_bytes: usize) -> Self {
        Self::new(413, "content too large").detail(format!("the body may have {max_bytes} bytes at most"))
    }

    /// 500: our fault; the log has the rest under the request id.
    #[must_use]
    pub const fn internal() -> Self {
        Self::new(500, "internal server error")
    }

    /// 503 that asks to come again.
    #[must_use]
    pub fn unavailable(detail: impl Into<Cow<'static, str>>) -> Self {
        Self { retry_after_s: Some(1), ..Self::new(503, "service unavailable").detail(detail) }
    }

    /// Says what went wrong this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.detail = detail.into();
        self
    }

    /// The JSON body. `request_id` may be empty where none is known.
    #[must_use]
    pub fn body(&self, request_id: &str) -> Vec<u8> {
        let error = if self.detail.is_empty() || self.status == 401 { &self.title } else { &self.detail };
        serde_json::to_vec(&Body {
            r#type: "about:blank",
            title: &self.title,
            status: self.status,
            detail: &self.detail,
            error,
            errors: &self.fields,
            request_id,
        })
        // A struct of strings and numbers always serialises; an empty object still is JSON.
        .unwrap_or_else(|_| b"{}".to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_names_the_field_and_the_request() {
        let body: serde_json::Value =
            serde_json::from_slice(&Problem::invalid_field("nickname", "is missing").body("r-1")).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "type": "about:blank", "title": "bad request", "status": 400,
                "detail": "nickname: is missing", "error": "nickname: is missing",
                "errors": [{"field": "nickname", "detail": "is missing"}], "request_id": "r-1",
            })
        );
    }

    #[test]
    fn a_401_always_says_authentication_required() {
        let problem = Problem::unauthenticated().detail("the token has expired");
        let body: serde_json::Value = serde_json::from_slice(&problem.body("")).unwrap();
        assert_eq!(body["error"], "authentication required");
    }
}
