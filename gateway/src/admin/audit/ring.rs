//! The latest entries, in memory.

use super::entry::Record;
use std::collections::VecDeque;
use utoipa::ToSchema;

/// The latest entries; the oldest goes when one more comes.
pub(super) struct Ring {
    records: VecDeque<Record>,
    max: usize,
}

/// Some of the latest entries.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, ToSchema)]
pub struct Page {
    /// The entries, the newest first.
    pub entries: Vec<Record>,
    /// The `cursor` of the next page; `null` when there is none in memory.
    pub next: Option<String>,
}

/// The entry is not in memory. It may be in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not of an entry that is in memory: older ones are in the file")]
pub struct UnknownCursor;

impl Ring {
    pub(super) fn new(max: usize) -> Self {
        Self { records: VecDeque::new(), max }
    }

    pub(super) fn push(&mut self, record: Record) {
        if self.records.len() >= self.max {
            self.records.pop_front();
        }
        self.records.push_back(record);
    }

    pub(super) fn page(&self, limit: usize, cursor: Option<&str>) -> Result<Page, UnknownCursor> {
        let end = match cursor {
            None => self.records.len(),
            Some(id) => self.records.iter().position(|record| record.id == id).ok_or(UnknownCursor)?,
        };
        let start = end.saturating_sub(limit);
        let entries: Vec<_> = self.records.range(start..end).rev().cloned().collect();
        let next = entries.last().filter(|_| start > 0).map(|record| record.id.clone());
        Ok(Page { entries, next })
    }
}
