//! Changes of the features file through the admin API: shown first; then checked, written down, and made to the file that
//! was shown.

mod diff;

use super::State;
use super::audit::{Action, Entry, Outcome, Record};
use super::caller::Asked;
use super::reload::wrong;
use crate::reload::{Edit, EditError, Edited, Reloader};
use actix_web::HttpResponse;
use actix_web::web::Data;
use diff::{Line, LineKind, diff};
use host::ApiError;
use kernel::Problem;
use serde::Serialize;
use serde_json::{Value, json};
use std::sync::Arc;
use utoipa::ToSchema;

/// From the file's text to another; or why that cannot be.
type Change = Arc<dyn Fn(&str) -> Result<String, String> + Send + Sync>;

/// A change that somebody wants.
pub(super) struct Wanted {
    /// What it is, in the audit log.
    pub(super) action: Action,
    /// Of what: `toggle messages.serve`.
    pub(super) subject: String,
    /// What becomes of the file.
    pub(super) change: Change,
    /// Whether it is only to be shown.
    pub(super) preview: bool,
    /// The version that was shown.
    pub(super) version: Option<String>,
}

/// A change of the features file.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangeAnswer {
    /// The file's name.
    file: String,
    /// Of the file before the change: to be sent when the change is to be made.
    version: String,
    /// Whether it is made, and in force.
    applied: bool,
    /// What changes, line by line, with a few lines around it. No line is `added` or `removed` when the file says so
    /// already.
    diff: Vec<Line>,
}

/// Shows a change, or makes it.
pub(super) async fn change(
    state: Data<State>,
    asked: Asked,
    wanted: Wanted,
) -> Result<HttpResponse, ApiError> {
    let Some(reloader) = state.api.reloader.clone() else {
        return Err(conflict("the gateway was started without a features file".to_owned()).into());
    };
    let version = match (wanted.preview, &wanted.version) {
        (true, _) => None,
        (false, Some(version)) => Some(version.clone()),
        (false, None) => return Err(missing_version().into()),
    };
    // Also of what is to be made: nothing is written down that could not be made anyway.
    let shown = edit(&reloader, &wanted.change, None).await.map_err(refused)?;
    let Some(version) = version else { return Ok(answer(&shown)) };
    if version != shown.version {
        return Err(refused(EditError::Stale));
    }
    let (before, after) = told(&shown);
    let entry = asked.entry(wanted.action, wanted.subject).change(before, after);
    let begun = state.record(Entry { outcome: Outcome::Begun, ..entry }).await?;
    // A task of its own: what came of it is written down also when the caller has hung up.
    let work = actix_rt::spawn(async move { make(&state, &reloader, &wanted.change, version, begun).await });
    match work.await {
        Ok(Ok(edited)) => Ok(answer(&edited)),
        Ok(Err(error)) => Err(refused(error)),
        Err(error) => Err(ApiError::because(Problem::internal(), error)),
    }
}

async fn make(
    state: &State,
    reloader: &Reloader,
    change: &Change,
    version: String,
    begun: Record,
) -> Result<Edited, EditError> {
    let edited = edit(reloader, change, Some(version)).await;
    let entry = Entry { of: Some(begun.id), ..begun.entry };
    let came_of_it = match &edited {
        Ok(_) => Entry { outcome: Outcome::Made, ..entry },
        Err(error @ (EditError::Wrong(_) | EditError::Unfit(_) | EditError::Stale)) => {
            entry.not_made(Outcome::Refused, error.to_string())
        }
        Err(error) => entry.not_made(Outcome::Failed, error.to_string()),
    };
    state.api.audit.settle(came_of_it).await;
    edited
}

async fn edit(reloader: &Reloader, change: &Change, version: Option<String>) -> Result<Edited, EditError> {
    let change = change.clone();
    reloader.edit(Edit { change: Box::new(move |text| change(text)), version }).await
}

fn answer(edited: &Edited) -> HttpResponse {
    HttpResponse::Ok().json(ChangeAnswer {
        file: edited.file.clone(),
        version: edited.version.clone(),
        applied: edited.reloaded.is_some(),
        diff: diff(&edited.before, &edited.after),
    })
}

/// The lines that go, and those that come.
fn told(edited: &Edited) -> (Value, Value) {
    let lines = diff(&edited.before, &edited.after);
    let of = |kind: LineKind| {
        let lines: Vec<&str> =
            lines.iter().filter(|line| line.kind == kind).map(|line| line.text.as_str()).collect();
        if lines.is_empty() { Value::Null } else { json!(lines.join("\n")) }
    };
    (of(LineKind::Removed), of(LineKind::Added))
}

fn conflict(detail: String) -> Problem {
    Problem::new(409, "conflict").detail(detail)
}

fn missing_version() -> Problem {
    Problem::invalid_field("version", "is missing: it is in the answer to the same call with `preview`")
}

fn refused(error: EditError) -> ApiError {
    let said = error.to_string();
    match error {
        EditError::Wrong(report) => {
            wrong(&report, "with this change the features file would be wrong").into()
        }
        EditError::Unfit(reason) => Problem::new(422, "unprocessable content").detail(reason).into(),
        EditError::Stale | EditError::Unreadable(_) => conflict(said).into(),
        EditError::Unwritable(_) | EditError::Busy | EditError::Stopped => Problem::unavailable(said).into(),
    }
}
