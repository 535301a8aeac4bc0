//! Compares secrets in a time that does not tell how much of them fits.

/// Whether two secrets are the same.
#[must_use]
pub fn same_secret(shown: &[u8], known: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(shown, known).is_ok()
}

#[cfg(test)]
mod tests {
    use super::same_secret;

    #[test]
    fn only_the_same_bytes_are_the_same() {
        assert!(same_secret(b"abc", b"abc"));
        assert!(!same_secret(b"abd", b"abc"));
        assert!(!same_secret(b"ab", b"abc"));
        assert!(!same_secret(b"", b"abc"));
    }
}
