//! Tokens: expiry, and revocation that every process on the same storage learns of.

use blackbox::{PASSWORD, SOON, expect_unauthenticated, now_s, sign_in, sign_up};
use serde_json::json;
use testkit::{Backend, Banyan, both_backends, eventually};

both_backends! {
    /// A token counts until it expires, and then no more.
    async fn a_token_expires(backend: Backend) {
        let banyan = Banyan::builder(backend).setting("tokens.expires_in_s", "4").start().await;
        let ann = sign_up(&banyan, "ann").await;
        let made_before = now_s();
        let get = || banyan.get("/api/messages").bearer(&ann.token);
        get().send().await.expect_status(200);
        let refused = eventually("the token's end", SOON, async || {
            let answer = get().send().await;
            (answer.status != 200).then_some(answer)
        }).await;
        expect_unauthenticated(&refused);
        assert!(now_s() >= made_before + 3, "not before its time");
        assert_eq!(refused.json()["detail"], "the token has expired");
        let fresh = sign_in(&banyan, "ann", PASSWORD).await;
        banyan.get("/api/messages").bearer(&fresh).send().await.expect_status(200);
    }

    /// A revocation outlives the process.
    async fn a_revocation_is_kept(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let other = sign_in(&banyan, "ann", PASSWORD).await;
        banyan.delete("/api/tokens").bearer(&ann.token).send().await.expect_status(204);
        banyan.kill9().await;
        let banyan = banyan.restart().await;
        expect_unauthenticated(&banyan.get("/api/users/me").bearer(&ann.token).send().await);
        banyan.put("/api/users/me").bearer(&other).send().await.expect_status(204);
    }

    /// Another process on the same storage takes the tokens of the first, and learns of what it revokes.
    async fn a_revocation_reaches_every_process(backend: Backend) {
        let first = Banyan::start(backend).await;
        let second = first.beside().await;
        let ann = sign_up(&first, "ann").await;
        let other = sign_in(&second, "ann", PASSWORD).await;
        for process in [&first, &second] {
            for token in [&ann.token, &other] {
                process.put("/api/users/me").bearer(token).send().await.expect_status(204);
            }
        }
        let refused = async |process: &Banyan, token: &str| {
            let get = async || Some(process.get("/api/users").bearer(token).send().await);
            expect_unauthenticated(&eventually("the revocation", SOON, async || {
                get().await.filter(|answer| answer.status != 200)
            }).await);
        };
        first.delete("/api/tokens").bearer(&ann.token).send().await.expect_status(204);
        refused(&second, &ann.token).await;
        second.put("/api/users/me").bearer(&other).send().await.expect_status(204);
        let change = second.put(&format!("/api/users/{}", ann.id)).bearer(&other);
        change.json(&json!({"password": "another horse"})).send().await.expect_status(204);
        refused(&first, &other).await;
    }
}
