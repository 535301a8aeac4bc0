//! What can go wrong on the way to another process.

/// Why another process gave no answer that can be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RemoteError {
    /// The address is none.
    #[error("{url}: is not an address of the form http://HOST:PORT")]
    Address {
        /// What was given.
        url: String,
    },
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made: {0}")]
    Client(#[source] reqwest::Error),
    /// Nobody answered, or not in time.
    #[error("no answer: {0}")]
    Unreachable(#[source] reqwest::Error),
    /// Too many calls are under way.
    #[error("more than {max} calls are under way")]
    Busy {
        /// The bound.
        max: usize,
    },
    /// It answered with another status than 200.
    #[error("answered {status}")]
    Status {
        /// The status.
        status: u16,
    },
    /// It answered with more bytes than anybody should.
    #[error("answered with more than {max_bytes} bytes")]
    TooLarge {
        /// The bound.
        max_bytes: usize,
    },
    /// Keys of tokens of others that cannot be used.
    #[error("{reason}")]
    Jwks {
        /// What is wrong with them, or with the setting that names them.
        reason: String,
    },
    /// A dry run was to go on in the other process, and there is no key to mark it with.
    #[error("a dry run cannot go on there: dry_run.key is not set")]
    NoDryRun,
    /// The other process did not say that it understood the dry run.
    #[error("the other side does not know of dry runs")]
    NotDry,
    /// Keys and revocations that cannot be read.
    #[error(transparent)]
    Published(#[from] identity::PublishedError),
}
