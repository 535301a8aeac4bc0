//! What a process that signs tokens tells the processes that only verify them: keys and revocations as one document.

use crate::{Jwks, KeyError, KeySet, PublicKey, VerifierState};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Most keys of a document; there are two while one retires.
const KEYS_MAX: usize = 64;
/// Most revocations of a document, of tokens and of users each.
const REVOCATIONS_MAX: usize = 1_000_000;

/// Keys and revocations, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Published {
    /// The keys that verify.
    pub keys: Jwks,
    /// Ids of tokens that do not count any more.
    pub revoked: Vec<Uuid>,
    /// User, and the least generation of the user's tokens that counts.
    pub generations: Vec<(i64, i64)>,
}

/// The same, as it is read.
#[derive(Deserialize)]
struct Document {
    keys: Keys,
    revoked: Vec<Uuid>,
    generations: Vec<(i64, i64)>,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<Key>,
}

#[derive(Deserialize)]
struct Key {
    x: String,
}

/// Why a document cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PublishedError {
    /// It is not what [`Published`] is.
    #[error("keys and revocations cannot be read: {0}")]
    Shape(#[from] serde_json::Error),
    /// A key is none.
    #[error("a published key cannot be read: {0}")]
    Key(#[from] KeyError),
    /// A key is not base64url.
    #[error("a published key is not base64url")]
    Encoding,
    /// More than anybody publishes.
    #[error("{what}: more than {max} are published")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The bound.
        max: usize,
    },
}

impl VerifierState {
    /// The document of this state. In a fixed order, so that equal states have equal bytes.
    #[must_use]
    pub fn published(&self) -> Published {
        let mut revoked: Vec<_> = self.revoked.iter().copied().collect();
        revoked.sort_unstable();
        let mut generations: Vec<_> = self.generations.iter().map(|(user, least)| (*user, *least)).collect();
        generations.sort_unstable();
        Published { keys: self.keys.jwks(), revoked, generations }
    }

    /// Reads a document.
    ///
    /// # Errors
    /// [`PublishedError`] says what is wrong with it.
    pub fn from_published(json: &[u8]) -> Result<Self, PublishedError> {
        let document: Document = serde_json::from_slice(json)?;
        bounded("keys", document.keys.keys.len(), KEYS_MAX)?;
        bounded("revoked tokens", document.revoked.len(), REVOCATIONS_MAX)?;
        bounded("generations", document.generations.len(), REVOCATIONS_MAX)?;
        let key = |key: &Key| {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(&key.x).map_err(|_| PublishedError::Encoding)?;
            Ok::<_, PublishedError>(PublicKey::new(&bytes)?)
        };
        let keys = document.keys.keys.iter().map(key).collect::<Result<_, _>>()?;
        Ok(Self {
            keys: KeySet::new(keys),
            revoked: document.revoked.into_iter().collect(),
            generations: document.generations.into_iter().collect(),
        })
    }
}

fn bounded(what: &'static str, count: usize, max: usize) -> Result<(), PublishedError> {
    if count > max { Err(PublishedError::TooMany { what, max }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SigningKey;
    use kernel::SeededRandom;

    #[test]
    fn a_state_comes_back_as_it_was() {
        let random = SeededRandom::new(5);
        let key = SigningKey::generate(&random).unwrap();
        let state = VerifierState {
            keys: KeySet::new(vec![key.public().clone()]),
            revoked: [Uuid::from_u128(9), Uuid::from_u128(3)].into(),
            generations: [(7, 1), (2, 5)].into(),
        };
        let json = serde_json::to_vec(&state.published()).unwrap();
        assert_eq!(VerifierState::from_published(&json).unwrap(), state);
        assert_eq!(json, serde_json::to_vec(&state.published()).unwrap());
    }

    #[test]
    fn a_document_that_is_none_is_refused() {
        for json in [
            "",
            "{}",
            r#"{"keys": {"keys": [{"x": "!"}]}, "revoked": [], "generations": []}"#,
            r#"{"keys": {"keys": [{"x": "AAAA"}]}, "revoked": [], "generations": []}"#,
            r#"{"keys": {"keys": []}, "revoked": ["x"], "generations": []}"#,
        ] {
            assert!(VerifierState::from_published(json.as_bytes()).is_err(), "{json}");
        }
    }
}
