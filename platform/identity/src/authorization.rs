//! The header `Authorization` (RFC 9110, 11.6.2): Basic (RFC 7617) and Bearer (RFC 6750).

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::fmt;

/// Clients differ in whether they pad.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a caller sent to say who it is.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// No header, or one that counts as none.
    Anonymous,
    /// Nickname and password.
    Basic {
        /// The nickname.
        nickname: String,
        /// The password.
        password: String,
    },
    /// A token.
    Bearer(String),
}

impl Credentials {
    /// Reads the header's value; the scheme's name is case-insensitive; an empty Bearer is anonymous, and so is
    /// whatever cannot be read as one of the two schemes.
    #[must_use]
    pub fn parse(header: Option<&[u8]>) -> Self {
        header.and_then(|value| std::str::from_utf8(value).ok()).and_then(parse).unwrap_or(Self::Anonymous)
    }
}

fn parse(value: &str) -> Option<Credentials> {
    let (scheme, rest) = value.trim().split_once([' ', '\t'])?;
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") && !rest.is_empty() {
        Some(Credentials::Bearer(rest.to_owned()))
    } else if scheme.eq_ignore_ascii_case("basic") {
        basic(rest)
    } else {
        None
    }
}

/// The nickname ends at the first colon; the password may have more of them (RFC 7617, 2).
fn basic(encoded: &str) -> Option<Credentials> {
    let pair = String::from_utf8(BASE64.decode(encoded).ok()?).ok()?;
    let (nickname, password) = pair.split_once(':')?;
    Some(Credentials::Basic { nickname: nickname.to_owned(), password: password.to_owned() })
}

// Neither a password nor a token ever reaches a log, not even by way of Debug.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("Anonymous"),
            Self::Basic { nickname, .. } => {
                f.debug_struct("Basic").field("nickname", nickname).finish_non_exhaustive()
            }
            Self::Bearer(_) => f.write_str("Bearer(…)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(header: &str) -> Credentials {
        Credentials::parse(Some(header.as_bytes()))
    }

    fn pair(nickname: &str, password: &str) -> Credentials {
        Credentials::Basic { nickname: nickname.to_owned(), password: password.to_owned() }
    }

    #[test]
    fn schemes_are_read_in_any_case() {
        for header in ["Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c  "] {
            assert_eq!(of(header), Credentials::Bearer("a.b.c".to_owned()), "{header}");
        }
        for header in ["Basic c3VzYW46Y2F0", "bAsIc c3VzYW46Y2F0"] {
            assert_eq!(of(header), pair("susan", "cat"), "{header}");
        }
    }

    #[test]
    fn a_password_may_have_colons_and_padding_may_be_missing() {
        assert_eq!(of("Basic YTpiOmM="), pair("a", "b:c"));
        assert_eq!(of("Basic YTpiOmM"), pair("a", "b:c"));
        assert_eq!(of("Basic Og=="), pair("", ""));
    }

    #[test]
    fn what_cannot_be_read_is_anonymous() {
        assert_eq!(Credentials::parse(None), Credentials::Anonymous);
        // No colon, no base64, no UTF-8, no such scheme, no token.
        for header in [
            "",
            "Bearer",
            "Bearer ",
            "Basic",
            "Basic c3VzYW4=",
            "Basic %%%",
            "Basic /zr/",
            "Digest x",
            "Token a",
        ] {
            assert_eq!(of(header), Credentials::Anonymous, "{header}");
        }
        assert_eq!(Credentials::parse(Some(b"Bearer \xff")), Credentials::Anonymous);
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?} {:?}", of("Bearer sesame"), pair("susan", "sesame"));
        assert!(!shown.contains("sesame"), "{shown}");
    }

    proptest! {
        #[test]
        fn reading_never_fails_hard(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = Credentials::parse(Some(&bytes));
        }

        #[test]
        fn what_is_written_is_read(nickname in "[^:]{0,12}", password in ".{0,12}") {
            let header = format!("Basic {}", BASE64.encode(format!("{nickname}:{password}")));
            prop_assert_eq!(of(&header), pair(&nickname, &password));
        }
    }
}
