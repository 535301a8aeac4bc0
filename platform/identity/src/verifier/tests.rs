//! A verifier believes only what a published key signed, and only as long as it stands.

use super::*;
use crate::SigningKey;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use proptest::prelude::*;

const NOW: Timestamp = Timestamp(1_000_000);

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).unwrap()
}

fn claims() -> Claims {
    Claims { user_id: 7, token_id: Uuid::from_u128(9), issued_at: 1_000, expires_at: 1_060, generation: 5 }
}

fn state(keys: &[&SigningKey]) -> VerifierState {
    VerifierState {
        keys: KeySet::new(keys.iter().map(|key| key.public().clone()).collect()),
        ..VerifierState::default()
    }
}

fn verifier(keys: &[&SigningKey]) -> Verifier {
    let verifier = Verifier::new();
    verifier.publish(state(keys));
    verifier
}

fn encoded(json: &serde_json::Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(json.to_string())
}

#[test]
fn a_signed_token_says_who_is_asking() {
    let token = key(1).sign(&claims()).unwrap();
    let verified = verifier(&[&key(1), &key(2)]).verify(&token, NOW).unwrap();
    assert_eq!(verified.principal, Principal { user_id: 7 });
    assert_eq!(verified.token_id, Uuid::from_u128(9).to_string());
    assert_eq!(verified.expires_at, 1_060);
}

#[test]
fn a_key_that_is_not_published_counts_for_nothing() {
    let token = key(1).sign(&claims()).unwrap();
    assert_eq!(Verifier::new().verify(&token, NOW), Err(TokenError::Invalid));
    assert_eq!(verifier(&[&key(2)]).verify(&token, NOW), Err(TokenError::Invalid));
}

#[test]
fn a_remembered_token_falls_with_its_key() {
    let token = key(1).sign(&claims()).unwrap();
    let verifier = verifier(&[&key(1)]);
    assert!(verifier.verify(&token, NOW).is_ok());
    verifier.publish(state(&[&key(2)]));
    assert_eq!(verifier.verify(&token, NOW), Err(TokenError::Invalid));
}

#[test]
fn a_remembered_token_expires_in_its_second() {
    let token = key(1).sign(&claims()).unwrap();
    let verifier = verifier(&[&key(1)]);
    assert!(verifier.verify(&token, Timestamp(1_059_999)).is_ok());
    assert_eq!(verifier.verify(&token, Timestamp(1_060_000)), Err(TokenError::Expired));
}

#[test]
fn a_remembered_token_can_be_revoked_by_its_id_and_by_generation() {
    let token = key(1).sign(&claims()).unwrap();
    let verifier = verifier(&[&key(1)]);
    assert!(verifier.verify(&token, NOW).is_ok());
    verifier.publish(VerifierState { revoked: HashSet::from([Uuid::from_u128(9)]), ..state(&[&key(1)]) });
    assert_eq!(verifier.verify(&token, NOW), Err(TokenError::Revoked));
    for (user_id, least, expected) in
        [(7, 6, Err(TokenError::Revoked)), (7, 5, Ok(claims())), (8, 6, Ok(claims()))]
    {
        verifier
            .publish(VerifierState { generations: HashMap::from([(user_id, least)]), ..state(&[&key(1)]) });
        assert_eq!(verifier.claims(&token, NOW), expected, "user {user_id}, least {least}");
    }
}

/// The sender must not choose how the token is checked: no `none`, no HMAC with the public key as its secret.
#[test]
fn another_algorithm_is_refused() {
    let key = key(1);
    let kid = key.public().key_id();
    let payload = encoded(&serde_json::to_value(claims()).unwrap());
    for alg in ["none", "HS256", "ES256", "RS256", "EdDSA"] {
        let header = encoded(&serde_json::json!({"alg": alg, "typ": "JWT", "kid": kid}));
        for signature in ["", "AAAA"] {
            let token = format!("{header}.{payload}.{signature}");
            assert_eq!(verifier(&[&key]).verify(&token, NOW), Err(TokenError::Invalid), "{alg}");
        }
    }
    let x = BASE64_URL_SAFE_NO_PAD.decode(&state(&[&key]).keys.jwks().keys[0].x).unwrap();
    let mut header = jsonwebtoken::Header::new(Algorithm::HS256);
    header.kid = Some(kid.to_owned());
    let confused =
        jsonwebtoken::encode(&header, &claims(), &jsonwebtoken::EncodingKey::from_secret(&x)).unwrap();
    assert_eq!(verifier(&[&key]).verify(&confused, NOW), Err(TokenError::Invalid));
}

#[test]
fn a_token_beyond_the_bound_is_not_looked_at() {
    let token = "a".repeat(TOKEN_MAX_BYTES + 1);
    assert_eq!(verifier(&[&key(1)]).verify(&token, NOW), Err(TokenError::Invalid));
}

proptest! {
    #[test]
    fn no_text_fails_hard(token in ".{0,200}") {
        prop_assert_eq!(verifier(&[&key(1)]).verify(&token, NOW), Err(TokenError::Invalid));
    }

    /// Any other byte at any place. The last character may keep its value: base64 has spare bits there, refused too.
    #[test]
    fn a_changed_token_is_refused(place in any::<prop::sample::Index>(), byte in "[A-Za-z0-9_.-]") {
        let token = key(1).sign(&claims()).unwrap();
        let place = place.index(token.len());
        let mut changed = token.clone();
        changed.replace_range(place..=place, &byte);
        prop_assume!(changed != token);
        prop_assert_eq!(verifier(&[&key(1)]).verify(&changed, NOW), Err(TokenError::Invalid));
    }
}
