//! Why an exchange was not compared.

/// Why an exchange that was to be compared was not. Each is counted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DropCause {
    /// Too many waited for the other side already.
    QueueFull,
    /// A body was larger than is kept for comparison.
    BodyTooLarge,
    /// The other side did not answer in time.
    Deadline,
    /// No connection to the other side.
    Connect,
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
    /// The process was about to end.
    Stopping,
}

impl DropCause {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::QueueFull,
        Self::BodyTooLarge,
        Self::Deadline,
        Self::Connect,
        Self::Closed,
        Self::Garbage,
        Self::NotComparable,
        Self::WriteSkipped,
        Self::ClientLeft,
        Self::JudgeFull,
        Self::Stopping,
    ];

    /// Its name in reports and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::BodyTooLarge => "body_too_large",
            Self::Deadline => "deadline",
            Self::Connect => "connect",
            Self::Closed => "closed",
            Self::Garbage => "garbage",
            Self::NotComparable => "not_comparable",
            Self::WriteSkipped => "write_skipped",
            Self::ClientLeft => "client_left",
            Self::JudgeFull => "judge_full",
            Self::Stopping => "stopping",
        }
    }
}
