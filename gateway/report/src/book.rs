//! What is counted and not yet too old, in memory: of each route by minute and by hour.
//!
//! Minutes answer for what was just deployed, hours for the days before. The two are counted side by side instead of
//! turning minutes into hours later: then nothing that was written ever has to be read and changed.

use crate::counts::{CAUSES_MAX, Counts, Suspicion};
use crate::reservoir::Reservoirs;
use crate::tally::Tally;
use crate::{Asked, Limits, Observed};
use kernel::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Minutes that are kept.
pub(crate) const MINUTES_KEPT: usize = 120;
/// Hours that are kept in memory, where there is no store that has more.
pub(crate) const HOURS_KEPT: usize = 48;
/// Routes that are counted; more than a features file may hold.
pub(crate) const ROUTES_MAX: usize = 4096;

/// How long a stretch of time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Span {
    /// 60 s.
    Minute,
    /// 3,600 s.
    Hour,
}

impl Span {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Minute, Self::Hour];

    /// Its length, milliseconds.
    pub(crate) const fn ms(self) -> i64 {
        match self {
            Self::Minute => 60_000,
            Self::Hour => 3_600_000,
        }
    }

    /// The beginning of the stretch that a moment lies in; epoch milliseconds.
    pub(crate) const fn start(self, at: Timestamp) -> i64 {
        at.0.div_euclid(self.ms()) * self.ms()
    }

    /// Stretches of this length that are kept in memory.
    const fn kept(self) -> usize {
        match self {
            Self::Minute => MINUTES_KEPT,
            Self::Hour => HOURS_KEPT,
        }
    }

    /// What answers for everything since `since`.
    pub(crate) fn for_since(since: Timestamp, now: Timestamp) -> Self {
        let minutes = i64::try_from(MINUTES_KEPT).unwrap_or(i64::MAX);
        // The oldest minute may be half gone.
        if now.0 - since.0 < (minutes - 1) * Self::Minute.ms() { Self::Minute } else { Self::Hour }
    }
}

/// One stretch of time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    pub(crate) counts: Counts,
    /// Whether the store does not have it as it is.
    pub(crate) unsaved: bool,
}

/// What is known of one route.
#[derive(Debug, Default)]
pub(crate) struct RouteBook {
    pub(crate) pages: BTreeMap<(Span, i64), Page>,
    pub(crate) samples: Reservoirs,
    pub(crate) limits: Limits,
    /// Since the process began.
    pub(crate) total: Counts,
}

/// What is known of all routes.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) routes: BTreeMap<Arc<str>, RouteBook>,
    /// Compared or dropped exchanges that nothing is known of any more: no room for their route.
    pub(crate) lost: u64,
}

impl Book {
    /// Counts what a worker counted.
    pub(crate) fn add_tally(&mut self, tally: &Tally, now: Timestamp) {
        self.lost += tally.lost;
        for (route, equal) in &tally.routes {
            match self.route(route) {
                Some(book) => book.each(now, |counts, _| counts.add_equal(equal)),
                None => self.lost += equal.other + equal.same,
            }
        }
    }

    /// Counts two answers that differ.
    pub(crate) fn add_observed(&mut self, observed: &Observed, now: Timestamp) {
        match self.route(&observed.route) {
            Some(book) => book.each(now, |counts, suspicion| counts.add_observed(observed, now, suspicion)),
            None => self.lost += u64::from(observed.asked == Asked::Other),
        }
    }

    /// The route's book, new if need be; `None` where there is no room.
    pub(crate) fn route(&mut self, route: &Arc<str>) -> Option<&mut RouteBook> {
        if !self.routes.contains_key(route) {
            if self.routes.len() >= ROUTES_MAX {
                return None;
            }
            self.routes.insert(Arc::clone(route), RouteBook::default());
        }
        self.routes.get_mut(route)
    }

    /// Forgets what is older than is kept. Gives how many compared requests the store will never hear of.
    pub(crate) fn forget_old(&mut self, now: Timestamp) -> u64 {
        self.routes.values_mut().map(|book| book.forget_old(now)).sum()
    }
}

impl RouteBook {
    fn each(&mut self, now: Timestamp, mut count: impl FnMut(&mut Counts, &Suspicion)) {
        let suspicion = self.suspicion();
        for span in Span::ALL {
            let page = self.pages.entry((span, span.start(now))).or_default();
            page.unsaved = true;
            count(&mut page.counts, &suspicion);
        }
        count(&mut self.total, &suspicion);
    }

    /// Only looked at when sets of causes run out of room, so only made then.
    fn suspicion(&self) -> Suspicion {
        if self.total.signatures.len() < crate::counts::SIGNATURES_MAX / 2 {
            return Suspicion::new();
        }
        let causes = self.total.causes.iter().take(CAUSES_MAX);
        causes.map(|(cause, counts)| (cause.clone(), (counts.other, counts.same))).collect()
    }

    fn forget_old(&mut self, now: Timestamp) -> u64 {
        let mut lost = 0;
        for span in Span::ALL {
            let kept = i64::try_from(span.kept()).unwrap_or(i64::MAX).saturating_mul(span.ms());
            let oldest = span.start(now).saturating_sub(kept);
            let gone = self.pages.extract_if(.., |(of, start), _| *of == span && *start < oldest);
            let unsaved: u64 =
                gone.filter(|(_, page)| page.unsaved).map(|(_, page)| page.counts.compared).sum();
            // A minute is lost with its hour, or not at all.
            lost += if span == Span::Hour { unsaved } else { 0 };
        }
        self.samples.forget_before(Span::Hour.start(now).saturating_sub(24 * Span::Hour.ms()));
        lost
    }
}
