//! A private key that signs tokens: Ed25519 (RFC 8032).

use crate::{Claims, PublicKey};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kernel::Random;
use std::fmt;
use zeroize::Zeroizing;

/// Length of a private key's seed.
pub const SEED_BYTES: usize = 32;

/// Why a key could not be made or used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// These bytes are no Ed25519 key.
    #[error("not an Ed25519 key")]
    Malformed,
    /// The token was not signed.
    #[error("the token was not signed")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

/// Signs tokens. Its public half has the same id.
#[derive(Clone)]
pub struct SigningKey {
    seed: Zeroizing<[u8; SEED_BYTES]>,
    encoding: EncodingKey,
    header: Header,
    public: PublicKey,
}

impl SigningKey {
    /// A new key.
    ///
    /// # Errors
    /// [`KeyError::Malformed`], which random bytes never are.
    pub fn generate(random: &dyn Random) -> Result<Self, KeyError> {
        let mut seed = Zeroizing::new([0; SEED_BYTES]);
        random.fill(seed.as_mut_slice());
        Self::from_seed(seed.as_slice())
    }

    /// The key of a stored seed.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] when it is not [`SEED_BYTES`] long.
    pub fn from_seed(seed: &[u8]) -> Result<Self, KeyError> {
        let seed = Zeroizing::new(<[u8; SEED_BYTES]>::try_from(seed).map_err(|_| KeyError::Malformed)?);
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_slice()).map_err(|_| KeyError::Malformed)?;
        let document = pair.to_pkcs8v1().map_err(|_| KeyError::Malformed)?;
        let public = PublicKey::new(pair.public_key().as_ref())?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(public.key_id().to_owned());
        Ok(Self { seed, encoding: EncodingKey::from_ed_der(document.as_ref()), header, public })
    }

    /// The seed, to be stored and shown to nobody.
    #[must_use]
    pub fn seed(&self) -> &[u8] {
        self.seed.as_slice()
    }

    /// The half that verifies.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// A signed token (JWS compact form, RFC 7515) that names this key.
    ///
    /// # Errors
    /// [`KeyError::Sign`] when the library refuses.
    pub fn sign(&self, claims: &Claims) -> Result<String, KeyError> {
        Ok(jsonwebtoken::encode(&self.header, claims, &self.encoding)?)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("key_id", &self.public.key_id()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SeededRandom;

    #[test]
    fn a_stored_seed_gives_the_same_key() {
        let key = SigningKey::generate(&SeededRandom::new(1)).unwrap();
        let again = SigningKey::from_seed(key.seed()).unwrap();
        assert_eq!(key.public(), again.public());
        assert_ne!(key.public(), SigningKey::generate(&SeededRandom::new(2)).unwrap().public());
    }

    #[test]
    fn a_short_seed_is_refused_and_debug_shows_no_secret() {
        assert!(matches!(SigningKey::from_seed(&[1; 31]), Err(KeyError::Malformed)));
        let shown = format!("{:?}", SigningKey::from_seed(&[7; 32]).unwrap());
        assert!(!shown.contains("7, 7"), "{shown}");
    }
}
