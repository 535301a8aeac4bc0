//! `POST` and `DELETE /api/tokens`.

use blackbox::{PASSWORD, expect_unauthenticated, now_s, sign_in, sign_up};
use serde_json::Value;
use testkit::{Backend, Banyan, both_backends};

/// One part of a token, read.
fn part(token: &str, at: usize) -> Value {
    let text = token.split('.').nth(at).unwrap();
    serde_json::from_slice(&decode(text)).unwrap()
}

/// base64url without padding (RFC 4648, 5).
fn decode(text: &str) -> Vec<u8> {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits = text.bytes().flat_map(|byte| {
        let value = alphabet.iter().position(|known| *known == byte).unwrap();
        (0..6).rev().map(move |bit| u8::try_from(value >> bit & 1).unwrap())
    });
    let bits: Vec<u8> = bits.collect();
    bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |sum, bit| sum << 1 | bit)).collect()
}

both_backends! {
    /// 200 with one member: a signed token with a key id, the user's id, and an hour to live.
    async fn a_token_is_made(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let before = now_s();
        let answer = banyan.post("/api/tokens").basic("ann", PASSWORD).send().await.expect_status(200);
        assert_eq!(answer.header("cache-control"), "no-store");
        let body = answer.json();
        assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
        let token = body["token"].as_str().unwrap();
        let (head, claims) = (part(token, 0), part(token, 1));
        assert_eq!(head["alg"], "EdDSA");
        let keys = banyan.get("/.well-known/jwks.json").send().await.json();
        assert_eq!(head["kid"], keys["keys"][0]["kid"]);
        assert_eq!(claims["sub"].as_str().unwrap(), ann.id.to_string());
        let expires_at = claims["exp"].as_i64().unwrap();
        assert!((before + 3600..=now_s() + 3600).contains(&expires_at), "{claims}");
        let me = banyan.get("/api/users/me").bearer(token).send().await.expect_status(200);
        assert_eq!(me.json()["id"], ann.id);
        assert_ne!(sign_in(&banyan, "ann", PASSWORD).await, token, "each is one of its own");
    }

    /// 401 for wrong ones; the same answer, whether there is such a nickname or not.
    async fn wrong_nickname_or_password(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        sign_up(&banyan, "ann").await;
        let mut answers = Vec::new();
        for (nickname, password) in [("ann", "wrong horse"), ("nobody", PASSWORD), ("", ""), ("a\u{0}", PASSWORD)] {
            let answer = banyan.post("/api/tokens").basic(nickname, password).send().await;
            expect_unauthenticated(&answer);
            let mut body = answer.json();
            body.as_object_mut().unwrap().remove("request_id");
            answers.push(body);
        }
        assert!(answers.iter().all(|body| *body == answers[0]), "{answers:?}");
        for header in ["Basic !!!", "Basic YW5u", "Basic //79", "Basic"] {
            expect_unauthenticated(&banyan.post("/api/tokens").header("authorization", header).send().await);
        }
    }

    /// 204: this token counts nowhere any more, and others of the user still do.
    async fn a_token_is_revoked(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let other = sign_in(&banyan, "ann", PASSWORD).await;
        let revoked = banyan.delete("/api/tokens").bearer(&ann.token).send().await.expect_status(204);
        assert_eq!(revoked.text(), "");
        for (method, path) in [
            ("GET", "/api/users"), ("GET", "/api/users/1"), ("PUT", "/api/users/1"), ("GET", "/api/users/me"),
            ("PUT", "/api/users/me"), ("DELETE", "/api/users/me"), ("DELETE", "/api/tokens"),
            ("POST", "/api/messages"), ("GET", "/api/messages"), ("GET", "/api/messages/1"),
            ("PUT", "/api/messages/1"),
        ] {
            expect_unauthenticated(&banyan.call(method, path).bearer(&ann.token).send().await);
        }
        banyan.put("/api/users/me").bearer(&other).send().await.expect_status(204);
    }

    /// A token of which one letter differs, or whose claims were changed, is none.
    async fn a_token_that_was_tampered_with(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let (ann, bob) = (sign_up(&banyan, "ann").await, sign_up(&banyan, "bob").await);
        let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
        let (of_ann, of_bob) = (parts(&ann.token), parts(&bob.token));
        let mixed = format!("{}.{}.{}", of_ann[0], of_bob[1], of_ann[2]);
        let unsigned = format!("{}.{}.", of_ann[0], of_ann[1]);
        let first = if ann.token.ends_with(|last: char| last.is_ascii_digit()) { "A" } else { "9" };
        let flipped = format!("{}{first}{}", &ann.token[..ann.token.len() - 20], &ann.token[ann.token.len() - 19..]);
        for token in [mixed, unsigned, flipped, format!("{}x", ann.token)] {
            if token == ann.token { continue }
            expect_unauthenticated(&banyan.get("/api/users/me").bearer(&token).send().await);
        }
    }
}
