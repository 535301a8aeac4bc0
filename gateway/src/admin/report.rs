//! `GET /api/report`: what the parallel run found, and `GET /api/report/events`: the verdicts as they come.

use super::State;
use super::queries::{EventsQuery, ReportQuery};
use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::web::{Bytes, Data};
use futures_util::stream::{self, Stream};
use host::{ApiError, Query};
use kernel::Problem;
use report::{Format, Report, parse_since};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// How far back a report goes when nobody says.
const SINCE_DEFAULT: Duration = Duration::from_secs(24 * 3600);
/// Samples of each cause when nobody says, and at most.
const SAMPLES: (i64, i64) = (3, 100);
/// Time between two looks at the verdicts.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Those who may follow the verdicts at once.
const FOLLOWERS_MAX: usize = 32;

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
    let samples = samples.unwrap_or(SAMPLES.0);
    let samples_max = usize::try_from(samples).ok().filter(|_| samples <= SAMPLES.1);
    let samples_max = samples_max
        .ok_or_else(|| Problem::invalid_field("samples", format!("must be 0 to {}", SAMPLES.1)))?;
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

/// The verdicts as server-sent events: `event: report` with the report without samples, whenever it has changed
///
/// Looked at every two seconds; a comment keeps the line open in between. At most 32 may follow at once.
#[utoipa::path(
    get, path = "/api/report/events", tag = "report", params(EventsQuery),
    responses(
        (status = 200, body = String, content_type = "text/event-stream"),
        (status = 400, description = "A parameter is not valid"),
        (status = 503, description = "Too many follow already"),
    )
)]
pub(super) async fn events(
    state: Data<State>,
    Query(query): Query<EventsQuery>,
) -> Result<HttpResponse, ApiError> {
    let since = since_of(query.since.as_deref())?;
    let follower = Follower::new(&state.followers)
        .ok_or_else(|| Problem::unavailable(format!("at most {FOLLOWERS_MAX} may follow at once")))?;
    let wanted = report::ReportQuery { route: query.route, since, samples_max: 0 };
    Ok(HttpResponse::Ok().content_type("text/event-stream").streaming(follow(state, wanted, follower)))
}

fn since_of(text: Option<&str>) -> Result<Duration, Problem> {
    let Some(text) = text else { return Ok(SINCE_DEFAULT) };
    parse_since(text).map_err(|reason| Problem::invalid_field("since", reason))
}

/// A report when it is another one than before, else a comment.
fn follow(
    state: Data<State>,
    query: report::ReportQuery,
    follower: Follower,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let start = (state, query, follower, None::<Report>);
    stream::unfold(start, async |(state, query, follower, last)| {
        if last.is_some() {
            actix_rt::time::sleep(LOOK_EVERY).await;
        }
        let report = state.api.recorder.report(&query).await;
        let event = match &last {
            Some(last) if is_same(last, &report) => Bytes::from_static(b": nothing new\n\n"),
            _ => event(&report),
        };
        Some((Ok(event), (state, query, follower, Some(report))))
    })
}

/// Whether nothing changed but the moment.
fn is_same(one: &Report, other: &Report) -> bool {
    one.routes == other.routes && one.store == other.store
}

/// JSON has no line feed between its texts here, and none in them.
fn event(report: &Report) -> Bytes {
    let data = serde_json::to_string(report).unwrap_or_default();
    Bytes::from(format!("event: report\ndata: {data}\n\n"))
}

/// Somebody who follows the verdicts; counted as long as this lives.
struct Follower(Arc<AtomicUsize>);

impl Follower {
    fn new(followers: &Arc<AtomicUsize>) -> Option<Self> {
        let follower = Self(Arc::clone(followers));
        // The one that is dropped here takes itself off again.
        (followers.fetch_add(1, Relaxed) < FOLLOWERS_MAX).then_some(follower)
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}
