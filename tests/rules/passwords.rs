//! Passwords: what a change revokes, what is kept of them, and the setting for their length.

use blackbox::{PASSWORD, expect_field, expect_unauthenticated, sign_in, sign_up, store};
use serde_json::json;
use testkit::{Backend, Banyan, both_backends};

both_backends! {
    /// A new password revokes every token of the user at once, and nobody else's.
    async fn a_new_password_revokes_all_tokens(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let (ann, bob) = (sign_up(&banyan, "ann").await, sign_up(&banyan, "bob").await);
        let second = sign_in(&banyan, "ann", PASSWORD).await;
        let change = banyan.put(&format!("/api/users/{}", ann.id)).bearer(&ann.token);
        change.json(&json!({"password": "another horse"})).send().await.expect_status(204);
        for token in [&ann.token, &second] {
            for path in ["/api/users/me", "/api/messages", "/api/users"] {
                expect_unauthenticated(&banyan.get(path).bearer(token).send().await);
            }
        }
        expect_unauthenticated(&banyan.post("/api/tokens").basic("ann", PASSWORD).send().await);
        let fresh = sign_in(&banyan, "ann", "another horse").await;
        banyan.put("/api/users/me").bearer(&fresh).send().await.expect_status(204);
        banyan.put("/api/users/me").bearer(&bob.token).send().await.expect_status(204);
        // It stays so: the revocation is kept, not remembered.
        let banyan = banyan.restart().await;
        expect_unauthenticated(&banyan.get("/api/users/me").bearer(&ann.token).send().await);
        banyan.put("/api/users/me").bearer(&fresh).send().await.expect_status(204);
    }

    /// What is kept is an Argon2id hash with a salt of its own.
    async fn only_a_hash_is_kept(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        sign_up(&banyan, "ann").await;
        sign_up(&banyan, "bob").await;
        let mut users = store(banyan.database(), "users");
        let hashes = users.texts("SELECT password_hash AS text FROM users").unwrap();
        assert!(hashes.iter().all(|hash| hash.starts_with("$argon2id$v=19$m=")), "{hashes:?}");
        assert_ne!(hashes[0], hashes[1], "the same password, another salt");
    }

    /// `users.min_password_length` says how short a new one may be.
    async fn the_shortest_password_is_a_setting(backend: Backend) {
        let banyan = Banyan::builder(backend).setting("users.min_password_length", "3").start().await;
        let create = |password| banyan.post("/api/users").json(&json!({"nickname": "ann", "password": password}));
        expect_field(&create("ab").send().await, "password");
        create("abc").send().await.expect_status(201);
        sign_in(&banyan, "ann", "abc").await;
    }
}
