//! Tokens that give themselves away, wherever they stand: JSON Web Tokens (RFC 7519), and what follows `Bearer` or
//! `Basic`.

use super::Redactor;

/// Characters of a token, shorter than which it is none.
const TOKEN_MIN: usize = 12;
/// What tokens begin with, and how much of that stays.
const BEGINNINGS: [(&str, usize); 5] =
    [("eyJ", 0), ("Bearer ", 7), ("bearer ", 7), ("Basic ", 6), ("basic ", 6)];

pub(super) fn redact(text: &str, by: &Redactor) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let found = BEGINNINGS.iter().filter_map(|(word, stays)| Some((rest.find(word)?, *stays))).min();
        let Some((at, stays)) = found else { break };
        let (before, token) = rest.split_at_checked(at + stays).unwrap_or((rest, ""));
        out.push_str(before);
        let len = token
            .find(|c: char| !(c.is_ascii_alphanumeric() || "-_.~+/=".contains(c)))
            .unwrap_or(token.len());
        let (token, behind) = token.split_at_checked(len).unwrap_or((token, ""));
        if len >= TOKEN_MIN {
            out.push_str(&by.hashed(token));
        } else {
            out.push_str(token);
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}
