//! Why the server cannot be used.

use super::body::StateError;
use crate::error::CompileError;
use std::time::Duration;

/// Settings with which the server could never be asked.
#[derive(Debug, thiserror::Error)]
pub enum UnleashError {
    /// One setting is wrong.
    #[error("unleash.{setting} {reason}")]
    Setting {
        /// Its name within the section.
        setting: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The HTTP client cannot be made.
    #[error("the client for the Unleash server cannot be made")]
    Client(#[from] reqwest::Error),
}

/// Why one call came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// No answer, or a cut one.
    #[error("{}", chain(.0))]
    Http(#[from] reqwest::Error),
    /// An answer that is no success.
    #[error("the server answered {status}")]
    Status { status: u16, retry_after: Option<Duration> },
    /// An answer beyond the bound.
    #[error("the answer has more than {max} bytes")]
    TooLarge { max: usize },
    /// A body that is no state.
    #[error(transparent)]
    State(#[from] StateError),
    /// A state that cannot be taken.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// No thread for the compiling.
    #[error("no thread could be started to compile the toggles")]
    Thread,
}

impl CallError {
    /// How long the server asked to be left alone.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the same body would be refused again: too large, unprocessable.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::Status { status: 413 | 422, .. })
    }

    /// Whether the body was refused, maybe for good: the server says 400 to a report that it cannot read, and also to one
    /// that it cannot keep because its own database is away for a moment.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, Self::Status { status: 400, .. })
    }

    /// Whether an answer came and was of no use.
    pub(super) fn is_bad_body(&self) -> bool {
        matches!(self, Self::TooLarge { .. } | Self::State(_) | Self::Compile(_))
    }
}

/// The error with its causes. The URL is in the settings, and need not stand in every line.
fn chain(error: &reqwest::Error) -> String {
    let mut text = String::from("no answer");
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    if error.is_timeout() {
        text.push_str(" in time");
    }
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
