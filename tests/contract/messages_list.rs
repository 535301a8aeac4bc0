//! `GET /api/messages`: order, filters, and the day after which a message is not listed.

use blackbox::{next_second, now_s, post_message, sign_up, store};
use serde_json::{Value, json};
use testkit::{Backend, Banyan, Client, both_backends};

const DAY_S: i64 = 24 * 3600;

async fn list(client: &Client, query: &str) -> Vec<Value> {
    let answer = client.get(&format!("/api/messages{query}")).send().await.expect_status(200);
    answer.json()["messages"].as_array().unwrap().clone()
}

async fn sources(client: &Client, query: &str) -> Vec<String> {
    list(client, query).await.iter().map(|message| message["source"].as_str().unwrap().to_owned()).collect()
}

both_backends! {
    /// 200 with each message as it is shown by itself, and nothing else.
    async fn messages_are_listed(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        assert_eq!(banyan.get("/api/messages").send().await.expect_status(200).json(), json!({"messages": []}));
        let ann = sign_up(&banyan, "ann").await;
        let posted = [post_message(&banyan, &ann, "one").await, post_message(&banyan, &ann, "two").await];
        let answer = banyan.get("/api/messages").send().await.expect_status(200);
        assert_eq!((answer.header("content-type"), answer.header("link")), ("application/json", ""));
        assert_eq!(answer.json(), json!({"messages": posted}));
        let signed_in = banyan.get("/api/messages").bearer(&ann.token).send().await.expect_status(200);
        assert_eq!(signed_in.json(), json!({"messages": posted}));
    }

    /// By `updated_at`, then by id: an edited one comes last.
    async fn messages_are_sorted(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        for source in ["one", "two", "three"] {
            post_message(&banyan, &ann, source).await;
        }
        assert_eq!(sources(&banyan, "").await, ["one", "two", "three"]);
        next_second().await;
        let edit = banyan.put("/api/messages/1").bearer(&ann.token).json(&json!({"source": "one!"}));
        edit.send().await.expect_status(204);
        assert_eq!(sources(&banyan, "").await, ["two", "three", "one!"]);
        store(banyan.database(), "messages").run("UPDATE messages SET updated_at = updated_at + 9 - id").unwrap();
        let sorted = list(&banyan, "").await;
        let keys: Vec<_> = sorted.iter().map(|row| (row["updated_at"].as_i64(), row["id"].as_i64())).collect();
        assert!(keys.is_sorted(), "{keys:?}");
    }

    /// `user_id` gives one author's; it is where the `_links` of an account lead.
    async fn messages_of_one_author(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let (ann, bob) = (sign_up(&banyan, "ann").await, sign_up(&banyan, "bob").await);
        post_message(&banyan, &ann, "of ann").await;
        post_message(&banyan, &bob, "of bob").await;
        post_message(&banyan, &ann, "of ann, too").await;
        let account = banyan.get(&format!("/api/users/{}", ann.id)).send().await.json();
        let link = account["_links"]["messages"].as_str().unwrap().strip_prefix("/api/messages").unwrap();
        assert_eq!(sources(&banyan, link).await, ["of ann", "of ann, too"]);
        assert_eq!(sources(&banyan, &format!("?user_id={}&limit=5", bob.id)).await, ["of bob"]);
        assert_eq!(sources(&banyan, "?user_id=77").await, [""; 0]);
        assert_eq!(sources(&banyan, "?user_id=").await.len(), 3);
    }

    /// `updated_since` is strictly greater than.
    async fn messages_that_changed_since(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let early = post_message(&banyan, &ann, "early").await["updated_at"].as_i64().unwrap();
        next_second().await;
        let late = post_message(&banyan, &ann, "late").await["updated_at"].as_i64().unwrap();
        for (since, found) in [
            (early - 1, vec!["early", "late"]),
            (early, vec!["late"]),
            (late - 1, vec!["late"]),
            (late, vec![]),
            (i64::MAX, vec![]),
            (i64::MIN, vec!["early", "late"]),
        ] {
            assert_eq!(sources(&banyan, &format!("?updated_since={since}")).await, found, "{since}");
        }
        let both = format!("?user_id={}&updated_since={early}", ann.id);
        assert_eq!(sources(&banyan, &both).await, ["late"]);
    }

    /// What did not change for 24 hours is not listed, however it is asked for, and is there all the same.
    async fn messages_of_yesterday_are_not_listed(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        for source in ["old", "nearly old", "new"] {
            post_message(&banyan, &ann, source).await;
        }
        let mut store = store(banyan.database(), "messages");
        for (id, at) in [(1, now_s() - DAY_S - 1), (2, now_s() - DAY_S + 600)] {
            store.run(&format!("UPDATE messages SET created_at = {at}, updated_at = {at} WHERE id = {id}")).unwrap();
        }
        for query in ["", "?updated_since=0", "?limit=1000", &format!("?user_id={}", ann.id)] {
            assert_eq!(sources(&banyan, query).await, ["nearly old", "new"], "{query}");
        }
        let old = banyan.get("/api/messages/1").send().await.expect_status(200).json();
        assert_eq!(old["source"], "old");
        // An edit brings it back.
        let edit = banyan.put("/api/messages/1").bearer(&ann.token).json(&json!({"source": "as new"}));
        edit.send().await.expect_status(204);
        assert!(sources(&banyan, "").await.contains(&"as new".to_owned()));
    }
}
