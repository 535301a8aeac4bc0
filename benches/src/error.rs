//! What can go wrong while measuring: every failure makes the run fail, none becomes a figure.

use std::net::SocketAddr;

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The operating system refused something.
    #[error("{doing}: {source}")]
    System {
        /// What was tried.
        doing: String,
        /// The system's own words.
        source: std::io::Error,
    },
    /// Something that must be there before anything can be measured is not.
    #[error("{0}")]
    Missing(String),
    /// A child process ended, or did not say in time what was waited for.
    #[error("{program} {what}; it said:\n{said}")]
    Child {
        /// The program's name.
        program: String,
        /// What it did or failed to do.
        what: String,
        /// The last of its standard error.
        said: String,
    },
    /// An answer that this program cannot read.
    #[error("{from} answered what cannot be measured: {reason}")]
    Unreadable {
        /// Who answered.
        from: SocketAddr,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// An answer with another status than the one that is measured.
    #[error("{request}: {status} instead of {expected}: {body}")]
    Unexpected {
        /// Method and path.
        request: String,
        /// The status that came.
        status: u16,
        /// The status that is measured.
        expected: u16,
        /// The beginning of the body.
        body: String,
    },
    /// The database server refused something.
    #[error("PostgreSQL: {0}")]
    Database(String),
    /// Somebody asked this program to stop.
    #[error("interrupted; no results were written")]
    Interrupted,
}

impl BenchError {
    /// Says what was tried when the system refused.
    pub(crate) fn system<E: Into<std::io::Error>>(doing: impl Into<String>) -> impl FnOnce(E) -> Self {
        let doing = doing.into();
        move |source| Self::System { doing, source: source.into() }
    }
}
