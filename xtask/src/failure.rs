//! Why a chore was not done, and the exit code that says so.

use std::path::PathBuf;
use std::process::ExitStatus;

/// Exit code after SIGINT or SIGTERM, as shells have it for the first.
const INTERRUPTED: u8 = 130;

/// Why a chore was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A command that ran and said no; what it said is on the terminal already.
    #[error("failed: {command} ({status})")]
    Command {
        /// The command as one would type it.
        command: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// A command that could not be started.
    #[error("cannot start {command}: {source}")]
    Start {
        /// The command as one would type it.
        command: String,
        /// The system's own words.
        #[source]
        source: std::io::Error,
    },
    /// A file or folder that could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// The system's own words.
        #[source]
        source: std::io::Error,
    },
    /// A rule that the tree breaks; one line each.
    #[error("{rule}:\n  {}", broken.join("\n  "))]
    Rule {
        /// The rule.
        rule: &'static str,
        /// Where it is broken.
        broken: Vec<String>,
    },
    /// Something a person has to do first.
    #[error("{0}")]
    Wanted(String),
    /// Signals could not be set up, or `cargo metadata` could not be read.
    #[error("{0}")]
    Setup(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// SIGINT or SIGTERM came.
    #[error("interrupted")]
    Interrupted,
}

impl Failure {
    /// The exit code: that of the failed command where there is one.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Command { status, .. } => {
                status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
            }
            Self::Interrupted => INTERRUPTED,
            _ => 1,
        }
    }

    /// For `map_err` on file operations.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }

    /// A broken rule, if anything broke it.
    ///
    /// # Errors
    /// [`Failure::Rule`] when `broken` is not empty.
    pub(crate) fn unless_empty(rule: &'static str, broken: Vec<String>) -> Result<(), Self> {
        if broken.is_empty() { Ok(()) } else { Err(Self::Rule { rule, broken }) }
    }
}
