//! What can be wrong with settings, said so that the place is found at once.

use std::fmt;
use std::path::PathBuf;

/// One thing that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// A file is wrong at a place.
    #[error("{}:{line}:{column}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// A value from the environment or the command line is wrong.
    #[error("{origin}: {reason}")]
    Value {
        /// Where it came from: the variable, the flag.
        origin: String,
        /// What is wrong.
        reason: String,
    },
}

/// Everything that is wrong.
#[derive(Debug)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// What a library says, in words that name what would do instead.
pub(crate) fn plainly(reason: &str) -> &str {
    match reason {
        // Of the standard library, which looks no name up.
        "invalid socket address syntax" => "must be an IP address and a port, such as 127.0.0.1:8080",
        reason => reason,
    }
}
