//! Keys that others publish: the ones of a JWK set (RFC 7517) that can verify a signature.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header};
use serde::Deserialize;
use serde_json::Value;

/// Most keys of a set; an issuer has a handful.
const KEYS_MAX: usize = 64;

/// Keys by which tokens of others are verified. Symmetric keys are never among them: whoever verifies could sign.
#[derive(Debug, Clone, Default)]
pub struct TokenKeys(Vec<TokenKey>);

#[derive(Debug, Clone)]
struct TokenKey {
    id: Option<String>,
    algorithms: &'static [Algorithm],
    decoding: DecodingKey,
    /// What it was read from, to tell whether the set has changed.
    jwk: Jwk,
}

/// Why a document is no set of keys.
#[derive(Debug, thiserror::Error)]
pub enum JwksError {
    /// It is no JWK set.
    #[error("the keys cannot be read: {0}")]
    Shape(#[from] serde_json::Error),
    /// More than anybody publishes.
    #[error("more than {max} keys are published")]
    TooMany {
        /// The bound.
        max: usize,
    },
    /// No key that can verify: none at all, or symmetric or unknown ones.
    #[error("there is no key among them that verifies (Ed25519, P-256, P-384 or RSA)")]
    NoneUsable,
}

impl TokenKeys {
    /// Reads a JWK set. Keys that cannot verify a signature are left out, as RFC 7517 section 5 asks for those that are not
    /// understood.
    ///
    /// # Errors
    /// [`JwksError`] when it is no set, or holds no key that can be used.
    pub fn from_jwks(json: &[u8]) -> Result<Self, JwksError> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(json)?;
        if set.keys.len() > KEYS_MAX {
            return Err(JwksError::TooMany { max: KEYS_MAX });
        }
        let keys: Vec<_> = set.keys.into_iter().filter_map(TokenKey::read).collect();
        if keys.is_empty() { Err(JwksError::NoneUsable) } else { Ok(Self(keys)) }
    }

    /// These keys and those.
    #[must_use]
    pub fn and(mut self, more: &Self) -> Self {
        self.0.extend(more.0.iter().cloned());
        self
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key that a token with this header must have been signed with. A token that names none fits a set of one.
    pub(crate) fn find(&self, header: &Header) -> Option<&DecodingKey> {
        let fits = |key: &&TokenKey| key.algorithms.contains(&header.alg);
        let key = match &header.kid {
            Some(id) => self.0.iter().filter(|key| key.id.as_ref() == Some(id)).find(fits),
            None => self.0.first().filter(|_| self.0.len() == 1).filter(fits),
        };
        key.map(|key| &key.decoding)
    }

    /// Whether a key of that id is known.
    pub(crate) fn knows(&self, id: &str) -> bool {
        self.0.iter().any(|key| key.id.as_deref() == Some(id))
    }
}

impl PartialEq for TokenKeys {
    fn eq(&self, other: &Self) -> bool {
        self.0.iter().map(|key| &key.jwk).eq(other.0.iter().map(|key| &key.jwk))
    }
}

impl TokenKey {
    fn read(value: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        if jwk.common.public_key_use.as_ref().is_some_and(|wanted| *wanted != PublicKeyUse::Signature) {
            return None;
        }
        let algorithms = algorithms(&jwk)?;
        let decoding = DecodingKey::from_jwk(&jwk).ok()?;
        Some(Self { id: jwk.common.key_id.clone(), algorithms, decoding, jwk })
    }
}

/// What may be signed with a key: what it says, where its kind allows it, or all that its kind allows.
fn algorithms(jwk: &Jwk) -> Option<&'static [Algorithm]> {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    let of_its_kind: &'static [Algorithm] = match &jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => &[EdDSA],
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => &[ES256],
        AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => &[ES384],
        AlgorithmParameters::RSA(_) => &[RS256, RS384, RS512, PS256, PS384, PS512],
        _ => return None,
    };
    let Some(said) = &jwk.common.key_algorithm else { return Some(of_its_kind) };
    let said = match said {
        KeyAlgorithm::EdDSA => EdDSA,
        KeyAlgorithm::ES256 => ES256,
        KeyAlgorithm::ES384 => ES384,
        KeyAlgorithm::RS256 => RS256,
        KeyAlgorithm::RS384 => RS384,
        KeyAlgorithm::RS512 => RS512,
        KeyAlgorithm::PS256 => PS256,
        KeyAlgorithm::PS384 => PS384,
        KeyAlgorithm::PS512 => PS512,
        _ => return None,
    };
    of_its_kind.iter().position(|known| *known == said).and_then(|at| of_its_kind.get(at..=at))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ED: &str =
        r#"{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    fn set(keys: &str) -> Result<TokenKeys, JwksError> {
        TokenKeys::from_jwks(format!("{{\"keys\":[{keys}]}}").as_bytes())
    }

    fn header(algorithm: Algorithm, id: Option<&str>) -> Header {
        Header { kid: id.map(str::to_owned), ..Header::new(algorithm) }
    }

    #[test]
    fn a_key_is_found_by_its_id_for_the_algorithm_of_its_kind_alone() {
        let keys = set(ED).unwrap();
        assert!(keys.find(&header(Algorithm::EdDSA, Some("a"))).is_some());
        assert!(keys.find(&header(Algorithm::EdDSA, None)).is_some(), "the only one");
        for algorithm in [Algorithm::HS256, Algorithm::HS512, Algorithm::RS256, Algorithm::ES256] {
            assert!(keys.find(&header(algorithm, Some("a"))).is_none(), "{algorithm:?}");
            assert!(keys.find(&header(algorithm, None)).is_none(), "{algorithm:?}");
        }
        assert!(keys.find(&header(Algorithm::EdDSA, Some("b"))).is_none());
        let two = set(&format!("{ED},{}", ED.replace("\"a\"", "\"b\""))).unwrap();
        assert!(two.find(&header(Algorithm::EdDSA, None)).is_none(), "which one is not said");
    }

    #[test]
    fn keys_that_cannot_verify_are_left_out() {
        let symmetric = r#"{"kty":"oct","kid":"s","alg":"HS256","k":"c2VjcmV0"}"#;
        let strange = r#"{"kty":"XYZ","kid":"x"}"#;
        let encrypting = ED.replace("\"kty\"", "\"use\":\"enc\",\"kty\"");
        let wrong = ED.replace("\"kty\"", "\"alg\":\"HS256\",\"kty\"");
        for alone in [symmetric, strange, &encrypting, &wrong, "7", r#"{"kty":"OKP"}"#] {
            assert!(matches!(set(alone), Err(JwksError::NoneUsable)), "{alone}");
            assert_eq!(set(&format!("{alone},{ED}")).unwrap().len(), 1, "{alone}");
        }
    }

    #[test]
    fn what_is_no_set_is_refused() {
        for json in ["", "[]", "{}", r#"{"keys":7}"#] {
            assert!(matches!(TokenKeys::from_jwks(json.as_bytes()), Err(JwksError::Shape(_))), "{json}");
        }
        assert!(matches!(set(""), Err(JwksError::NoneUsable)));
        assert!(matches!(set(&vec![ED; KEYS_MAX + 1].join(",")), Err(JwksError::TooMany { .. })));
    }

    #[test]
    fn sets_are_equal_when_their_keys_are() {
        assert_eq!(set(ED).unwrap(), set(ED).unwrap());
        assert_ne!(set(ED).unwrap(), set(&ED.replace("\"a\"", "\"b\"")).unwrap());
        assert_eq!(set(ED).unwrap().and(&TokenKeys::default()), set(ED).unwrap());
    }
}
