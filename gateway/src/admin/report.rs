//! `GET /api/report`: what the parallel run found.

use super::State;
use super::queries::{ReportQuery, number};
use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::web::Data;
use host::{ApiError, Query};
use kernel::Problem;
use report::{Format, Report, parse_since};
use std::time::Duration;

/// How far back a report goes when nobody says.
const SINCE_DEFAULT: Duration = Duration::from_secs(24 * 3600);
/// Samples of each cause when nobody says.
const SAMPLES_DEFAULT: i64 = 3;
/// The most samples of each cause.
const SAMPLES_MAX: i64 = 100;

/// What the parallel run found: the verdict on each route, its causes with samples, latency
///
/// Of every gateway that keeps its counts in the same schema. Where the store is away, of this process alone, and
/// `store.error` says so. With `format`, as a page, text, Markdown or JUnit's XML.
#[utoipa::path(
    get, path = "/api/report", tag = "report", params(ReportQuery),
    responses(
        (status = 200, body = Report),
        (status = 400, description = "A parameter is not valid"),
    )
)]
pub(super) async fn show(
    state: Data<State>,
    Query(query): Query<ReportQuery>,
) -> Result<HttpResponse, ApiError> {
    let ReportQuery { route, since, samples, format } = query;
    let samples_max = number("samples", samples, SAMPLES_DEFAULT, 0..=SAMPLES_MAX)?;
    let format = match format.as_deref() {
        None => Format::Json,
        Some(name) => Format::named(name)
            .ok_or_else(|| Problem::invalid_field("format", "must be text, html, json, md or junit"))?,
    };
    let query = report::ReportQuery { route, since: since_of(since.as_deref())?, samples_max };
    let report = state.api.recorder.report(&query).await;
    let mut response = HttpResponse::Ok().body(report.render(format));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    Ok(response)
}

/// How far back, as it was asked for.
pub(super) fn since_of(text: Option<&str>) -> Result<Duration, Problem> {
    let Some(text) = text else { return Ok(SINCE_DEFAULT) };
    parse_since(text).map_err(|reason| Problem::invalid_field("since", reason))
}
