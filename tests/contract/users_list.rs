//! `GET /api/users`: order, filters.

use blackbox::{PASSWORD, next_second, sign_up, store};
use serde_json::{Value, json};
use testkit::{Backend, Banyan, Client, both_backends};

async fn nicknames(client: &Client, query: &str) -> Vec<String> {
    let list = client.get(&format!("/api/users{query}")).send().await.expect_status(200).json();
    let names =
        list["users"].as_array().unwrap().iter().map(|user| user["nickname"].as_str().unwrap().to_owned());
    names.collect()
}

async fn create(client: &Client, nickname: &str) {
    let body = json!({"nickname": nickname, "password": PASSWORD});
    client.post("/api/users").json(&body).send().await.expect_status(201);
}

both_backends! {
    /// 200 with each account as it is shown by itself, and nothing else.
    async fn accounts_are_listed(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        assert_eq!(banyan.get("/api/users").send().await.expect_status(200).json(), json!({"users": []}));
        let ann = sign_up(&banyan, "ann").await;
        create(&banyan, "bob").await;
        let answer = banyan.get("/api/users").send().await.expect_status(200);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("link"), "");
        let list = answer.json();
        assert_eq!(list.as_object().unwrap().len(), 1);
        let users = list["users"].as_array().unwrap();
        assert_eq!(users.len(), 2);
        for user in users {
            let by_itself: Value = banyan.get(user["_links"]["self"].as_str().unwrap()).send().await.json();
            assert_eq!(*user, by_itself);
        }
        let signed_in = banyan.get("/api/users").bearer(&ann.token).send().await.expect_status(200).json();
        assert_eq!(signed_in["users"].as_array().unwrap().len(), 2);
    }

    /// By `updated_at`, then by nickname: byte by byte, on either engine.
    async fn accounts_are_sorted(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        for nickname in ["b", "ä", "a", "B", "_", "1", "late"] {
            create(&banyan, nickname).await;
        }
        let mut store = store(banyan.database(), "users");
        store.run("UPDATE users SET updated_at = 1000").unwrap();
        store.run("UPDATE users SET updated_at = 1001 WHERE nickname = 'late'").unwrap();
        store.run("UPDATE users SET updated_at = 999 WHERE nickname = 'b'").unwrap();
        assert_eq!(nicknames(&banyan, "").await, ["b", "1", "B", "_", "a", "ä", "late"]);
    }

    /// `online=0` is offline, any other value online, and empty as if absent.
    async fn accounts_by_presence(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        sign_up(&banyan, "here").await;
        create(&banyan, "away").await;
        for query in ["?online=0", "?online=0&updated_since="] {
            assert_eq!(nicknames(&banyan, query).await, ["away"], "{query}");
        }
        for query in ["?online=1", "?online=true", "?online=00", "?online=no", "?online=%20"] {
            assert_eq!(nicknames(&banyan, query).await, ["here"], "{query}");
        }
        for query in ["", "?online=", "?online", "?", "?online=&limit=&cursor=&updated_since=", "?unknown=1"] {
            assert_eq!(nicknames(&banyan, query).await.len(), 2, "{query}");
        }
    }

    /// `updated_since` is strictly greater than.
    async fn accounts_that_changed_since(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        create(&banyan, "early").await;
        next_second().await;
        create(&banyan, "late").await;
        let list = banyan.get("/api/users").send().await.json();
        let [early, late] = [0, 1].map(|at| list["users"][at]["updated_at"].as_i64().unwrap());
        assert!(early < late);
        for (since, found) in [
            (early - 1, vec!["early", "late"]),
            (early, vec!["late"]),
            (late - 1, vec!["late"]),
            (late, vec![]),
            (i64::MAX, vec![]),
            (i64::MIN, vec!["early", "late"]),
            (0, vec!["early", "late"]),
        ] {
            assert_eq!(nicknames(&banyan, &format!("?updated_since={since}")).await, found, "{since}");
        }
        assert_eq!(nicknames(&banyan, &format!("?online=1&updated_since={early}")).await, [""; 0]);
        assert_eq!(nicknames(&banyan, &format!("?online=0&updated_since={early}")).await, ["late"]);
    }
}
