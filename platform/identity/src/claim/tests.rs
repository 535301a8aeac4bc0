//! Which tokens of others are believed, and for how long.

use super::*;
use crate::{KeySet, SigningKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use kernel::SeededRandom;
use serde_json::json;

const NOW: Timestamp = Timestamp(1_000_000);

/// A key, its id, and the set that publishes it.
struct Issuer {
    encoding: EncodingKey,
    id: String,
    jwks: String,
}

impl Issuer {
    fn new(seed: u64) -> Self {
        let key = SigningKey::generate(&SeededRandom::new(seed)).unwrap();
        let pair = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(key.seed()).unwrap();
        let set = KeySet::new(vec![key.public().clone()]);
        Self {
            encoding: EncodingKey::from_ed_der(pair.to_pkcs8v1().unwrap().as_ref()),
            id: key.public().key_id().to_owned(),
            jwks: serde_json::to_string(&set.jwks()).unwrap(),
        }
    }

    fn keys(&self) -> TokenKeys {
        TokenKeys::from_jwks(self.jwks.as_bytes()).unwrap()
    }

    fn header(&self) -> Header {
        Header { kid: Some(self.id.clone()), ..Header::new(Algorithm::EdDSA) }
    }

    fn token(&self, claims: &Value) -> String {
        jsonwebtoken::encode(&self.header(), claims, &self.encoding).unwrap()
    }
}

fn verifier(issuer: &Issuer) -> ClaimVerifier {
    with_rules(issuer, TokenRules::default())
}

fn with_rules(issuer: &Issuer, rules: TokenRules) -> ClaimVerifier {
    let verifier = ClaimVerifier::new(rules);
    assert!(verifier.publish(issuer.keys()));
    verifier
}

/// What is believed of these claims, asked twice.
fn believed(verifier: &ClaimVerifier, token: &str, name: &str) -> Option<String> {
    let first = verifier.claim(token, name, NOW);
    assert_eq!(verifier.claim(token, name, NOW), first, "remembered as it was verified");
    first
}

#[test]
fn a_text_or_a_whole_number_can_name_the_user() {
    let issuer = Issuer::new(1);
    let verifier = verifier(&issuer);
    let token = issuer.token(
        &json!({"exp": 2_000, "sub": "ann", "n": 7, "f": 1.5, "o": {}, "l": "x".repeat(257), "e": ""}),
    );
    for (name, expected) in [
        ("sub", Some("ann")),
        ("n", Some("7")),
        ("f", None),
        ("o", None),
        ("l", None),
        ("e", None),
        ("x", None),
    ] {
        assert_eq!(believed(&verifier, &token, name).as_deref(), expected, "{name}");
    }
}

#[test]
fn a_token_counts_between_its_moments() {
    let issuer = Issuer::new(1);
    let verifier = verifier(&issuer);
    for (claims, counts) in [
        (json!({"exp": 1_001}), true),
        (json!({"exp": 1_000}), false),
        (json!({"exp": 1_000.9}), false),
        (json!({"exp": "2000"}), false),
        (json!({}), false),
        (json!({"exp": 2_000, "nbf": 1_000}), true),
        (json!({"exp": 2_000, "nbf": 1_001}), false),
        (json!({"exp": 2_000, "nbf": "0"}), false),
    ] {
        let mut claims = claims;
        claims["sub"] = "ann".into();
        assert_eq!(believed(&verifier, &issuer.token(&claims), "sub").is_some(), counts, "{claims}");
    }
    let token = issuer.token(&json!({"sub": "ann", "exp": 1_001}));
    assert!(verifier.claim(&token, "sub", NOW).is_some());
    assert_eq!(verifier.claim(&token, "sub", Timestamp(1_001_000)), None, "remembered, and over");
    let lenient = with_rules(&issuer, TokenRules { leeway_s: 60, ..TokenRules::default() });
    assert!(lenient.claim(&token, "sub", Timestamp(1_060_000)).is_some());
    assert!(lenient.claim(&token, "sub", Timestamp(1_061_000)).is_none());
}

#[test]
fn issuer_and_audience_must_be_those_of_the_settings() {
    let issuer = Issuer::new(1);
    let rules = TokenRules { issuer: "https://id".into(), audience: "shop".into(), leeway_s: 0 };
    let verifier = with_rules(&issuer, rules);
    for (who, aud, counts) in [
        ("https://id", json!("shop"), true),
        ("https://id", json!(["other", "shop"]), true),
        ("https://id", json!("other"), false),
        ("https://id", json!([]), false),
        ("https://id", Value::Null, false),
        ("https://evil", json!("shop"), false),
    ] {
        let token = issuer.token(&json!({"sub": "ann", "exp": 2_000, "iss": who, "aud": aud}));
        assert_eq!(believed(&verifier, &token, "sub").is_some(), counts, "{who} {aud}");
    }
}

#[test]
fn hostile_tokens_are_not_believed() {
    let (issuer, other) = (Issuer::new(1), Issuer::new(2));
    let verifier = verifier(&issuer);
    let claims = json!({"sub": "ann", "exp": 2_000});
    let good = issuer.token(&claims);
    assert_eq!(believed(&verifier, &good, "sub").as_deref(), Some("ann"));
    let parts: Vec<&str> = good.split('.').collect();
    let encoded = |header: Value| {
        use base64::Engine;
        base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(header.to_string())
    };
    let forged_by_other = jsonwebtoken::encode(&issuer.header(), &claims, &other.encoding).unwrap();
    // The public key as the secret of a symmetric signature.
    let symmetric = Header { kid: Some(issuer.id.clone()), ..Header::new(Algorithm::HS256) };
    let confused =
        jsonwebtoken::encode(&symmetric, &claims, &EncodingKey::from_secret(issuer.jwks.as_bytes())).unwrap();
    let none = encoded(json!({"alg": "none", "kid": issuer.id}));
    let critical = Header { crit: Some(vec!["b64".into()]), ..issuer.header() };
    let critical = jsonwebtoken::encode(&critical, &claims, &issuer.encoding).unwrap();
    for hostile in [
        forged_by_other,
        other.token(&claims),
        confused,
        critical,
        format!("{none}.{}.", parts[1]),
        format!("{none}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}.{}", parts[0], encoded(json!({"sub": "eve", "exp": 2_000})), parts[2]),
        format!("{good}."),
        format!("{good} "),
        good.replace('.', ""),
        "..".into(),
        String::new(),
        "a".repeat(FOREIGN_TOKEN_MAX_BYTES + 1),
    ] {
        assert_eq!(believed(&verifier, &hostile, "sub"), None, "{hostile}");
    }
}

#[test]
fn other_keys_end_what_was_believed() {
    let (issuer, other) = (Issuer::new(1), Issuer::new(2));
    let verifier = verifier(&issuer);
    let token = issuer.token(&json!({"sub": "ann", "exp": 2_000}));
    assert!(believed(&verifier, &token, "sub").is_some());
    assert!(!verifier.publish(issuer.keys()), "the same");
    assert!(verifier.publish(other.keys().and(&issuer.keys())));
    assert!(believed(&verifier, &token, "sub").is_some());
    assert!(verifier.publish(other.keys()));
    assert_eq!(believed(&verifier, &token, "sub"), None);
}

#[tokio::test]
async fn a_key_that_is_not_known_is_asked_for() {
    let (issuer, other) = (Issuer::new(1), Issuer::new(2));
    let verifier = verifier(&issuer);
    let claims = json!({"sub": "ann", "exp": 2_000});
    assert!(verifier.claim(&issuer.token(&claims), "sub", NOW).is_some());
    assert!(verifier.claim(&other.token(&claims), "sub", NOW).is_none());
    tokio::time::timeout(std::time::Duration::from_secs(5), verifier.unknown_key()).await.unwrap();
}
