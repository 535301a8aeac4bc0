//! A dry run that goes on in another process: its calls have marks of their own, and the other side must say that it
//! understood them.

use crate::RemoteError;
use identity::{DRY_RUN_DONE, DRY_RUN_FIELD, DRY_RUN_PARTIAL, DryRunKey, Marked};
use kernel::{Clock, Context, DryRun};
use reqwest::{Response, StatusCode};

/// The mark of a call.
///
/// # Errors
/// [`RemoteError::NoDryRun`] without a key: then the call is not made.
pub(crate) fn mark(
    key: Option<&DryRunKey>,
    context: &Context,
    path: &str,
    clock: &dyn Clock,
) -> Result<String, RemoteError> {
    let key = key.ok_or(RemoteError::NoDryRun)?;
    let request_id = context.request_id.to_string();
    Ok(key.sign(Marked { request_id: &request_id, method: "POST", target: path }, clock.now()))
}

/// Takes over what the answer says of the dry run.
///
/// # Errors
/// [`RemoteError::NotDry`] when it says nothing: the call may have been executed.
pub(crate) fn look(dry_run: &DryRun, response: &Response) -> Result<(), RemoteError> {
    match response.headers().get(DRY_RUN_FIELD).map(|word| word.as_bytes()) {
        Some(word) if word == DRY_RUN_DONE.as_bytes() => Ok(()),
        Some(word) if word == DRY_RUN_PARTIAL.as_bytes() => {
            dry_run.set_partial();
            Ok(())
        }
        // Refused: the status says so, and nothing was executed.
        _ if response.status() != StatusCode::OK => Ok(()),
        _ => {
            tracing::error!(
                path = response.url().path(),
                "a dry run was not understood: it may have been executed"
            );
            Err(RemoteError::NotDry)
        }
    }
}
