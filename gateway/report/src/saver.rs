//! Brings what was counted into the store, and says how that goes. What the store does not take stays in memory and is
//! offered again, until it is too old: then it is lost, and counted as lost.

use crate::book::{Book, Page, Span};
use crate::codec;
use crate::recorder::Inner;
use crate::store::{CountsRow, ReportStore, SampleRow};
use crate::{Cause, Recorder, ReportError};
use kernel::{Context, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Rows of one transaction.
const ROWS_MAX: usize = 64;
/// Bytes of samples of one transaction.
const SAMPLE_BYTES_MAX: usize = 1024 * 1024;
/// Transactions of one saving: what is left waits for the next.
const TRANSACTIONS_MAX: usize = 64;
/// Longest that a transaction may take; the store's own bound may be shorter.
const SAVE_WITHIN: Duration = Duration::from_secs(5);

/// How keeping fares. Shown in reports and metrics.
#[derive(Debug, Default)]
pub(crate) struct Keeping {
    /// Why the last attempt failed; `None`: it did not.
    error: Mutex<Option<String>>,
    /// Attempts that failed.
    pub(crate) failed: AtomicU64,
    /// Compared requests that are in no store and no longer in memory.
    pub(crate) lost: AtomicU64,
    /// Samples that were thrown away for want of room.
    pub(crate) samples_gone: AtomicU64,
    /// Hours of counts that were thrown away for want of room.
    pub(crate) hours_gone: AtomicU64,
    /// Bytes that are kept.
    pub(crate) bytes: AtomicU64,
}

impl Keeping {
    /// Why the store does not keep anything now, if so.
    pub(crate) fn error(&self) -> Option<String> {
        self.error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says when it begins to fail and when that is over, not each time.
    fn note(&self, outcome: &Result<(), ReportError>) {
        let mut last = self.error.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(()) if last.is_some() => tracing::info!("the report is kept again"),
            Err(error) => {
                self.failed.fetch_add(1, Relaxed);
                if last.is_none() {
                    tracing::warn!(reason = %error, "the report is not kept: it stays in memory for now");
                }
            }
            Ok(()) => {}
        }
        *last = outcome.as_ref().err().map(ToString::to_string);
    }
}

/// What one transaction takes.
#[derive(Default)]
struct Batch {
    counts: Vec<CountsRow>,
    samples: Vec<SampleRow>,
    pages: Vec<(Arc<str>, (Span, i64))>,
    slots: Vec<(Arc<str>, (i64, Cause), usize)>,
    sample_bytes: usize,
}

impl Recorder {
    /// Brings workers' counts together and everything new into the store.
    ///
    /// # Errors
    /// [`ReportError::Store`]: nothing of it is lost yet.
    pub(crate) async fn save(&self) -> Result<(), ReportError> {
        self.collect();
        let inner = &*self.0;
        let Some(store) = &inner.store else {
            inner.book().forget_old(inner.sources.clock.now());
            return Ok(());
        };
        let mut outcome = Ok(());
        for _ in 0..TRANSACTIONS_MAX {
            let batch = Batch::fill(inner, &mut inner.book());
            if batch.is_empty() {
                break;
            }
            outcome = batch.save(inner, store).await;
            if outcome.is_err() {
                break;
            }
        }
        inner.keeping.note(&outcome);
        let now = inner.sources.clock.now();
        let lost = inner.book().forget(now);
        inner.keeping.lost.fetch_add(lost, Relaxed);
        outcome
    }

    /// Throws away what is too old and what there is no room for.
    pub(crate) async fn tidy(&self) -> Result<(), ReportError> {
        let inner = &*self.0;
        let Some(store) = &inner.store else { return Ok(()) };
        let context = Context::background(&inner.sources, SAVE_WITHIN);
        let now = inner.sources.clock.now();
        let settings = &inner.settings;
        let kept = store.tidy(&context, now, settings.keep_days, settings.size_max_bytes).await?;
        let keeping = &inner.keeping;
        keeping.bytes.store(kept.bytes, Relaxed);
        keeping.samples_gone.fetch_add(kept.samples_gone, Relaxed);
        keeping.hours_gone.fetch_add(kept.hours_gone, Relaxed);
        if kept.samples_gone + kept.hours_gone > 0 {
            let (samples, hours) = (kept.samples_gone, kept.hours_gone);
            tracing::info!(samples, hours, "report.size_max_bytes: the oldest of the report was thrown away");
        }
        Ok(())
    }
}

impl Batch {
    /// Takes what the store does not have. It counts as kept until [`Batch::save`] says otherwise, so that what is
    /// counted meanwhile is seen to be new.
    fn fill(inner: &Inner, book: &mut Book) -> Self {
        let mut batch = Self::default();
        for (route, of_route) in &mut book.routes {
            let limits = of_route.limits;
            for (key, page) in of_route.pages.iter_mut().filter(|(_, page)| page.unsaved) {
                if batch.counts.len() >= ROWS_MAX {
                    return batch;
                }
                page.unsaved = false;
                let (kept, (span, start_ms)) = (codec::write(&page.counts, limits), *key);
                batch.counts.push(CountsRow { route: Arc::clone(route), span, start_ms, kept });
                batch.pages.push((Arc::clone(route), *key));
            }
            for (key, reservoir) in &mut of_route.samples.0 {
                for (place, slot) in reservoir.slots.iter_mut().enumerate().filter(|(_, slot)| slot.unsaved) {
                    if batch.samples.len() >= ROWS_MAX || batch.sample_bytes >= SAMPLE_BYTES_MAX {
                        return batch;
                    }
                    slot.unsaved = false;
                    batch.sample(inner, route, key, place, &slot.sample);
                }
            }
        }
        batch
    }

    fn sample(
        &mut self,
        inner: &Inner,
        route: &Arc<str>,
        key: &(i64, Cause),
        place: usize,
        sample: &crate::Sample,
    ) {
        let text = serde_json::to_vec(sample).unwrap_or_default();
        // A sample that cannot be sealed is not kept in the clear.
        let Ok(sealed) = inner.keys.seal(&text, route) else { return };
        self.sample_bytes += sealed.len();
        self.samples.push(SampleRow {
            route: Arc::clone(route),
            hour_ms: key.0,
            cause: key.1.clone(),
            slot: i32::try_from(place).unwrap_or(i32::MAX),
            at_ms: sample.at_ms,
            sample: sealed,
        });
        self.slots.push((Arc::clone(route), key.clone(), place));
    }

    fn is_empty(&self) -> bool {
        self.counts.is_empty() && self.samples.is_empty()
    }

    async fn save(self, inner: &Inner, store: &ReportStore) -> Result<(), ReportError> {
        let Self { counts, samples, pages, slots, .. } = self;
        let context = Context::background(&inner.sources, SAVE_WITHIN);
        let saved = store.save(&context, counts, samples).await;
        if saved.is_err() {
            inner.book().offer_again(&pages, &slots);
        }
        Ok(saved?)
    }
}

impl Book {
    /// Says of what was taken that the store does not have it.
    fn offer_again(&mut self, pages: &[(Arc<str>, (Span, i64))], slots: &[(Arc<str>, (i64, Cause), usize)]) {
        for (route, key) in pages {
            if let Some(page) = self.routes.get_mut(route).and_then(|route| route.pages.get_mut(key)) {
                page.unsaved = true;
            }
        }
        for (route, key, place) in slots {
            let reservoir = self.routes.get_mut(route).and_then(|route| route.samples.0.get_mut(key));
            if let Some(slot) = reservoir.and_then(|reservoir| reservoir.slots.get_mut(*place)) {
                slot.unsaved = true;
            }
        }
    }

    /// Forgets what the store has and nobody counts in any more, and what is too old. Gives how many compared requests
    /// are lost by that.
    fn forget(&mut self, now: Timestamp) -> u64 {
        for route in self.routes.values_mut() {
            // One stretch longer than needed, for a clock that is set back a little: a stretch that was forgotten would
            // begin again from nothing and take the place of what is kept.
            let over = |(span, start): &(Span, i64)| *start + 2 * span.ms() < now.0;
            route.pages.retain(|key, page: &mut Page| page.unsaved || !over(key));
            route.samples.forget_saved_before(Span::Hour.start(now));
        }
        self.forget_old(now)
    }
}
