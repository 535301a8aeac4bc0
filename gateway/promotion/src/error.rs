//! What can go wrong.

use crate::OutOfOrder;
use storage::StorageError;

/// Why a state could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// The gateway's own store does not answer.
    #[error("the gateway's store: {0}")]
    Store(#[from] StorageError),
    /// Redis does not answer.
    #[error("the Redis of promotions: {0}")]
    Redis(#[from] redis::RedisError),
    /// Redis does not answer in time.
    #[error("the Redis of promotions did not answer within {within_ms} ms")]
    TimedOut {
        /// How long was waited.
        within_ms: u128,
    },
    /// What is kept is no state: another program writes there.
    #[error("what is kept of route {route} is no state of a promotion: {source}")]
    Malformed {
        /// The route.
        route: String,
        /// Why.
        source: serde_json::Error,
    },
    /// The settings of the Redis cannot be.
    #[error("{0}")]
    Setting(String),
}

/// Why a person's order was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// The route has no promotion.
    #[error("route {0} has no promotion")]
    NoPromotion(String),
    /// Nothing is known of it yet.
    #[error("nothing is known yet of the promotion of route {0}: {1}")]
    NotKnown(String, String),
    /// It makes no sense now.
    #[error(transparent)]
    OutOfOrder(#[from] OutOfOrder),
    /// It could not be written down for the whole fleet, and so was not done: what raises a share must be known everywhere.
    #[error("it could not be shared: {0}")]
    NotShared(String),
    /// Somebody else changed it at the same moment.
    #[error("somebody else changed it at the same moment")]
    Conflict,
}
