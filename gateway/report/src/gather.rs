//! Makes the report: what all gateways kept, with what this process has not kept yet in its place.

use crate::book::{Book, Span};
use crate::codec;
use crate::counts::Counts;
use crate::recorder::Inner;
use crate::store::ReportStore;
use crate::told::{Report, ReportQuery, RouteReport, StoreReport};
use crate::{Cause, Limits, Recorder, ReportError, Sample, Verdict};
use kernel::{Context, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use toggles::rfc3339;

/// Longest that a report may take to be read from the store.
const READ_WITHIN: Duration = Duration::from_secs(20);

/// Which stretches of time are told of.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    span: Span,
    from_ms: i64,
    to_ms: i64,
}

/// What is known of one route.
#[derive(Default)]
struct Gathered {
    counts: Counts,
    limits: Limits,
    /// Where `limits` are from: the latest holds.
    limits_of_ms: i64,
    samples: BTreeMap<Cause, Vec<Sample>>,
    unreadable: u64,
}

impl Recorder {
    /// The report. Where the store does not answer, of what this process has in memory, and it says so.
    pub async fn report(&self, query: &ReportQuery) -> Report {
        self.collect();
        let inner = &*self.0;
        let now = inner.sources.clock.now();
        let stretch = Stretch::of(query, now);
        let mut error = inner.keeping.error();
        let mut routes = BTreeMap::new();
        if let Some(store) = &inner.store {
            match inner.kept_of(store, query, stretch).await {
                Ok(kept) => routes = kept,
                Err(reason) => error = Some(reason.to_string()),
            }
        }
        inner.book().add_to(&mut routes, query, stretch);
        let unreadable = routes.values().map(|of: &Gathered| of.unreadable).sum();
        let routes: Vec<_> =
            routes.into_iter().map(|(route, of)| of.tell(&route, query.samples_max)).collect();
        let keeping = &inner.keeping;
        Report {
            verdict: Verdict::of_all(routes.iter().map(|route| route.verdict)),
            routes,
            since: rfc3339(Timestamp(stretch.from_ms)),
            generated_at: rfc3339(now),
            store: StoreReport {
                kept: inner.store.is_some(),
                error,
                lost: keeping.lost.load(Relaxed) + inner.book().lost,
                thrown_away: keeping.hours_gone.load(Relaxed) + keeping.samples_gone.load(Relaxed),
                unreadable,
            },
        }
    }
}

impl Stretch {
    fn of(query: &ReportQuery, now: Timestamp) -> Self {
        let since = now.minus(query.since);
        let span = Span::for_since(since, now);
        Self { span, from_ms: span.start(since), to_ms: i64::MAX }
    }

    fn has(self, span: Span, start_ms: i64) -> bool {
        span == self.span && (self.from_ms..self.to_ms).contains(&start_ms)
    }
}

impl Inner {
    async fn kept_of(
        &self,
        store: &ReportStore,
        query: &ReportQuery,
        stretch: Stretch,
    ) -> Result<BTreeMap<String, Gathered>, ReportError> {
        let context = Context::background(&self.sources, READ_WITHIN);
        let routes = match &query.route {
            Some(route) => vec![route.clone()],
            None => store.routes(&context, stretch.from_ms).await?,
        };
        let mut gathered = BTreeMap::new();
        for route in routes {
            let mut of_route = Gathered::default();
            let mine = self.in_memory(&route, stretch.span);
            let starts = stretch.from_ms..stretch.to_ms;
            for found in store.counts(&context, &route, stretch.span, starts).await? {
                // What is in memory is the same and more.
                if found.writer == store.writer() && mine.contains(&found.start_ms) {
                    continue;
                }
                of_route.add(&route, found.start_ms, codec::read(&route, &found.kept));
            }
            if query.samples_max > 0 {
                for found in store.samples(&context, &route, stretch.from_ms).await? {
                    let samples = of_route.samples.entry(found.cause).or_default();
                    if samples.len() < query.samples_max {
                        let sample = self.keys.open(&found.sample, &route).ok();
                        let sample = sample.and_then(|text| serde_json::from_slice(&text).ok());
                        of_route.unreadable += u64::from(sample.is_none());
                        samples.extend(sample);
                    }
                }
            }
            if of_route.counts != Counts::default() || !of_route.samples.is_empty() {
                gathered.insert(route, of_route);
            }
        }
        Ok(gathered)
    }

    /// Beginnings of the stretches that are in memory.
    fn in_memory(&self, route: &str, span: Span) -> BTreeSet<i64> {
        let book = self.book();
        let pages = book.routes.get(route).map(|route| route.pages.keys());
        pages.into_iter().flatten().filter(|(of, _)| *of == span).map(|(_, start)| *start).collect()
    }
}

impl Book {
    fn add_to(&self, gathered: &mut BTreeMap<String, Gathered>, query: &ReportQuery, stretch: Stretch) {
        let wanted = |route: &str| query.route.as_deref().is_none_or(|one| one == route);
        for (route, of_route) in self.routes.iter().filter(|(route, _)| wanted(route)) {
            let pages: Vec<_> =
                of_route.pages.iter().filter(|((span, at), _)| stretch.has(*span, *at)).collect();
            if pages.is_empty() && !gathered.contains_key(&**route) {
                continue;
            }
            let gathered = gathered.entry(route.to_string()).or_default();
            // What this process was told last holds, whatever was kept.
            gathered.limits = of_route.limits;
            pages.iter().for_each(|(_, page)| gathered.counts.merge(&page.counts));
            for ((_, cause), reservoir) in &of_route.samples.0 {
                let samples = gathered.samples.entry(cause.clone()).or_default();
                let slots = reservoir.slots.iter().map(|slot| &slot.sample);
                for sample in slots.filter(|sample| sample.at_ms >= stretch.from_ms) {
                    if samples.len() < query.samples_max && !samples.contains(sample) {
                        samples.push((**sample).clone());
                    }
                }
            }
        }
    }
}

impl Gathered {
    fn add(&mut self, route: &str, start_ms: i64, read: Result<codec::Read, ReportError>) {
        match read {
            Ok(read) => {
                self.counts.merge(&read.counts);
                if start_ms >= self.limits_of_ms {
                    (self.limits, self.limits_of_ms) = (read.limits, start_ms);
                }
            }
            Err(error) => {
                tracing::debug!(reason = %error, route, "a part of the report cannot be read");
                self.unreadable += 1;
            }
        }
    }

    fn tell(mut self, route: &str, samples_max: usize) -> RouteReport {
        for samples in self.samples.values_mut() {
            samples.sort_by_key(|sample| std::cmp::Reverse(sample.at_ms));
            samples.truncate(samples_max);
        }
        RouteReport::of(route, &self.counts, self.limits, &self.samples)
    }
}
