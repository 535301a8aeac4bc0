//! The mark of a dry run: a request that is executed as if, and rolled back. The gateway signs it, services verify it.
//!
//! The mark is `v1.EXPIRY.MAC` in the header [`DRY_RUN_FIELD`]: expiry in epoch milliseconds, and HMAC-SHA256 (RFC 2104)
//! over version, expiry, request id, method, and path with query, each behind its length, in base64url (RFC 4648,
//! section 5). It may be replayed while it counts: that leaves as little behind as the first time.

use crate::dry_run_settings::KEY_MIN_CHARS;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use kernel::Timestamp;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The header that carries the mark, and in the answer the word on how the dry run went.
pub const DRY_RUN_FIELD: &str = "banyan-dry-run";
/// In the answer: executed and rolled back, and the answer is the real one's.
pub const DRY_RUN_DONE: &str = "done";
/// In the answer: executed and rolled back, but something was read that the rolled back write would have changed. Such
/// an answer cannot be compared.
pub const DRY_RUN_PARTIAL: &str = "partial";
/// How long a mark counts.
pub const MARK_LIFETIME: Duration = Duration::from_secs(60);
/// What the clocks of the signing and the verifying process may differ by.
pub const MARK_SKEW_MAX: Duration = Duration::from_secs(5);
/// Longest mark: version, 20 digits, 43 characters.
pub const MARK_MAX_BYTES: usize = 72;

const VERSION: &str = "v1";

/// What a mark is signed for: it counts for no other request.
#[derive(Debug, Clone, Copy)]
pub struct Marked<'a> {
    /// The header `x-request-id`, as it is sent.
    pub request_id: &'a str,
    /// The method.
    pub method: &'a str,
    /// Path and query, as they are sent.
    pub target: &'a str,
}

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have {KEY_MIN_CHARS} characters or more")]
pub struct DryRunKeyTooShort;

/// Why a mark does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MarkError {
    /// It is none of ours.
    #[error("the mark cannot be read")]
    Malformed,
    /// Signed with another key, or for another request.
    #[error("the mark is not signed for this request")]
    Signature,
    /// Its time is over, or lies further ahead than any mark's.
    #[error("the mark has expired")]
    Expired,
}

/// Signs and verifies marks. Clones share the key.
#[derive(Clone)]
pub struct DryRunKey(Arc<hmac::Key>);

impl DryRunKey {
    /// The key of a secret that the gateway and its services share.
    ///
    /// # Errors
    /// [`DryRunKeyTooShort`] when it has fewer than 16 characters.
    pub fn new(secret: &str) -> Result<Self, DryRunKeyTooShort> {
        if secret.chars().count() < KEY_MIN_CHARS {
            return Err(DryRunKeyTooShort);
        }
        Ok(Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))))
    }

    /// The mark of a request that is sent now: the value of [`DRY_RUN_FIELD`]. Counts for [`MARK_LIFETIME`].
    #[must_use]
    pub fn sign(&self, request: Marked<'_>, now: Timestamp) -> String {
        let expiry = now.plus(MARK_LIFETIME).0.to_string();
        let mac = hmac::sign(&self.0, &signed_text(&expiry, request));
        format!("{VERSION}.{expiry}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac))
    }

    /// Whether `mark` was signed with this key for this request and still counts. The signature is compared in a time
    /// that does not tell how much of it fits.
    ///
    /// # Errors
    /// [`MarkError`] says why not.
    pub fn verify(&self, mark: &[u8], request: Marked<'_>, now: Timestamp) -> Result<(), MarkError> {
        let (expiry, mac) = parts(mark).ok_or(MarkError::Malformed)?;
        let at: i64 = expiry.parse().map_err(|_| MarkError::Malformed)?;
        let mac = BASE64_URL_SAFE_NO_PAD.decode(mac).map_err(|_| MarkError::Malformed)?;
        hmac::verify(&self.0, &signed_text(expiry, request), &mac).map_err(|_| MarkError::Signature)?;
        let latest = now.plus(MARK_LIFETIME + MARK_SKEW_MAX).0;
        if at <= now.0 || at > latest { Err(MarkError::Expired) } else { Ok(()) }
    }
}

