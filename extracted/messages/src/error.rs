//! Why the service does not start, in one clear line.

use std::io;
use std::net::SocketAddr;

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServiceError {
    /// The settings are wrong.
    #[error("{0}")]
    Settings(#[from] config::ConfigErrors),
    /// A setting is wrong in a way that only its user knows.
    #[error("{0}")]
    Setting(String),
    /// The log cannot be set up.
    #[error("{0}")]
    Log(#[from] telemetry::LogError),
    /// The store cannot be opened.
    #[error("{0}")]
    Storage(#[from] storage::StorageError),
    /// The rest of the house cannot be asked.
    #[error("monolith.admin_url: {0}")]
    Monolith(#[from] remote::RemoteError),
    /// The service cannot be announced.
    #[error("announce: {0}")]
    Announce(#[from] registry::RegistryError),
    /// An address cannot be listened on.
    #[error("cannot listen on {address} ({setting}): {source}")]
    Listen {
        /// The setting that names it.
        setting: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// Signals cannot be waited for.
    #[error("cannot wait for signals: {0}")]
    Signal(#[source] io::Error),
}

impl ServiceError {
    /// What the host says of an address.
    pub(crate) fn listen((setting, address, source): (&'static str, SocketAddr, io::Error)) -> Self {
        Self::Listen { setting, address, source }
    }
}
