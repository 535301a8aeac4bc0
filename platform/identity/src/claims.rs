//! What a token says: the claims of RFC 7519 that are used here, and the generation of the user's tokens.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The claims of a token. Small and `Copy`, so that a snapshot's sets and the caches stay cheap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Whose token; a string on the wire (RFC 7519, 4.1.2).
    #[serde(rename = "sub", with = "decimal")]
    pub user_id: i64,
    /// The token's own id, by which it is revoked.
    #[serde(rename = "jti")]
    pub token_id: Uuid,
    /// When it was made, epoch seconds.
    #[serde(rename = "iat")]
    pub issued_at: i64,
    /// When it ends, epoch seconds; not valid in that second any more.
    #[serde(rename = "exp")]
    pub expires_at: i64,
    /// Which generation of the user's tokens it belongs to: revoking all of them raises the least valid one.
    #[serde(rename = "gen")]
    pub generation: i64,
}

/// A number written as a string of decimal digits.
mod decimal {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::borrow::Cow;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
    pub(super) fn serialize<S: Serializer>(number: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_have_their_registered_names() {
        let claims =
            Claims { user_id: 7, token_id: Uuid::from_u128(1), issued_at: 10, expires_at: 20, generation: 3 };
        let json = serde_json::json!({
            "sub": "7", "jti": "00000000-0000-0000-0000-000000000001", "iat": 10, "exp": 20, "gen": 3,
        });
        assert_eq!(serde_json::to_value(claims).unwrap(), json);
        assert_eq!(serde_json::from_value::<Claims>(json).unwrap(), claims);
    }
}
