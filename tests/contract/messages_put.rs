//! `PUT /api/messages/{id}`.

use crate::users::NO_IDS;
use blackbox::{Member, expect_field, expect_problem, next_second, post_message, sign_up};
use serde_json::{Value, json};
use testkit::{Answer, Backend, Banyan, Client, both_backends};

async fn edit(client: &Client, caller: &Member, id: &str, body: Value) -> Answer {
    client.put(&format!("/api/messages/{id}")).bearer(&caller.token).json(&body).send().await
}

async fn message(client: &Client, id: &str) -> Value {
    client.get(&format!("/api/messages/{id}")).send().await.expect_status(200).json()
}

both_backends! {
    /// 204 without a body; source, html and `updated_at` are new, the rest stays.
    async fn a_message_is_edited(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let before = post_message(&banyan, &ann, "hello").await;
        let id = before["id"].to_string();
        next_second().await;
        let body = json!({"source": "**bye**", "id": 9, "user_id": 9, "html": "x", "created_at": null});
        let edited = edit(&banyan, &ann, &id, body).await.expect_status(204);
        assert_eq!((edited.text().as_str(), edited.header("content-type")), ("", ""));
        let after = message(&banyan, &id).await;
        assert!(after["updated_at"].as_i64() > before["updated_at"].as_i64());
        let mut expected = before.clone();
        expected["source"] = json!("**bye**");
        expected["html"] = json!("<strong>bye</strong>");
        expected["updated_at"] = after["updated_at"].clone();
        assert_eq!(after, expected);
    }

    /// Without a source nothing changes, `updated_at` neither.
    async fn an_edit_of_nothing(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let before = post_message(&banyan, &ann, "hello").await;
        let id = before["id"].to_string();
        next_second().await;
        for body in [json!({}), json!({"html": "x"})] {
            edit(&banyan, &ann, &id, body).await.expect_status(204);
        }
        assert_eq!(message(&banyan, &id).await, before);
    }

    /// 400 names `source`, and the message stays as it was.
    async fn an_edit_that_is_not_valid(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let before = post_message(&banyan, &ann, "hello").await;
        let id = before["id"].to_string();
        for source in
            [json!(null), json!(7), json!(["hi"]), json!(""), json!("x".repeat(16 * 1024 + 1)), json!("\u{0}")]
        {
            expect_field(&edit(&banyan, &ann, &id, json!({"source": source})).await, "source");
        }
        assert_eq!(message(&banyan, &id).await, before);
    }

    /// 403 for somebody else's message, 404 for one that is not there; with or without something to change.
    async fn somebody_elses_message(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let (ann, bob) = (sign_up(&banyan, "ann").await, sign_up(&banyan, "bob").await);
        let before = post_message(&banyan, &ann, "hello").await;
        let id = before["id"].to_string();
        for body in [json!({"source": "mine"}), json!({})] {
            assert_ne!(expect_problem(&edit(&banyan, &bob, &id, body.clone()).await, 403)["error"], "");
            for id in NO_IDS.into_iter().chain(["77"]) {
                let answer = edit(&banyan, &ann, id, body.clone()).await;
                assert_eq!(expect_problem(&answer, 404)["error"], "not found", "{id}");
            }
        }
        assert_eq!(message(&banyan, &id).await, before);
    }
}
