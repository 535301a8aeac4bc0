//! A request that is executed as if: what it writes is rolled back, what it would send is not sent.
//!
//! Each unit of work is rolled back by itself, as a transaction that is held over a request would keep real ones waiting.
//! So a unit of work does not see what an earlier one of the same request wrote in the same store. That is noticed here,
//! and the answer says so: it is not the real one's, and must not be compared.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

/// One dry run. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct DryRun(Arc<State>);

#[derive(Debug, Default)]
struct State {
    /// Stores in which something was written and rolled back: as many as there are modules at most.
    written: Mutex<BTreeSet<&'static str>>,
    partial: AtomicBool,
}

impl DryRun {
    /// A dry run that has done nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Something is to be read in `store`.
    pub fn reads(&self, store: &'static str) {
        if self.written().contains(store) {
            self.set_partial();
        }
    }

    /// Something is to be written in `store`, and rolled back.
    pub fn writes(&self, store: &'static str) {
        if !self.written().insert(store) {
            self.set_partial();
        }
    }

    /// The answer is not the real one's: another process said so, for one.
    pub fn set_partial(&self) {
        self.0.partial.store(true, Relaxed);
    }

    /// Whether anything was read or written that an earlier, rolled back write of this request would have changed.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.0.partial.load(Relaxed)
    }

    /// No code that may panic runs under the lock.
    fn written(&self) -> std::sync::MutexGuard<'_, BTreeSet<&'static str>> {
        self.0.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_write_a_store_after_its_reads_is_whole() {
        let dry_run = DryRun::new();
        for store in ["users", "tokens"] {
            dry_run.reads(store);
            dry_run.writes(store);
        }
        dry_run.reads("messages");
        assert!(!dry_run.is_partial());
    }

    #[test]
    fn whatever_follows_a_write_in_its_store_is_partial() {
        let (read, written) = (DryRun::new(), DryRun::new());
        let clone = read.clone();
        clone.writes("users");
        read.reads("users");
        assert!(read.is_partial() && clone.is_partial());
        written.writes("users");
        written.writes("users");
        assert!(written.is_partial());
    }
}
