//! Counts as they are kept: JSON whose causes are named once, and histograms as bytes.

use crate::counts::{CauseCounts, Counts};
use crate::{Cause, Limits, ReportError};
use serde::{Deserialize, Serialize};
use statistics::Histogram;
use std::collections::{BTreeMap, BTreeSet};

/// The version of this form. A later one is refused by its number, not misread.
const VERSION: u32 = 1;

/// Counts as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) counts: String,
    pub(crate) old_latency: Vec<u8>,
    pub(crate) new_latency: Vec<u8>,
}

/// What kept counts say.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Read {
    pub(crate) counts: Counts,
    pub(crate) limits: Limits,
}

#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    limits: Limits,
    compared: u64,
    same_asked: u64,
    served_by_new: u64,
    lagged: u64,
    #[serde(default)]
    old_errors: u64,
    #[serde(default)]
    new_errors: u64,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    dropped: BTreeMap<String, u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    causes: Vec<WrittenCause>,
    /// Indices into `causes`, and how many requests had just these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    signatures: Vec<(Vec<usize>, u64)>,
}

#[derive(Serialize, Deserialize)]
struct WrittenCause {
    #[serde(flatten)]
    cause: Cause,
    #[serde(flatten)]
    counts: CauseCounts,
}

impl Kept {
    /// Bytes that it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.counts.len() + self.old_latency.len() + self.new_latency.len()
    }
}

pub(crate) fn write(counts: &Counts, limits: Limits) -> Kept {
    let index: BTreeMap<&Cause, usize> =
        counts.causes.keys().enumerate().map(|(at, cause)| (cause, at)).collect();
    let causes = counts.causes.iter();
    let signature = |causes: &BTreeSet<Cause>| causes.iter().filter_map(|c| index.get(c).copied()).collect();
    let written = Written {
        version: VERSION,
        limits,
        compared: counts.compared,
        same_asked: counts.same_asked,
        served_by_new: counts.served_by_new,
        lagged: counts.lagged,
        old_errors: counts.old_errors,
        new_errors: counts.new_errors,
        dropped: counts.dropped.clone(),
        causes: causes
            .map(|(cause, counts)| WrittenCause { cause: cause.clone(), counts: *counts })
            .collect(),
        signatures: counts.signatures.iter().map(|(causes, count)| (signature(causes), *count)).collect(),
    };
    Kept {
        // Maps with text keys and numbers always serialise.
        counts: serde_json::to_string(&written).unwrap_or_default(),
        old_latency: counts.old.encode(),
        new_latency: counts.new.encode(),
    }
}

pub(crate) fn read(route: &str, kept: &Kept) -> Result<Read, ReportError> {
    let wrong = |reason: String| ReportError::Kept { route: route.to_owned(), reason };
    let written: Written = serde_json::from_str(&kept.counts).map_err(|error| wrong(error.to_string()))?;
    if written.version != VERSION {
        return Err(wrong(format!("it has the form {}, this release knows {VERSION}", written.version)));
    }
    let histogram = |bytes: &[u8]| Histogram::decode(bytes).map_err(|error| wrong(error.to_string()));
    let named = |at: &usize| written.causes.get(*at).map(|one| one.cause.clone());
    let signatures = written.signatures.iter().map(|(causes, count)| {
        let causes: Option<BTreeSet<Cause>> = causes.iter().map(named).collect();
        causes
            .map(|causes| (causes, *count))
            .ok_or_else(|| wrong("a set names a cause that is not there".into()))
    });
    let counts = Counts {
        compared: written.compared,
        same_asked: written.same_asked,
        served_by_new: written.served_by_new,
        lagged: written.lagged,
        old_errors: written.old_errors,
        new_errors: written.new_errors,
        signatures: signatures.collect::<Result<_, _>>()?,
        dropped: written.dropped,
        causes: written.causes.into_iter().map(|one| (one.cause, one.counts)).collect(),
        old: histogram(&kept.old_latency)?,
        new: histogram(&kept.new_latency)?,
    };
    Ok(Read { counts, limits: written.limits })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn counts() -> Counts {
        let mut counts = Counts { compared: 9, same_asked: 2, lagged: 1, ..Counts::default() };
        counts.dropped.insert("deadline".into(), 3);
        let (a, b) = (Cause::new("$.a", "value"), Cause::new("$.b", "missing"));
        counts
            .causes
            .insert(a.clone(), CauseCounts { other: 4, first_ms: 5, last_ms: 6, ..CauseCounts::default() });
        counts.causes.insert(b.clone(), CauseCounts::default());
        counts.signatures.insert([a.clone()].into(), 3);
        counts.signatures.insert([a, b].into(), 1);
        counts.old.record(Duration::from_millis(5));
        counts
    }

    #[test]
    fn what_is_written_is_read() {
        let limits = Limits { enough: 7, allowed_difference: 0.25 };
        let kept = write(&counts(), limits);
        assert_eq!(read("r", &kept).unwrap(), Read { counts: counts(), limits });
    }

    #[test]
    fn what_was_damaged_or_is_of_a_later_release_is_refused() {
        let kept = write(&counts(), Limits::default());
        let later = kept.counts.replace("\"version\":1", "\"version\":2");
        let stray = kept.counts.replace("[[0,1],1]", "[[0,9],1]");
        for counts in [later, stray, String::new()] {
            assert_ne!(counts, kept.counts);
            assert!(read("r", &Kept { counts, ..kept.clone() }).is_err());
        }
        assert!(read("r", &Kept { old_latency: vec![255], ..kept }).is_err());
    }
}
