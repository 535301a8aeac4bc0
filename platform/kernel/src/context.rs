//! What belongs to one request and travels with it through every call.

use crate::text::hex;
use crate::{Deadline, DryRun, Random, Timestamp, TraceContext};
use std::fmt;
use uuid::Uuid;

/// Names one request in answers, logs and reports: a UUID, kept as the text that all of them want.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId([u8; 36]);

impl RequestId {
    /// A new id.
    #[must_use]
    pub fn new(random: &dyn Random, now: Timestamp) -> Self {
        Self::of(random.uuid(now))
    }

    /// A new id, of random bytes that are nobody else's.
    #[must_use]
    pub fn from_random(bytes: [u8; 10], now: Timestamp) -> Self {
        Self::of(crate::random::uuid_v7(bytes, now))
    }

    /// Reads an id that another process of the house gave.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self::of)
    }

    /// Appends it as `Display` writes it.
    pub fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    fn of(uuid: Uuid) -> Self {
        let digits = hex(uuid.as_u128());
        let mut text = [b'-'; 36];
        for (from, to) in [(0..8, 0..8), (8..12, 9..13), (12..16, 14..18), (16..20, 19..23), (20..32, 24..36)]
        {
            if let (Some(from), Some(to)) = (digits.get(from), text.get_mut(to)) {
                to.copy_from_slice(from);
            }
        }
        Self(text)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({self})")
    }
}

/// Who is asking, after the credentials were verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Principal {
    /// The user's id.
    pub user_id: i64,
}

/// What belongs to one request.
#[derive(Debug, Clone)]
pub struct Context {
    /// The request's own id.
    pub request_id: RequestId,
    /// The trace it is part of.
    pub trace: TraceContext,
    /// Who is asking; `None` for anonymous and for work of our own.
    pub principal: Option<Principal>,
    /// When nobody waits for the answer any more.
    pub deadline: Deadline,
    /// The dry run that this is; `None` for what is real.
    pub dry_run: Option<DryRun>,
}

impl Context {
    /// A context for work that no request asked for: jobs, commands, tests.
    #[must_use]
    pub fn background(sources: &crate::Sources, budget: std::time::Duration) -> Self {
        let (clock, random) = (&*sources.clock, &*sources.random);
        Self {
            request_id: RequestId::new(random, clock.now()),
            trace: TraceContext::start(random),
            principal: None,
            deadline: Deadline::after(clock, budget),
            dry_run: None,
        }
    }

    /// The same request, asked by `principal`.
    #[must_use]
    pub fn with_principal(self, principal: Principal) -> Self {
        Self { principal: Some(principal), ..self }
    }

    /// The same request, as a dry run that has done nothing yet.
    #[must_use]
    pub fn as_dry_run(self) -> Self {
        Self { dry_run: Some(DryRun::new()), ..self }
    }

    /// Whether nothing of it may stay: what is kept in memory or sent elsewhere must ask this.
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        self.dry_run.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_as_it_is_displayed() {
        for id in [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210] {
            let (id, mut written) = (RequestId::of(Uuid::from_u128(id)), Vec::new());
            id.put(&mut written);
            assert_eq!(String::from_utf8(written).unwrap(), id.to_string());
        }
    }
}
