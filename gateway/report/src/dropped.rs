//! Why an exchange was not compared.

use std::collections::BTreeMap;

/// Why an exchange that was to be compared was not. Each is counted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DropCause {
    /// Too many waited for the other side already.
    QueueFull,
    /// A body of the request, or of the serving side's answer, was larger than is kept for comparison.
    BodyTooLarge,
    /// The other side answered with a body that is larger than is kept, where the serving side's is not: they differ, and nobody
    /// knows in what.
    OtherTooLarge,
    /// The other side did not answer in time.
    Deadline,
    /// No connection to the other side.
    Connect,
    /// The breaker before the other side was open: it had not answered too often.
    BreakerOpen,
    /// The other side closed before its answer was whole.
    Closed,
    /// The other side answered what is no HTTP.
    Garbage,
    /// An answer that cannot be compared: an upgrade, an endless stream, a coding that nobody knows.
    NotComparable,
    /// A method that changes something, where the route says that such are not asked twice.
    WriteSkipped,
    /// The client left before it had its whole answer.
    ClientLeft,
    /// Too many pairs of answers waited for comparison already.
    JudgeFull,
    /// One side was asked twice for noise, and the two answers could not be compared. The exchange itself was.
    NoiseUnjudged,
    /// The process was about to end.
    Stopping,
}

impl DropCause {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::QueueFull,
        Self::BodyTooLarge,
        Self::OtherTooLarge,
        Self::Deadline,
        Self::Connect,
        Self::BreakerOpen,
        Self::Closed,
        Self::Garbage,
        Self::NotComparable,
        Self::WriteSkipped,
        Self::ClientLeft,
        Self::JudgeFull,
        Self::NoiseUnjudged,
        Self::Stopping,
    ];

    /// Its name in reports and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::BodyTooLarge => "body_too_large",
            Self::OtherTooLarge => "other_too_large",
            Self::Deadline => "deadline",
            Self::Connect => "connect",
            Self::BreakerOpen => "breaker_open",
            Self::Closed => "closed",
            Self::Garbage => "garbage",
            Self::NotComparable => "not_comparable",
            Self::WriteSkipped => "write_skipped",
            Self::ClientLeft => "client_left",
            Self::JudgeFull => "judge_full",
            Self::NoiseUnjudged => "noise_unjudged",
            Self::Stopping => "stopping",
        }
    }

    /// Whether the exchange may hide a difference: the other side was asked and gave no answer that a client could have used,
    /// or the answers are known not to be equal to the byte. What was never asked says nothing about how often sides differ.
    #[must_use]
    pub const fn may_differ(self) -> bool {
        match self {
            Self::OtherTooLarge | Self::Deadline | Self::Closed | Self::Garbage | Self::JudgeFull => true,
            Self::QueueFull
            | Self::BodyTooLarge
            | Self::Connect
            | Self::BreakerOpen
            | Self::NotComparable
            | Self::WriteSkipped
            | Self::ClientLeft
            | Self::NoiseUnjudged
            | Self::Stopping => false,
        }
    }
}

/// Exchanges among the dropped that may hide a difference.
pub(crate) fn unjudged(dropped: &BTreeMap<String, u64>) -> u64 {
    let hiding = DropCause::ALL.into_iter().filter(|cause| cause.may_differ());
    hiding.filter_map(|cause| dropped.get(cause.name())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_and_not_answered_well_may_differ() {
        let dropped =
            DropCause::ALL.into_iter().zip(0..).map(|(cause, at)| (cause.name().to_owned(), 1 << at));
        let dropped: BTreeMap<String, u64> = dropped.collect();
        assert_eq!(dropped.len(), DropCause::ALL.len(), "no two have one name");
        let of = |causes: &[&str]| causes.iter().map(|cause| dropped[*cause]).sum::<u64>();
        assert_eq!(
            unjudged(&dropped),
            of(&["other_too_large", "deadline", "closed", "garbage", "judge_full"])
        );
    }
}
