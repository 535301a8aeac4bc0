//! Who gave an answer, as the client, the access log and the metrics are told.

use std::fmt;
use std::sync::Arc;

/// Who gave an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ServedBy {
    /// The gateway itself: no side was asked, or none could be. The client is told nothing.
    #[default]
    Gateway,
    /// A module of this process: `monolith`.
    Monolith,
    /// The old application behind the gateway: `legacy`.
    Legacy,
    /// An instance of a service: `<service>/<instance>`.
    Instance {
        /// The service's name.
        service: Arc<str>,
        /// The instance's id.
        instance: Arc<str>,
    },
}

impl fmt::Display for ServedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.parts();
        parts.iter().try_for_each(|part| f.write_str(part))
    }
}

impl ServedBy {
    /// The text in pieces, for whoever writes it without a formatter.
    pub(crate) fn parts(&self) -> [&str; 3] {
        match self {
            Self::Gateway => ["gateway", "", ""],
            Self::Monolith => ["monolith", "", ""],
            Self::Legacy => ["legacy", "", ""],
            Self::Instance { service, instance } => [service, "/", instance],
        }
    }
}
