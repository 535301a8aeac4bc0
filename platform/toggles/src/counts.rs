//! How often each toggle was asked for, and what came of it, counted without a word between workers.
//!
//! A table of counters is kept several times over and each thread writes to its own copy, so that no two workers
//! write to one cache line. A snapshot has its own table; the tables of snapshots that were replaced are read until
//! nobody can write to them any more, so that nothing that was counted is lost.

use crate::names::ToggleId;
use crate::variant::DISABLED;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most copies of a table. More threads than this share some.
const SHARDS_MAX: usize = 16;
/// The most tables of replaced snapshots that are kept while somebody may still write to them.
const RETIRED_MAX: usize = 64;

/// Uses of one toggle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// Times it was on.
    pub yes: u64,
    /// Times it was off.
    pub no: u64,
    /// Times each of its variants was given, by name; `disabled` for none.
    pub variants: BTreeMap<String, u64>,
}

impl Usage {
    /// Adds other uses of the same toggle.
    pub fn add(&mut self, other: Self) {
        self.yes = self.yes.saturating_add(other.yes);
        self.no = self.no.saturating_add(other.no);
        for (name, count) in other.variants {
            let sum = self.variants.entry(name).or_default();
            *sum = sum.saturating_add(count);
        }
    }
}

/// One toggle's row in a table.
#[derive(Debug, Clone)]
struct Row {
    toggle: Arc<str>,
    /// Where its counters begin: off, on, then the variants in their order.
    at: usize,
    variants: Box<[Arc<str>]>,
}

const NO: usize = 0;
const YES: usize = 1;
const VARIANTS: usize = 2;

/// The counters of one snapshot.
#[derive(Debug)]
pub(crate) struct Counts {
    /// By the index of the toggle's id.
    rows: Box<[Option<Row>]>,
    shards: Box<[Box<[AtomicU32]>]>,
}

impl Counts {
    /// A table for toggles with the names of their variants.
    pub(crate) fn new(toggles: impl Iterator<Item = (ToggleId, Arc<str>, Vec<Arc<str>>)>) -> Self {
        let mut rows: Vec<Option<Row>> = Vec::new();
        let mut length = 0;
        for (id, toggle, mut variants) in toggles {
            variants.push(DISABLED.into());
            let row = Row { toggle, at: length, variants: variants.into() };
            length += VARIANTS + row.variants.len();
            if rows.len() <= id.index() {
                rows.resize(id.index() + 1, None);
            }
            if let Some(place) = rows.get_mut(id.index()) {
                *place = Some(row);
            }
        }
        let shard = |_| (0..length).map(|_| AtomicU32::new(0)).collect();
        Self { rows: rows.into(), shards: (0..shards()).map(shard).collect() }
    }

    #[inline]
    pub(crate) fn count(&self, id: ToggleId, on: bool) {
        if let Some(row) = self.row(id) {
            self.add_one(row.at + if on { YES } else { NO });
        }
    }

    pub(crate) fn count_variant(&self, id: ToggleId, name: &str) {
        let Some(row) = self.row(id) else { return };
        if let Some(index) = row.variants.iter().position(|variant| **variant == *name) {
            self.add_one(row.at + VARIANTS + index);
        }
    }

    /// Moves what was counted to `usage`.
    fn take_into(&self, usage: &mut BTreeMap<Arc<str>, Usage>) {
        for row in self.rows.iter().flatten() {
            let one = self.take_row(row);
            if one != Usage::default() {
                usage.entry(row.toggle.clone()).or_default().add(one);
            }
        }
    }

    fn take_row(&self, row: &Row) -> Usage {
        let take = |offset: usize| {
            let counters = self.shards.iter().filter_map(|shard| shard.get(row.at + offset));
            counters.map(|counter| u64::from(counter.swap(0, Relaxed))).sum()
        };
        let named = row.variants.iter().enumerate();
        let variants = named.map(|(index, name)| (name.to_string(), take(VARIANTS + index)));
        Usage { yes: take(YES), no: take(NO), variants: variants.filter(|(_, count)| *count > 0).collect() }
    }

    fn row(&self, id: ToggleId) -> Option<&Row> {
        self.rows.get(id.index())?.as_ref()
    }

    #[inline]
    fn add_one(&self, at: usize) {
        // There is at least one shard, and the index of each is below their number.
        let shard = self.shards.get(own_shard() % self.shards.len().max(1));
        if let Some(counter) = shard.and_then(|shard| shard.get(at)) {
            counter.fetch_add(1, Relaxed);
        }
    }
}

/// As many copies as threads can run at once.
fn shards() -> usize {
    std::thread::available_parallelism().map_or(1, |threads| threads.get().min(SHARDS_MAX))
}

/// This thread's copy: the threads take them in turn.
fn own_shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static OWN: Cell<usize> = const { Cell::new(usize::MAX) });
    OWN.with(|own| {
        if own.get() == usize::MAX {
            own.set(NEXT.fetch_add(1, Relaxed));
        }
        own.get()
    })
}

/// The tables that may still be written to. Locked when snapshots are replaced and when counts are taken.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    tables: Vec<Arc<Counts>>,
    /// Of tables that were let go.
    left: BTreeMap<Arc<str>, Usage>,
}

impl Ledger {
    /// Takes in the table of a new snapshot.
    pub(crate) fn open(&self, table: Arc<Counts>) {
        let mut book = self.lock();
        book.let_go();
        book.tables.push(table);
    }

    /// Everything counted since the last time.
    pub(crate) fn take(&self) -> BTreeMap<Arc<str>, Usage> {
        let mut book = self.lock();
        book.let_go();
        let mut usage = std::mem::take(&mut book.left);
        for table in &book.tables {
            table.take_into(&mut usage);
        }
        usage
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// Empties and forgets the tables that nobody else holds, and the oldest when there are too many.
    fn let_go(&mut self) {
        let too_many = self.tables.len().saturating_sub(RETIRED_MAX);
        let mut index = 0;
        let left = &mut self.left;
        self.tables.retain(|table| {
            let keep = index >= too_many && Arc::strong_count(table) > 1;
            index += 1;
            if !keep {
                table.take_into(left);
            }
            keep
        });
    }
}

#[cfg(test)]
mod tests;
