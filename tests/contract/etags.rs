//! `ETag` and `If-None-Match` on every GET of a list or an item.

use blackbox::{next_second, post_message, sign_up};
use serde_json::json;
use testkit::{Backend, Banyan, both_backends};

const PLACES: [&str; 6] = [
    "/api/users",
    "/api/users/1",
    "/api/messages",
    "/api/messages/1",
    "/api/messages?limit=1",
    "/.well-known/jwks.json",
];

both_backends! {
    /// 304 without a body when the caller has it already, and 200 when it has something else.
    async fn what_one_has_is_not_sent_again(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        post_message(&banyan, &ann, "hello").await;
        for path in PLACES {
            let first = banyan.get(path).send().await.expect_status(200);
            let tag = first.header("etag").to_owned();
            assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 10, "{path}: {tag}");
            for has in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
                let again = banyan.get(path).header("if-none-match", &has).send().await.expect_status(304);
                assert_eq!((again.header("etag"), again.text().as_str()), (tag.as_str(), ""), "{path} {has}");
            }
            for has in ["\"other\"", "other", "", "\"\"", tag.trim_matches('"')] {
                let fresh = banyan.get(path).header("if-none-match", has).send().await.expect_status(200);
                assert_eq!(fresh.body, first.body, "{path} {has}");
            }
            assert_eq!(banyan.call("HEAD", path).header("if-none-match", &tag).send().await.status, 304);
        }
    }

    /// A change changes the tag of the item and of every list that it is in.
    async fn a_change_changes_the_tag(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        post_message(&banyan, &ann, "hello").await;
        let mut before = Vec::new();
        for path in PLACES {
            before.push(banyan.get(path).send().await.header("etag").to_owned());
        }
        next_second().await;
        let edit = banyan.put("/api/messages/1").bearer(&ann.token).json(&json!({"source": "bye"}));
        edit.send().await.expect_status(204);
        let rename = banyan.put(&format!("/api/users/{}", ann.id)).bearer(&ann.token);
        rename.json(&json!({"nickname": "anna"})).send().await.expect_status(204);
        for (path, before) in PLACES.into_iter().zip(before) {
            let answer = banyan.get(path).header("if-none-match", &before).send().await;
            let expected = if path.ends_with("jwks.json") { 304 } else { 200 };
            assert_eq!(answer.status, expected, "{path}");
        }
    }

    /// One who is signed in gets 304 on `/api/users/me`, too, and nobody else does with that tag.
    async fn ones_own_account_has_a_tag(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let (ann, bob) = (sign_up(&banyan, "ann").await, sign_up(&banyan, "bob").await);
        let get = || banyan.get("/api/users/me");
        // Each call is seen, and `last_seen_at` is part of the answer: two calls within one second have one tag.
        next_second().await;
        let tag = get().bearer(&ann.token).send().await.expect_status(200).header("etag").to_owned();
        assert_eq!(get().bearer(&bob.token).header("if-none-match", &tag).send().await.status, 200);
        let again = get().bearer(&ann.token).header("if-none-match", &tag).send().await;
        if again.status == 200 {
            assert_ne!(again.header("etag"), tag, "a later second");
        } else {
            assert_eq!(again.status, 304);
        }
        assert_eq!(get().header("if-none-match", &tag).send().await.status, 401);
    }
}
