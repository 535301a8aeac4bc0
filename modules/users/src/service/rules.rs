//! What nicknames, passwords and pages must be.

use crate::errors::Failure;
use users_api::ListUsers;

/// Longest nickname, characters.
const NICKNAME_MAX_CHARS: usize = 32;
/// Longest password, bytes: hashing takes time with its length.
pub(super) const PASSWORD_MAX_BYTES: usize = 1024;
/// Most accounts on a page, and how many there are when nobody says.
pub(super) const PAGE_MAX: u32 = 1000;

pub(super) fn nickname(nickname: &str) -> Result<(), Failure> {
    let chars = nickname.chars().count();
    if !(1..=NICKNAME_MAX_CHARS).contains(&chars) {
        let reason = format!("must have 1 to {NICKNAME_MAX_CHARS} characters");
        return Err(Failure::invalid("nickname", reason));
    }
    if nickname.chars().any(char::is_control) {
        return Err(Failure::invalid("nickname", "must not have control characters"));
    }
    Ok(())
}

pub(super) fn password(password: &str, min_chars: u32) -> Result<(), Failure> {
    if password.len() > PASSWORD_MAX_BYTES {
        let reason = format!("must have {PASSWORD_MAX_BYTES} bytes at most");
        return Err(Failure::invalid("password", reason));
    }
    if password.chars().count() < min_chars as usize {
        return Err(Failure::invalid("password", format!("must have {min_chars} characters at least")));
    }
    Ok(())
}

/// How many accounts the page may have.
pub(super) fn page(request: &ListUsers) -> Result<u32, Failure> {
    if let Some((_, name)) = &request.after {
        // A cursor is what a client sends: it may name what no account can be named.
        nickname(name).map_err(|_| Failure::invalid("cursor", "is not one of ours"))?;
    }
    let limit = request.limit.unwrap_or(PAGE_MAX);
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(Failure::invalid("limit", format!("must be 1 to {PAGE_MAX}")));
    }
    Ok(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nickname_is_counted_in_characters() {
        for good in ["a", " ", "ä".repeat(32).as_str(), "🦀".repeat(32).as_str(), "a:b"] {
            assert!(nickname(good).is_ok(), "{good}");
        }
        for bad in ["", "a".repeat(33).as_str(), "a\0", "a\nb", "\u{7f}", "\u{85}"] {
            assert!(matches!(nickname(bad), Err(Failure::Invalid { field: "nickname", .. })), "{bad:?}");
        }
    }

    #[test]
    fn a_password_has_characters_enough_and_bytes_not_too_many() {
        assert!(password("ääääääää", 8).is_ok());
        assert!(password(&"a".repeat(1024), 8).is_ok());
        for bad in ["ääää", "1234567", "a".repeat(1025).as_str(), "ä".repeat(513).as_str()] {
            assert!(matches!(password(bad, 8), Err(Failure::Invalid { field: "password", .. })), "{bad}");
        }
    }

    #[test]
    fn a_page_has_bounds() {
        let asked = |limit, after| page(&ListUsers { limit, after, ..ListUsers::default() });
        assert_eq!(asked(None, None).unwrap(), 1000);
        assert_eq!(asked(Some(1), Some((5, "a".into()))).unwrap(), 1);
        for bad in [0, 1001] {
            assert!(matches!(asked(Some(bad), None), Err(Failure::Invalid { field: "limit", .. })), "{bad}");
        }
        let foreign = asked(None, Some((5, "a\0".into())));
        assert!(matches!(foreign, Err(Failure::Invalid { field: "cursor", .. })));
    }
}
