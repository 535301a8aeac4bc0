//! The public keys that verify tokens, and how they are published: JWKS (RFC 7517, RFC 8037).

use crate::KeyError;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde::Serialize;
use std::sync::Arc;

const PUBLIC_KEY_BYTES: usize = 32;

/// Verifies what one [`SigningKey`](crate::SigningKey) signed.
#[derive(Clone)]
pub struct PublicKey {
    id: String,
    x: String,
    pub(crate) decoding: DecodingKey,
}

impl PublicKey {
    /// The key of these 32 bytes; its id is its thumbprint (RFC 7638), so that equal keys have equal ids.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] when there are more or fewer bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() != PUBLIC_KEY_BYTES {
            return Err(KeyError::Malformed);
        }
        let x = BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        let id = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, canonical.as_bytes()));
        Ok(Self { id, x, decoding: DecodingKey::from_ed_der(bytes) })
    }

    /// The key's id (`kid`).
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.id
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.x == other.x
    }
}

impl Eq for PublicKey {}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("PublicKey").field(&self.id).finish()
    }
}

/// Every key that verifies. Clones share it; there are few keys, so it is searched from end to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySet(Arc<[PublicKey]>);

impl KeySet {
    /// A set of these keys.
    #[must_use]
    pub fn new(keys: Vec<PublicKey>) -> Self {
        Self(keys.into())
    }

    /// The key with this id.
    #[must_use]
    pub fn get(&self, key_id: &str) -> Option<&PublicKey> {
        self.0.iter().find(|key| key.id == key_id)
    }

    /// The document for `/.well-known/jwks.json`.
    #[must_use]
    pub fn jwks(&self) -> Jwks {
        Jwks { keys: self.0.iter().map(Jwk::of).collect() }
    }
}

impl Default for KeySet {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

/// A JWK Set (RFC 7517, 5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwks {
    /// The keys.
    pub keys: Vec<Jwk>,
}

/// An Ed25519 public key as JWK (RFC 8037, 2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Jwk {
    /// `OKP`.
    pub kty: &'static str,
    /// `Ed25519`.
    pub crv: &'static str,
    /// `sig`.
    pub r#use: &'static str,
    /// `EdDSA`.
    pub alg: &'static str,
    /// The key's id.
    pub kid: String,
    /// The key, base64url.
    pub x: String,
}

impl Jwk {
    fn of(key: &PublicKey) -> Self {
        Self { kty: "OKP", crv: "Ed25519", r#use: "sig", alg: "EdDSA", kid: key.id.clone(), x: key.x.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key and its thumbprint of RFC 8037, appendix A.3.
    #[test]
    fn the_thumbprint_is_that_of_the_rfc() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let key = PublicKey::new(&BASE64_URL_SAFE_NO_PAD.decode(x).unwrap()).unwrap();
        assert_eq!(key.key_id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let set = KeySet::new(vec![key.clone()]);
        assert_eq!(set.get(key.key_id()), Some(&key));
        assert_eq!(set.get("other"), None);
        assert_eq!(
            serde_json::to_value(set.jwks()).unwrap(),
            serde_json::json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
                "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "x": x}]})
        );
    }
}
