//! Why a command did not succeed, in one clear line, and its exit code.

use crate::command::AdminError;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Wrong settings, a wrong file, a taken port: something for the person at the terminal to mend.
const EXIT_USAGE: u8 = 2;
/// Anything else.
const EXIT_FAILURE: u8 = 1;

/// Why a command did not succeed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AppError {
    /// The settings are wrong.
    #[error("{0}")]
    Settings(#[from] config::ConfigErrors),
    /// A setting is wrong in a way that only its user knows.
    #[error("{0}")]
    Setting(String),
    /// The features file is wrong.
    #[error("{0}")]
    Features(String),
    /// An address cannot be listened on.
    #[error("cannot listen on {address} ({setting}): {source}")]
    Listen {
        /// The setting that names it.
        setting: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The log cannot be set up.
    #[error("{0}")]
    Log(#[from] telemetry::LogError),
    /// A store cannot be opened.
    #[error("{0}")]
    Storage(#[from] storage::StorageError),
    /// A module does not start.
    #[error("{module} does not start: {reason}")]
    Module {
        /// The module.
        module: &'static str,
        /// Why.
        reason: String,
    },
    /// A file cannot be written.
    #[error("{}: cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// A running gateway did not do what it was asked.
    #[error("{0}")]
    Admin(#[from] AdminError),
    /// Something that the system did not do.
    #[error("{doing}: {source}")]
    System {
        /// What was tried.
        doing: &'static str,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
}

impl AppError {
    /// The exit code: 2 for what the person at the terminal can mend, 1 for the rest.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::System { .. } | Self::Module { .. } | Self::Admin(_) => EXIT_FAILURE,
            _ => EXIT_USAGE,
        }
    }
}
