//! From an answer of the server to toggles.

use serde::Deserialize;
use serde::de::IgnoredAny;
use unleash_types::client_features::{ClientFeatures, ClientFeaturesDelta};

/// A body that is no state of toggles.
#[derive(Debug, thiserror::Error)]
#[error("the answer is no list of toggles: {0}")]
pub struct StateError(#[from] serde_json::Error);

/// Reads the body of `GET client/features`: all toggles, or the events that lead from the last state to the new one.
///
/// # Errors
/// When it is neither.
pub fn parse_state(body: &[u8], last: &ClientFeatures) -> Result<ClientFeatures, StateError> {
    if !is_delta(body) {
        return Ok(serde_json::from_slice(body)?);
    }
    let delta: ClientFeaturesDelta = serde_json::from_slice(body)?;
    let mut state = last.clone();
    state.apply_delta(&delta);
    Ok(state)
}

/// Whether the body lists events.
fn is_delta(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Shape {
        #[serde(rename = "events")]
        _events: IgnoredAny,
    }
    serde_json::from_slice::<Shape>(body).is_ok()
}
