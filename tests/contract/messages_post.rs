//! `POST /api/messages`.

use blackbox::{expect_field, now_s, post_message, sign_up};
use serde_json::{Value, json};
use testkit::{Answer, Backend, Banyan, Client, both_backends};

async fn post(client: &Client, token: &str, body: Value) -> Answer {
    client.post("/api/messages").bearer(token).json(&body).send().await
}

both_backends! {
    /// 201 with all the fields and nothing else, and `Location` leads to it.
    async fn a_message_is_posted(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let before = now_s();
        let answer = post(&banyan, &ann.token, json!({"source": "Hello *world*"})).await.expect_status(201);
        let made = answer.json();
        let (id, at) = (made["id"].as_i64().unwrap(), made["created_at"].as_i64().unwrap());
        assert!((before..=now_s()).contains(&at), "{made}");
        assert_eq!(made, json!({
            "id": id, "created_at": at, "updated_at": at, "source": "Hello *world*",
            "html": "Hello <em>world</em>", "user_id": ann.id,
            "_links": {"self": format!("/api/messages/{id}"), "user": format!("/api/users/{}", ann.id)},
        }));
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("location"), format!("http://{}/api/messages/{id}", banyan.public()));
        let found = banyan.get(&format!("/api/messages/{id}")).send().await.expect_status(200);
        assert_eq!(found.json(), made);
        let next = post_message(&banyan, &ann, "again").await;
        assert!(next["id"].as_i64().unwrap() > id, "ids ascend");
    }

    /// The author is who sent it, the time is now, and the html is rendered here, whatever the body says.
    async fn unknown_fields_are_ignored(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let (ann, bob) = (sign_up(&banyan, "ann").await, sign_up(&banyan, "bob").await);
        let body = json!({
            "id": null, "source": "hi", "html": "<script>", "user_id": bob.id, "created_at": 1, "_links": 3,
        });
        let made = post(&banyan, &ann.token, body).await.expect_status(201).json();
        assert_eq!((&made["user_id"], &made["html"]), (&json!(ann.id), &json!("hi")));
        assert_ne!(made["created_at"], 1);
    }

    /// 400 names `source` when it is missing, of another type, empty, too long, or cannot be kept.
    async fn a_source_that_is_not_valid(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        for source in [
            json!(null), json!(7), json!(true), json!(["hi"]), json!({"text": "hi"}), json!(""),
            json!("x".repeat(16 * 1024 + 1)), json!("ä".repeat(8 * 1024 + 1)), json!("nul \u{0}"),
        ] {
            expect_field(&post(&banyan, &ann.token, json!({"source": source})).await, "source");
        }
        expect_field(&post(&banyan, &ann.token, json!({})).await, "source");
        let list = banyan.get("/api/messages").send().await.json();
        assert_eq!(list, json!({"messages": []}), "none of them was posted");
    }

    /// One character, and 16 KiB.
    async fn bounds_of_a_source(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        for source in ["x".to_owned(), "x".repeat(16 * 1024), "ä".repeat(8 * 1024), "🦀".repeat(4 * 1024)] {
            let made = post_message(&banyan, &ann, &source).await;
            assert_eq!(made["source"], source);
        }
    }

    /// A `Location` is absolute as the client sees the place: it takes the host that the client asked for.
    async fn location_has_the_host_that_was_asked_for(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let call = banyan.post("/api/messages").bearer(&ann.token).header("host", "chat.example:81");
        let answer = call.json(&json!({"source": "hi"})).send().await.expect_status(201);
        assert_eq!(answer.header("location"), "http://chat.example:81/api/messages/1");
    }
}
