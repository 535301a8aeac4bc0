//! Verifies tokens by the published keys, without asking anybody.

#[cfg(test)]
mod tests;

use crate::{Claims, KeySet, cache};
use arc_swap::ArcSwap;
use jsonwebtoken::{Algorithm, Validation};
use kernel::{Principal, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use uuid::Uuid;

/// Longest token that is looked at; ours have some 300 bytes.
pub const TOKEN_MAX_BYTES: usize = 1024;

/// Names a set of keys for the caches of all threads; 0 is none.
static KEYS_VERSION: AtomicU64 = AtomicU64::new(1);

/// Why a token does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No token of ours, or a changed one.
    #[error("the token is not valid")]
    Invalid,
    /// Its time has passed.
    #[error("the token has expired")]
    Expired,
    /// It was revoked.
    #[error("the token was revoked")]
    Revoked,
}

/// A token that verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Whose token.
    pub principal: Principal,
    /// The token's id (`jti`).
    pub token_id: String,
    /// When it expires, epoch seconds.
    pub expires_at: i64,
}

/// What tokens are verified by: published whole, never changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifierState {
    /// The keys that count.
    pub keys: KeySet,
    /// Tokens that do not count any more, by their id.
    pub revoked: HashSet<Uuid>,
    /// The least generation of a user's tokens that counts; 0 for users who are not here.
    pub generations: HashMap<i64, i64>,
}

struct Snapshot {
    keys_version: u64,
    state: VerifierState,
}

/// Verifies tokens from a snapshot of keys and revocations that is read without a lock. Clones share the snapshot.
#[derive(Clone)]
pub struct Verifier {
    snapshot: Arc<ArcSwap<Snapshot>>,
    rules: Arc<Validation>,
}

impl Verifier {
    /// Knows no key yet: nothing verifies.
    #[must_use]
    pub fn new() -> Self {
        let empty = Snapshot { keys_version: 0, state: VerifierState::default() };
        Self { snapshot: Arc::new(ArcSwap::from_pointee(empty)), rules: Arc::new(signature_only()) }
    }

    /// What counts from now on, for every clone and thread.
    pub fn publish(&self, state: VerifierState) {
        let before = self.snapshot.load();
        let keys_version = if before.state.keys == state.keys {
            before.keys_version
        } else {
            KEYS_VERSION.fetch_add(1, Relaxed)
        };
        self.snapshot.store(Arc::new(Snapshot { keys_version, state }));
    }

    /// The keys that count now.
    #[must_use]
    pub fn keys(&self) -> KeySet {
        self.snapshot.load().state.keys.clone()
    }

    /// Keys and revocations that count now.
    #[must_use]
    pub fn state(&self) -> VerifierState {
        self.snapshot.load().state.clone()
    }

    /// Verifies a token.
    ///
    /// # Errors
    /// [`TokenError`] says why not.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Verified, TokenError> {
        let claims = self.claims(token, now)?;
        Ok(Verified {
            principal: Principal { user_id: claims.user_id },
            token_id: claims.token_id.to_string(),
            expires_at: claims.expires_at,
        })
    }

    /// Verifies a token as [`Verifier::verify`] does, and gives all it says, without an allocation once it is known.
    ///
    /// # Errors
    /// [`TokenError`] says why not.
    pub fn claims(&self, token: &str, now: Timestamp) -> Result<Claims, TokenError> {
        if token.len() > TOKEN_MAX_BYTES {
            return Err(TokenError::Invalid);
        }
        let snapshot = self.snapshot.load();
        if let Some(claims) = cache::recall(snapshot.keys_version, token) {
            snapshot.state.standing(&claims, now)?;
            return Ok(claims);
        }
        let claims = self.signed(&snapshot.state.keys, token)?;
        snapshot.state.standing(&claims, now)?;
        cache::remember(snapshot.keys_version, token, claims);
        Ok(claims)
    }

    /// The claims, if one of the keys signed them.
    fn signed(&self, keys: &KeySet, token: &str) -> Result<Claims, TokenError> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| TokenError::Invalid)?;
        let key = header.kid.as_deref().and_then(|id| keys.get(id)).ok_or(TokenError::Invalid)?;
        let token = jsonwebtoken::decode(token, &key.decoding, &self.rules);
        token.map(|token| token.claims).map_err(|_| TokenError::Invalid)
    }
}

impl Default for Verifier {
    fn default() -> Self {
        Self::new()
    }
}

impl VerifierState {
    /// Whether a token that was signed by us still counts.
    fn standing(&self, claims: &Claims, now: Timestamp) -> Result<(), TokenError> {
        if claims.expires_at <= now.seconds() {
            return Err(TokenError::Expired);
        }
        let least = self.generations.get(&claims.user_id).copied().unwrap_or_default();
        if claims.generation < least || self.revoked.contains(&claims.token_id) {
            return Err(TokenError::Revoked);
        }
        Ok(())
    }
}

/// The one algorithm, and nothing that would read the machine's clock: expiry is checked against the caller's.
fn signature_only() -> Validation {
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules
}
