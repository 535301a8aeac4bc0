//! `GET /api/report/events`: verdicts and promotions as they change, to whoever follows them.

use super::State;
use super::promotions::PromotionList;
use super::queries::EventsQuery;
use super::report::since_of;
use actix_web::HttpResponse;
use actix_web::web::{Bytes, Data};
use futures_util::future::{Either, select};
use futures_util::stream::{self, Stream};
use host::{ApiError, Query};
use kernel::Problem;
use promotion::Step;
use report::Report;
use serde::Serialize;
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// Time between two looks at the verdicts.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Those who may follow at once.
const FOLLOWERS_MAX: usize = 32;

/// Verdicts and promotions as server-sent events
///
/// `event: report` has the report without samples, whenever it has changed; `event: promotions` what `GET /api/promotions` gives, at
/// each step of one. Both come once at the beginning. Verdicts are looked at every two seconds; a comment keeps the line open in between. At most
/// 32 may follow at once.
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
    let steps = state.api.promoting.as_ref().map(|promoting| promoting.follow());
    let following = Following {
        state,
        wanted,
        steps,
        next: Next::Report,
        last: None,
        look: Box::pin(actix_rt::time::sleep(LOOK_EVERY)),
        _follower: follower,
    };
    Ok(HttpResponse::Ok().content_type("text/event-stream").streaming(following.stream()))
}

/// What is told next.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Report,
    Promotions,
    /// Whatever changes first.
    Change,
}

/// One who follows.
struct Following {
    state: Data<State>,
    wanted: report::ReportQuery,
    /// `None` where nothing is promoted.
    steps: Option<Receiver<Step>>,
    next: Next,
    last: Option<Report>,
    look: Pin<Box<actix_rt::time::Sleep>>,
    _follower: Follower,
}

impl Following {
    fn stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        stream::unfold(self, async |mut following| {
            let event = following.event().await;
            Some((Ok(event), following))
        })
    }

    async fn event(&mut self) -> Bytes {
        let next = if self.next == Next::Change { self.change().await } else { self.next };
        match next {
            Next::Promotions => {
                self.next = Next::Change;
                let list = PromotionList::now(self.state.api.promoting.as_ref()).await;
                event("promotions", &list)
            }
            Next::Report | Next::Change => {
                let begins = self.last.is_none() && self.steps.is_some();
                self.next = if begins { Next::Promotions } else { Next::Change };
                self.report().await
            }
        }
    }

    /// Waits for a step of a promotion, or until it is time to look at the verdicts.
    async fn change(&mut self) -> Next {
        let Some(steps) = &mut self.steps else {
            self.look.as_mut().await;
            return Next::Report;
        };
        let stepped = match select(pin!(steps.recv()), self.look.as_mut()).await {
            Either::Left((step, _)) => step,
            Either::Right(_) => return Next::Report,
        };
        match stepped {
            // Whoever missed some is told how all stand now.
            Ok(_) | Err(RecvError::Lagged(_)) => Next::Promotions,
            Err(RecvError::Closed) => {
                self.steps = None;
                Next::Report
            }
        }
    }

    /// The report when it is another one than before, else a comment.
    async fn report(&mut self) -> Bytes {
        let report = self.state.api.recorder.report(&self.wanted).await;
        self.look = Box::pin(actix_rt::time::sleep(LOOK_EVERY));
        let told = match &self.last {
            Some(last) if is_same(last, &report) => Bytes::from_static(b": nothing new\n\n"),
            _ => event("report", &report),
        };
        self.last = Some(report);
        told
    }
}

/// Whether nothing changed but the moment.
fn is_same(one: &Report, other: &Report) -> bool {
    one.routes == other.routes && one.store == other.store
}

/// JSON has no line feed between its texts here, and none in them.
fn event<T: Serialize>(name: &str, data: &T) -> Bytes {
    let data = serde_json::to_string(data).unwrap_or_default();
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}

/// Somebody who follows; counted as long as this lives.
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
