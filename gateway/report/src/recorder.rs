//! The way in: what the parallel run found is handed to the recorder, and waits for nothing there.

use crate::book::{Book, Span};
use crate::redact::Redactor;
use crate::saver::Keeping;
use crate::seal::Keys;
use crate::store::ReportStore;
use crate::tally::WorkerTally;
use crate::{Asked, Cause, DropCause, Exchange, Limits, Observed, ReportSettingError, ReportSettings};
use kernel::{Sources, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use storage::Store;

/// Differences of one exchange that a sample names, and causes that it is kept under.
pub(crate) const SAMPLE_CAUSES_MAX: usize = 8;

/// Counts what the parallel run found. Clones are the same.
#[derive(Clone)]
pub struct Recorder(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) settings: ReportSettings,
    pub(crate) sources: Sources,
    pub(crate) keys: Keys,
    pub(crate) book: Mutex<Book>,
    /// `None`: counts end with the process.
    pub(crate) store: Option<ReportStore>,
    pub(crate) keeping: Keeping,
    redactor: Redactor,
    workers: Mutex<Vec<WorkerTally>>,
    /// For what no worker counts.
    own: WorkerTally,
}

impl Recorder {
    /// A recorder that keeps what it counts in memory: the last hours, as long as the process lives.
    ///
    /// # Errors
    /// [`ReportSettingError`] for settings out of their bounds.
    pub fn new(settings: ReportSettings, sources: &Sources) -> Result<Self, ReportSettingError> {
        Self::with(settings, sources, None)
    }

    /// A recorder that keeps what it counts in the gateway's own store, whose tables are [`crate::migrations`]. A
    /// [`crate::Keeper`] brings it there.
    ///
    /// # Errors
    /// [`ReportSettingError`] for settings out of their bounds.
    pub fn with_store(
        settings: ReportSettings,
        sources: &Sources,
        store: Store,
    ) -> Result<Self, ReportSettingError> {
        let writer = sources.random.uuid(sources.clock.now()).to_string();
        Self::with(settings, sources, Some(ReportStore::new(store, writer)))
    }

    fn with(
        settings: ReportSettings,
        sources: &Sources,
        store: Option<ReportStore>,
    ) -> Result<Self, ReportSettingError> {
        settings.check()?;
        let keys = Keys::new(settings.key.as_ref(), &*sources.random);
        let redactor = Redactor::new(&settings, keys.clone());
        let own = WorkerTally::default();
        let workers = Mutex::new(vec![own.clone()]);
        let (sources, book, keeping) = (sources.clone(), Mutex::default(), Keeping::default());
        Ok(Self(Arc::new(Inner { settings, sources, keys, book, store, keeping, redactor, workers, own })))
    }

    /// The counts of one worker, to be counted with by it alone.
    #[must_use]
    pub fn worker(&self) -> WorkerTally {
        let tally = WorkerTally::default();
        self.0.workers.lock().unwrap_or_else(PoisonError::into_inner).push(tally.clone());
        tally
    }

    /// Counts an exchange that was not compared, for whoever is no worker: [`WorkerTally::dropped`].
    pub fn dropped(&self, route: &Arc<str>, cause: DropCause) {
        self.0.own.dropped(route, cause);
    }

    /// Counts two answers that differ, and keeps a sample of them if one is wanted. Not for the way of a request: makes
    /// texts, and takes a lock that a report being made holds too.
    pub fn differed(&self, observed: &Observed) {
        let now = self.0.sources.clock.now();
        let places = self.0.count(observed, now);
        self.keep(observed, places, now);
    }

    /// The same, where `exchange` puts together what was asked and answered: only if a sample is wanted, as of few.
    pub fn differed_in(&self, mut observed: Observed, exchange: impl FnOnce() -> Exchange) {
        let now = self.0.sources.clock.now();
        let places = self.0.count(&observed, now);
        if !places.is_empty() {
            observed.exchange = exchange();
        }
        self.keep(&observed, places, now);
    }

    fn keep(&self, observed: &Observed, places: BTreeMap<Cause, usize>, now: Timestamp) {
        let inner = &*self.0;
        if places.is_empty() {
            return;
        }
        // Without the lock: redacting reads all of both bodies.
        let sample = Arc::new(inner.redactor.sample(observed, now));
        let mut book = inner.book();
        let Some(route) = book.routes.get_mut(&observed.route) else { return };
        for (cause, place) in places {
            route.samples.put(Span::Hour.start(now), &cause, place, Arc::clone(&sample));
        }
    }

    /// Says what decides the verdicts, by route. Those that are not named keep what they have.
    pub fn set_limits(&self, limits: impl IntoIterator<Item = (Arc<str>, Limits)>) {
        let mut book = self.0.book();
        for (route, limits) in limits {
            if let Some(book) = book.route(&route) {
                book.limits = limits;
            }
        }
    }

    /// Brings together what workers counted.
    pub(crate) fn collect(&self) {
        let inner = &*self.0;
        let mut workers = inner.workers.lock().unwrap_or_else(PoisonError::into_inner);
        let tallies: Vec<_> = workers.iter().map(WorkerTally::take).collect();
        workers.retain(|worker| !worker.is_abandoned());
        drop(workers);
        let now = inner.sources.clock.now();
        let mut book = inner.book();
        tallies.iter().filter(|tally| !tally.routes.is_empty()).for_each(|tally| book.add_tally(tally, now));
    }
}

impl Inner {
    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts two answers that differ; gives where a sample of them is to be kept.
    fn count(&self, observed: &Observed, now: Timestamp) -> BTreeMap<Cause, usize> {
        let mut book = self.book();
        book.add_observed(observed, now);
        self.places(&mut book, observed)
    }

    /// Under which causes a sample of this exchange is to be kept, and where.
    fn places(&self, book: &mut Book, observed: &Observed) -> BTreeMap<Cause, usize> {
        let mut places = BTreeMap::new();
        let Some(route) = book.routes.get_mut(&observed.route).filter(|_| observed.asked == Asked::Other)
        else {
            return places;
        };
        let hour = Span::Hour.start(self.sources.clock.now());
        let max = self.settings.samples_per_cause;
        for finding in observed.findings.iter().take(SAMPLE_CAUSES_MAX) {
            if places.contains_key(&finding.cause) {
                continue;
            }
            if let Some(place) = route.samples.place(hour, &finding.cause, max, &*self.sources.random) {
                places.insert(finding.cause.clone(), place);
            }
        }
        places
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recorder")
    }
}
