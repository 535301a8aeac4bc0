//! Who is online, and when `updated_at` moves.

use blackbox::{Member, PASSWORD, SOON, next_second, post_message, sign_in, sign_up};
use serde_json::{Value, json};
use testkit::{Backend, Banyan, Client, both_backends, eventually};

async fn user(client: &Client, member: &Member) -> Value {
    client.get(&format!("/api/users/{}", member.id)).send().await.expect_status(200).json()
}

/// Goes offline, and waits until the next call is a second later.
async fn leave(client: &Client, member: &Member) {
    client.delete("/api/users/me").bearer(&member.token).send().await.expect_status(204);
    assert_eq!(user(client, member).await["online"], false);
    next_second().await;
}

/// The calls that a token may be sent with, but for those that end its use.
const CALLS: [(&str, &str); 9] = [
    ("GET", "/api/users"),
    ("GET", "/api/users/1"),
    ("GET", "/api/users/77"),
    ("PUT", "/api/users/1"),
    ("PUT", "/api/users/me"),
    ("POST", "/api/messages"),
    ("GET", "/api/messages"),
    ("GET", "/api/messages/1"),
    ("PUT", "/api/messages/1"),
];

both_backends! {
    /// Every call with a token makes online, whether it succeeds or not.
    async fn every_authenticated_call_makes_online(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        post_message(&banyan, &ann, "hello").await;
        for (method, path) in CALLS {
            leave(&banyan, &ann).await;
            let call = banyan.call(method, path).bearer(&ann.token);
            let answer = call.json(&json!({"source": "hello"})).send().await;
            assert_ne!(answer.status, 401, "{method} {path}");
            assert_eq!(user(&banyan, &ann).await["online"], true, "{method} {path}");
        }
        leave(&banyan, &ann).await;
        sign_in(&banyan, "ann", PASSWORD).await;
        assert_eq!(user(&banyan, &ann).await["online"], true, "POST /api/tokens");
        // A wrong password says nothing of where ann is.
        leave(&banyan, &ann).await;
        assert_eq!(banyan.post("/api/tokens").basic("ann", "wrong").send().await.status, 401);
        assert_eq!(banyan.get("/api/users/me").bearer("x").send().await.status, 401);
        assert_eq!(user(&banyan, &ann).await["online"], false);
    }

    /// One who left and calls again in the same second is online again, and the other way round.
    async fn coming_and_going_within_a_second(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        for _ in 0..5 {
            banyan.delete("/api/users/me").bearer(&ann.token).send().await.expect_status(204);
            assert_eq!(user(&banyan, &ann).await["online"], false);
            banyan.get("/api/messages").bearer(&ann.token).send().await.expect_status(200);
            assert_eq!(user(&banyan, &ann).await["online"], true);
        }
    }

    /// `last_seen_at` moves with every call, `updated_at` with nickname and `online` only.
    async fn what_moves_updated_at(backend: Backend) {
        // A disk that takes its time, under other tests, is not what this is about.
        let builder = Banyan::builder(backend).setting("users.presence_wait_ms", "10000");
        let banyan = builder.start().await;
        let ann = sign_up(&banyan, "ann").await;
        let path = format!("/api/users/{}", ann.id);
        let mut before = user(&banyan, &ann).await;
        let steps = [
            ("a mere call", "GET", "/api/messages", json!(null), false),
            ("an edit of nothing", "PUT", path.as_str(), json!({}), false),
            ("the same nickname", "PUT", &path, json!({"nickname": "ann"}), false),
            ("another nickname", "PUT", &path, json!({"nickname": "anna"}), true),
            ("online already", "PUT", "/api/users/me", json!(null), false),
            ("going", "DELETE", "/api/users/me", json!(null), true),
            ("coming", "PUT", "/api/users/me", json!(null), true),
            ("another password", "PUT", &path, json!({"password": "another horse"}), false),
        ];
        for (what, method, path, body, moves) in steps {
            next_second().await;
            let call = banyan.call(method, path).bearer(&ann.token).json(&body).send().await;
            assert!(call.status < 300, "{what}: {}", call.text());
            let after = user(&banyan, &ann).await;
            let moved = after["updated_at"].as_i64() > before["updated_at"].as_i64();
            assert_eq!(moved, moves, "{what}: {before} {after}");
            let seen = after["last_seen_at"].as_i64() > before["last_seen_at"].as_i64();
            assert!(seen || what == "going", "{what}: {before} {after}");
            before = after;
        }
    }

    /// One who is not seen for a while goes offline by itself, which moves `updated_at`; one who calls stays.
    async fn those_unseen_go_offline(backend: Backend) {
        let builder = Banyan::builder(backend);
        let builder = builder.setting("users.offline_after_s", "5").setting("users.sweep_every_s", "1");
        let banyan = builder.start().await;
        let (ann, bob) = (sign_up(&banyan, "ann").await, sign_up(&banyan, "bob").await);
        let before = user(&banyan, &ann).await;
        assert_eq!(before["online"], true);
        let after = eventually("ann's going offline", SOON, async || {
            banyan.put("/api/users/me").bearer(&bob.token).send().await.expect_status(204);
            Some(user(&banyan, &ann).await).filter(|ann| ann["online"] == false)
        }).await;
        let unseen = after["updated_at"].as_i64().unwrap() - before["last_seen_at"].as_i64().unwrap();
        assert!(unseen >= 5, "not before she was unseen for 5 s: {before} {after}");
        assert_eq!(after["last_seen_at"], before["last_seen_at"]);
        assert_eq!(user(&banyan, &bob).await["online"], true);
        let changed = format!("/api/users?online=0&updated_since={}", before["updated_at"]);
        let list = banyan.get(&changed).send().await.json();
        assert_eq!(list["users"][0]["nickname"], "ann", "clients that ask what changed see it");
    }

    /// Presence outlives the process: one who was online and is not seen again goes offline after the restart.
    async fn those_unseen_go_offline_after_a_restart(backend: Backend) {
        let builder = Banyan::builder(backend);
        let builder = builder.setting("users.offline_after_s", "5").setting("users.sweep_every_s", "1");
        let banyan = builder.start().await;
        let ann = sign_up(&banyan, "ann").await;
        banyan.kill9().await;
        let banyan = banyan.restart().await;
        eventually("ann's going offline", SOON, async || {
            (user(&banyan, &ann).await["online"] == false).then_some(())
        }).await;
    }
}
