//! The keys of what is kept: a keyed hash in place of secrets, and encryption of samples at rest.

use crate::ReportError;
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::hmac;
use kernel::Random;
use std::fmt::Write as _;
use std::sync::Arc;

/// Bytes of a key.
const KEY_BYTES: usize = 32;
/// Bytes of a hash that are shown: enough to tell values apart, too few to find them by.
const SHOWN_BYTES: usize = 6;
/// The first byte of a sample in the clear.
const CLEAR: u8 = 0;
/// The first byte of a sample that is encrypted: AES-256-GCM, nonce, ciphertext, tag.
const SEALED: u8 = 1;

/// The keys. Clones are the same.
#[derive(Clone)]
pub(crate) struct Keys(Arc<Inner>);

struct Inner {
    hash: hmac::Key,
    seal: Option<RandomizedNonceKey>,
}

/// Length of what HKDF gives.
struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        KEY_BYTES
    }
}

impl Keys {
    /// Keys of their own for hashing and for encrypting, from one (RFC 5869). Without one, hashes get a key that nobody
    /// else has and that ends with the process, and nothing is encrypted.
    pub(crate) fn new(key: Option<&[u8; KEY_BYTES]>, random: &dyn Random) -> Self {
        let mut own = [0; KEY_BYTES];
        random.fill(&mut own);
        let from = key.unwrap_or(&own);
        let hash = hmac::Key::new(hmac::HMAC_SHA256, &derive(from, b"banyan report hash"));
        let seal = key
            .and_then(|key| RandomizedNonceKey::new(&AES_256_GCM, &derive(key, b"banyan report seal")).ok());
        Self(Arc::new(Inner { hash, seal }))
    }

    /// What stands in the place of a secret: equal for equal secrets.
    pub(crate) fn hashed(&self, secret: &[u8]) -> String {
        let tag = hmac::sign(&self.0.hash, secret);
        let mut text = String::from("redacted:");
        for byte in tag.as_ref().iter().take(SHOWN_BYTES) {
            // Writing to a text never fails.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// Bytes as they are kept. `about` is what they belong to: sealed bytes open nowhere else.
    pub(crate) fn seal(&self, clear: &[u8], about: &str) -> Result<Vec<u8>, ReportError> {
        let Some(key) = &self.0.seal else { return Ok([&[CLEAR], clear].concat()) };
        let mut sealed = clear.to_vec();
        let nonce = key.seal_in_place_append_tag(Aad::from(about), &mut sealed);
        let nonce = nonce.map_err(|_| ReportError::Seal)?;
        Ok([&[SEALED], nonce.as_ref().as_slice(), &sealed].concat())
    }

    /// What [`Keys::seal`] was given.
    pub(crate) fn open(&self, kept: &[u8], about: &str) -> Result<Vec<u8>, ReportError> {
        match (kept.split_first(), &self.0.seal) {
            (Some((&CLEAR, clear)), _) => Ok(clear.to_vec()),
            (Some((&SEALED, rest)), Some(key)) => {
                let (nonce, sealed) = rest.split_at_checked(NONCE_LEN).ok_or(ReportError::Sealed)?;
                let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| ReportError::Sealed)?;
                let mut sealed = sealed.to_vec();
                let clear = key.open_in_place(nonce, Aad::from(about), &mut sealed);
                clear.map(|clear| clear.to_vec()).map_err(|_| ReportError::Sealed)
            }
            _ => Err(ReportError::Sealed),
        }
    }
}

fn derive(from: &[u8], about: &[u8]) -> [u8; KEY_BYTES] {
    let mut derived = [0; KEY_BYTES];
    let about = [about];
    let filled = Salt::new(HKDF_SHA256, b"")
        .extract(from)
        .expand(&about, Length)
        .and_then(|okm| okm.fill(&mut derived));
    if filled.is_err() {
        // Never for 32 bytes of SHA-256; a key of zeros must not be used in any case.
        std::process::abort();
    }
    derived
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SeededRandom;

    fn keys(key: Option<[u8; 32]>, seed: u64) -> Keys {
        Keys::new(key.as_ref(), &SeededRandom::new(seed))
    }

    #[test]
    fn equal_secrets_are_seen_to_be_equal_and_nothing_else() {
        let (mine, yours) = (keys(None, 1), keys(None, 2));
        assert_eq!(mine.hashed(b"a"), mine.hashed(b"a"));
        assert_ne!(mine.hashed(b"a"), mine.hashed(b"b"));
        assert_ne!(mine.hashed(b"a"), yours.hashed(b"a"));
        assert_eq!(keys(Some([7; 32]), 1).hashed(b"a"), keys(Some([7; 32]), 2).hashed(b"a"));
    }

    #[test]
    fn what_is_sealed_opens_with_its_key_and_in_its_place_only() {
        let (mine, yours) = (keys(Some([1; 32]), 1), keys(Some([2; 32]), 1));
        let sealed = mine.seal(b"a sample", "route a").unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"sample"));
        assert_eq!(mine.open(&sealed, "route a").unwrap(), b"a sample");
        assert!(mine.open(&sealed, "route b").is_err());
        assert!(yours.open(&sealed, "route a").is_err());
        assert!(keys(None, 1).open(&sealed, "route a").is_err());
        for end in 0..sealed.len() {
            assert!(mine.open(&sealed[..end], "route a").is_err(), "{end}");
        }
        assert_ne!(sealed, mine.seal(b"a sample", "route a").unwrap(), "another nonce");
    }

    #[test]
    fn without_a_key_it_is_in_the_clear_and_stays_readable_with_one() {
        let kept = keys(None, 1).seal(b"a sample", "a").unwrap();
        assert_eq!(kept, b"\0a sample");
        assert_eq!(keys(Some([1; 32]), 1).open(&kept, "a").unwrap(), b"a sample");
    }
}
