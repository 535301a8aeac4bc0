//! `POST /api/reload`: the features file is read again, now.

use super::State;
use super::audit::{Action, Audit, By, Entry, Outcome, Record, Who};
use super::caller::Asked;
use super::difference::difference;
use crate::features::Report;
use crate::reload::{ReloadError, Reloaded, Reloader, Told};
use crate::snapshot::Snapshot;
use actix_web::HttpResponse;
use actix_web::web::Data;
use host::ApiError;
use kernel::{FieldError, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// A file that came into force.
#[derive(Serialize, ToSchema)]
pub(super) struct ReloadAnswer {
    /// How many routes it has.
    routes: usize,
    /// How many toggles it has.
    toggles: usize,
    /// What is odd about it: `features.toml:12:3: warning: …`.
    findings: Vec<String>,
}

/// Read the features file again
#[utoipa::path(
    post, path = "/api/reload", tag = "routes",
    responses(
        (status = 200, description = "It is in force", body = ReloadAnswer),
        (status = 409, description = "There is no file"),
        (status = 422, description = "It is wrong, and the last good one stays in force: `errors` names each place and reason"),
        (status = 503, description = "The audit log cannot be written, or another reload is under way: nothing was changed"),
    )
)]
pub(super) async fn reload(state: Data<State>, asked: Asked) -> Result<HttpResponse, ApiError> {
    let Some(reloader) = state.api.reloader.clone() else {
        let detail = "the gateway was started without a features file";
        return Err(Problem::new(409, "conflict").detail(detail).into());
    };
    let entry = asked.entry(Action::FeaturesReload, "features");
    let begun = state.record(Entry { outcome: Outcome::Begun, ..entry }).await?;
    // A task of its own: what came of it is written down also when the caller has hung up.
    let work = actix_rt::spawn(async move { run(&state, &reloader, begun).await });
    match work.await {
        Ok(Ok(Reloaded { routes, toggles, warnings })) => {
            Ok(HttpResponse::Ok().json(ReloadAnswer { routes, toggles, findings: warnings }))
        }
        Ok(Err(error)) => Err(refused(error)),
        Err(error) => Err(ApiError::because(Problem::internal(), error)),
    }
}

async fn run(state: &State, reloader: &Reloader, begun: Record) -> Result<Reloaded, ReloadError> {
    let current = &state.api.current;
    let before = current.load_full();
    let reloaded = reloader.reload().await;
    let entry = Entry { of: Some(begun.id), ..begun.entry };
    state.api.audit.note(outcome(entry, &before, &current.load_full(), &reloaded));
    reloaded
}

/// Writes down what the reloader sees by itself: an edit by hand, or by `banyan toggles`.
#[must_use]
pub fn told(audit: Audit) -> Told {
    Box::new(move |before, after, reloaded| {
        let entry = Entry::new(Who::local(By::File), Action::FeaturesReload, "features");
        audit.note(outcome(entry, before, after, reloaded));
    })
}

fn outcome(
    entry: Entry,
    before: &Snapshot,
    after: &Snapshot,
    reloaded: &Result<Reloaded, ReloadError>,
) -> Entry {
    match reloaded {
        Ok(_) => {
            let (before, after) = difference(before, after);
            Entry { outcome: Outcome::Made, ..entry.change(before, after) }
        }
        Err(error @ ReloadError::Refused(_)) => entry.not_made(Outcome::Refused, error.to_string()),
        Err(error) => entry.not_made(Outcome::Failed, error.to_string()),
    }
}

fn refused(error: ReloadError) -> ApiError {
    match error {
        ReloadError::Refused(report) => {
            wrong(&report, "the features file is wrong; what was in force before stays in force").into()
        }
        ReloadError::Busy | ReloadError::Stopped => Problem::unavailable(error.to_string()).into(),
    }
}

/// All findings, each with its place.
pub(super) fn wrong(report: &Report, detail: &'static str) -> Problem {
    let mut problem = Problem::new(422, "unprocessable content").detail(detail);
    problem.fields = report
        .findings()
        .iter()
        .map(|finding| FieldError {
            field: match finding.place {
                Some((line, column)) => format!("{}:{line}:{column}", report.file()),
                None => report.file().to_owned(),
            },
            detail: format!("{}: {}", finding.severity, finding.reason),
        })
        .collect();
    problem
}
