//! Usage that the server does not know of yet.

use crate::TOGGLES_MAX;
use crate::counts::Usage;
use crate::time::rfc3339;
use kernel::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Usage since a moment. What could not be reported is added up with what comes, so that it does not grow with the
/// length of an outage but only with the number of toggles, and that is bounded.
#[derive(Debug)]
pub(super) struct Pending {
    since: Timestamp,
    usage: BTreeMap<Arc<str>, Usage>,
}

impl Pending {
    pub(super) fn since(since: Timestamp) -> Self {
        Self { since, usage: BTreeMap::new() }
    }

    /// Adds usage, and says of how many toggles there was no place for it.
    pub(super) fn add(&mut self, more: BTreeMap<Arc<str>, Usage>) -> u64 {
        let mut dropped = 0;
        for (name, usage) in more {
            if self.usage.len() >= TOGGLES_MAX && !self.usage.contains_key(&name) {
                dropped += 1;
            } else {
                self.usage.entry(name).or_default().add(usage);
            }
        }
        dropped
    }

    pub(super) fn is_empty(&self) -> bool {
        self.usage.is_empty()
    }

    /// Of how many toggles.
    pub(super) fn len(&self) -> u64 {
        self.usage.len() as u64
    }

    /// The `bucket` of a report.
    pub(super) fn bucket(&self, until: Timestamp) -> Value {
        let toggle = |(name, usage): (&Arc<str>, &Usage)| {
            (name.to_string(), json!({"yes": usage.yes, "no": usage.no, "variants": usage.variants}))
        };
        let toggles: serde_json::Map<_, _> = self.usage.iter().map(toggle).collect();
        json!({"start": rfc3339(self.since), "stop": rfc3339(until), "toggles": toggles})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(names: impl Iterator<Item = usize>) -> BTreeMap<Arc<str>, Usage> {
        names.map(|name| (name.to_string().into(), Usage { yes: 1, ..Usage::default() })).collect()
    }

    #[test]
    fn usage_adds_up_within_a_bound() {
        let mut pending = Pending::since(Timestamp(0));
        assert_eq!(pending.add(usage(0..TOGGLES_MAX)), 0);
        assert_eq!(pending.add(usage(TOGGLES_MAX - 1..TOGGLES_MAX + 2)), 2);
        assert_eq!(pending.len(), TOGGLES_MAX as u64);
        let bucket = pending.bucket(Timestamp(1_000));
        assert_eq!(bucket["toggles"][(TOGGLES_MAX - 1).to_string()]["yes"], 2);
        assert_eq!(
            (&bucket["start"], &bucket["stop"]),
            (&json!("1970-01-01T00:00:00.000Z"), &json!("1970-01-01T00:00:01.000Z"))
        );
    }
}