impl fmt::Debug for DryRunKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DryRunKey")
    }
}

fn parts(mark: &[u8]) -> Option<(&str, &str)> {
    let mark = std::str::from_utf8(mark).ok().filter(|mark| mark.len() <= MARK_MAX_BYTES)?;
    mark.strip_prefix(VERSION)?.strip_prefix('.')?.split_once('.')
}

/// Each part behind its length, so that no two requests give the same text.
fn signed_text(expiry: &str, request: Marked<'_>) -> Vec<u8> {
    let mut text = Vec::with_capacity(256);
    for part in [DRY_RUN_FIELD, VERSION, expiry, request.request_id, request.method, request.target] {
        text.extend_from_slice(&(part.len() as u64).to_be_bytes());
        text.extend_from_slice(part.as_bytes());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);
    const REQUEST: Marked<'_> = Marked { request_id: "r-1", method: "POST", target: "/api/messages?x=1" };

    fn key() -> DryRunKey {
        DryRunKey::new("0123456789abcdef").unwrap()
    }

    fn later(by: Duration) -> Timestamp {
        NOW.plus(by)
    }

    #[test]
    fn a_mark_counts_for_its_request_and_no_other() {
        let mark = key().sign(REQUEST, NOW);
        assert!(mark.len() <= MARK_MAX_BYTES, "{mark}");
        assert_eq!(key().verify(mark.as_bytes(), REQUEST, NOW), Ok(()));
        for other in [
            Marked { request_id: "r-2", ..REQUEST },
            Marked { method: "PUT", ..REQUEST },
            Marked { target: "/api/messages?x=2", ..REQUEST },
            // The same letters, cut elsewhere.
            Marked { request_id: "r-1P", method: "OST", ..REQUEST },
        ] {
            assert_eq!(key().verify(mark.as_bytes(), other, NOW), Err(MarkError::Signature), "{other:?}");
        }
    }

    #[test]
    fn another_key_and_another_expiry_do_not_verify() {
        let mark = key().sign(REQUEST, NOW);
        let stranger = DryRunKey::new("0123456789abcdeF").unwrap();
        assert_eq!(stranger.verify(mark.as_bytes(), REQUEST, NOW), Err(MarkError::Signature));
        let longer =
            mark.replace(&later(MARK_LIFETIME).0.to_string(), &later(MARK_LIFETIME * 2).0.to_string());
        assert_ne!(longer, mark);
        assert_eq!(key().verify(longer.as_bytes(), REQUEST, NOW), Err(MarkError::Signature));
    }

    #[test]
    fn a_mark_counts_for_its_lifetime() {
        let mark = key().sign(REQUEST, NOW);
        let verify = |now| key().verify(mark.as_bytes(), REQUEST, now);
        assert_eq!(verify(later(MARK_LIFETIME - Duration::from_millis(1))), Ok(()));
        assert_eq!(verify(later(MARK_LIFETIME)), Err(MarkError::Expired));
        assert_eq!(verify(NOW.minus(MARK_SKEW_MAX)), Ok(()), "a clock that is behind");
        let far_behind = NOW.minus(MARK_SKEW_MAX + Duration::from_millis(1));
        assert_eq!(verify(far_behind), Err(MarkError::Expired));
    }

    #[test]
    fn what_is_no_mark_is_said_to_be_none() {
        let long = format!("v1.1.{}", "A".repeat(MARK_MAX_BYTES));
        for mark in ["", "1", "done", "v1", "v1.", "v1.x.AAAA", "v1.1.*", "v2.1.AAAA", "v1.1", long.as_str()]
        {
            assert_eq!(key().verify(mark.as_bytes(), REQUEST, NOW), Err(MarkError::Malformed), "{mark}");
        }
        assert_eq!(key().verify(b"\xff", REQUEST, NOW), Err(MarkError::Malformed));
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", key()), "DryRunKey");
    }
}
