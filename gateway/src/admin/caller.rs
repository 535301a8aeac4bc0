//! Who called, and how what they change is written down.

use super::State;
use super::audit::{Action, AuditError, Entry, Record, Who};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use host::ApiError;
use kernel::Problem;
use std::future::{Ready, ready};

/// Who called, and the call's id. Put into the request by the guard.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) who: Who,
    pub(super) request_id: String,
}

impl FromRequest for Asked {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or_else(|| Problem::internal().into()))
    }
}

impl Asked {
    /// An entry about something that this call changes.
    pub(super) fn entry(&self, action: Action, subject: impl Into<String>) -> Entry {
        Entry { request_id: Some(self.request_id.clone()), ..Entry::new(self.who.clone(), action, subject) }
    }
}

impl State {
    /// Writes down what is about to be changed.
    ///
    /// # Errors
    /// 503: it must not be changed.
    pub(super) async fn record(&self, entry: Entry) -> Result<Record, ApiError> {
        self.api.audit.record(entry).await.map_err(|error: AuditError| {
            let detail = "nothing was changed: the audit log cannot be written";
            ApiError::because(Problem::unavailable(detail), error)
        })
    }
}
