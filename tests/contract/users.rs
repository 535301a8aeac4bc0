//! `POST /api/users`, `GET` and `PUT /api/users/{id}`.

use blackbox::{Member, PASSWORD, expect_field, expect_problem, next_second, now_s, sign_in, sign_up};
use serde_json::{Value, json};
use testkit::{Answer, Backend, Banyan, Client, both_backends};

async fn create(client: &Client, body: Value) -> Answer {
    client.post("/api/users").json(&body).send().await
}

async fn change(client: &Client, caller: &Member, id: &str, body: Value) -> Answer {
    client.put(&format!("/api/users/{id}")).bearer(&caller.token).json(&body).send().await
}

async fn user(client: &Client, id: i64) -> Value {
    client.get(&format!("/api/users/{id}")).send().await.expect_status(200).json()
}

/// What stands where an id belongs and is none: no number, other spellings, numbers too large.
pub(crate) const NO_IDS: [&str; 8] = ["x", "-1", "0", "+1", "01", "1.0", "9223372036854775808", "%31x"];

both_backends! {
    /// 201 with all the fields and nothing else, and `Location` leads to it.
    async fn an_account_is_made(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let before = now_s();
        let answer = create(&banyan, json!({"nickname": "ann", "password": PASSWORD})).await.expect_status(201);
        let made = answer.json();
        let at = made["created_at"].as_i64().unwrap();
        assert!((before..=now_s()).contains(&at), "{made}");
        let id = made["id"].as_i64().unwrap();
        assert_eq!(made, json!({
            "id": id, "created_at": at, "updated_at": at, "last_seen_at": at, "nickname": "ann", "online": false,
            "_links": {
                "self": format!("/api/users/{id}"),
                "messages": format!("/api/messages?user_id={id}"),
                "tokens": "/api/tokens",
            },
        }));
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("location"), format!("http://{}/api/users/{id}", banyan.public()));
        assert_eq!(user(&banyan, id).await, made);
        let next = create(&banyan, json!({"nickname": "bob", "password": PASSWORD})).await.expect_status(201);
        assert!(next.json()["id"].as_i64().unwrap() > id, "ids ascend");
    }

    /// Fields that nobody asked for are ignored, also those that the answer has.
    async fn unknown_fields_are_ignored(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let body = json!({
            "id": null, "nickname": "ann", "password": PASSWORD, "online": true, "created_at": 1,
            "_links": {"self": "x"}, "more": [1, {"nickname": 2}],
        });
        let made = create(&banyan, body).await.expect_status(201).json();
        assert_eq!((&made["online"], &made["nickname"]), (&json!(false), &json!("ann")));
        assert_ne!(made["created_at"], 1);
    }

    /// 400 names the field that is missing, of another type, out of bounds, or taken.
    async fn an_account_that_cannot_be_made(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        sign_up(&banyan, "ann").await;
        for (nickname, password, field) in [
            (json!("ann"), json!(PASSWORD), "nickname"),
            (json!(""), json!(PASSWORD), "nickname"),
            (json!("n".repeat(33)), json!(PASSWORD), "nickname"),
            (json!("a\u{0}b"), json!(PASSWORD), "nickname"),
            (json!("a\nb"), json!(PASSWORD), "nickname"),
            (json!("a\u{9b}b"), json!(PASSWORD), "nickname"),
            (json!(null), json!(PASSWORD), "nickname"),
            (json!(7), json!(PASSWORD), "nickname"),
            (json!(["bob"]), json!(PASSWORD), "nickname"),
            (json!("bob"), json!("seven77"), "password"),
            (json!("bob"), json!("p".repeat(1025)), "password"),
            (json!("bob"), json!(null), "password"),
            (json!("bob"), json!(12345678), "password"),
            (json!("bob"), json!({"a": 1}), "password"),
        ] {
            expect_field(&create(&banyan, json!({"nickname": nickname, "password": password})).await, field);
        }
        expect_field(&create(&banyan, json!({"password": PASSWORD})).await, "nickname");
        expect_field(&create(&banyan, json!({"nickname": "bob"})).await, "password");
        let users = banyan.get("/api/users").send().await.json();
        assert_eq!(users["users"].as_array().unwrap().len(), 1, "none of them was made");
    }

    /// The longest and the shortest that may be: counted in characters, the password's most in bytes.
    async fn bounds_of_nickname_and_password(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        for (nickname, password) in [
            ("n", "eight888".to_owned()),
            (" ", "ä".repeat(8)),
            ("ÄÖÜ äöü ß 日本語 🦀 نص", "p".repeat(1024)),
            ("<script>'\";--", "🦀".repeat(256)),
        ] {
            create(&banyan, json!({"nickname": nickname, "password": password})).await.expect_status(201);
            sign_in(&banyan, nickname, &password).await;
        }
        let longest = "🦀".repeat(32);
        let made = create(&banyan, json!({"nickname": longest, "password": PASSWORD})).await.expect_status(201);
        assert_eq!(made.json()["nickname"], longest);
        create(&banyan, json!({"nickname": "N", "password": PASSWORD})).await.expect_status(201);
    }

    /// 200 with the account; 404 for one that is not there, and for an id that is no number.
    async fn an_account_is_shown(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let shown = user(&banyan, ann.id).await;
        assert_eq!((&shown["nickname"], &shown["online"]), (&json!("ann"), &json!(true)));
        let own = banyan.get(&format!("/api/users/{}", ann.id)).bearer(&ann.token).send().await;
        assert_eq!(own.expect_status(200).json()["id"], ann.id);
        for id in NO_IDS.into_iter().chain(["77", "9223372036854775807"]) {
            let answer = banyan.get(&format!("/api/users/{id}")).send().await;
            assert_eq!(expect_problem(&answer, 404)["error"], "not found", "{id}");
        }
    }

    /// 204 without a body; what is not sent stays, and what nobody asked for is ignored.
    async fn an_account_is_changed(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let (id, before) = (ann.id.to_string(), user(&banyan, ann.id).await);
        let renamed = change(&banyan, &ann, &id, json!({"nickname": "anna", "id": 9, "online": null})).await;
        let renamed = renamed.expect_status(204);
        assert_eq!((renamed.text().as_str(), renamed.header("content-type")), ("", ""));
        let after = user(&banyan, ann.id).await;
        assert_eq!((&after["nickname"], &after["created_at"]), (&json!("anna"), &before["created_at"]));
        sign_in(&banyan, "anna", PASSWORD).await;
        change(&banyan, &ann, &id, json!({"nickname": "anna"})).await.expect_status(204);
        change(&banyan, &ann, &id, json!({})).await.expect_status(204);
        change(&banyan, &ann, &id, json!({"password": "another horse"})).await.expect_status(204);
        sign_in(&banyan, "anna", "another horse").await;
        assert_eq!(banyan.post("/api/tokens").basic("anna", PASSWORD).send().await.status, 401);
    }

    /// 400 names the field, and nothing has changed: the password neither, when only the nickname is at fault.
    async fn a_change_that_is_not_valid(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let (ann, bob) = (sign_up(&banyan, "ann").await, sign_up(&banyan, "bob").await);
        let id = ann.id.to_string();
        next_second().await;
        for (body, field) in [
            (json!({"nickname": "bob"}), "nickname"),
            (json!({"nickname": "bob", "password": "another horse"}), "nickname"),
            (json!({"nickname": ""}), "nickname"),
            (json!({"nickname": "n".repeat(33)}), "nickname"),
            (json!({"nickname": null}), "nickname"),
            (json!({"nickname": "a\u{0}"}), "nickname"),
            (json!({"password": "seven77"}), "password"),
            (json!({"nickname": "anna", "password": 12345678}), "password"),
            (json!({"nickname": "anna", "password": "p".repeat(1025)}), "password"),
        ] {
            expect_field(&change(&banyan, &ann, &id, body).await, field);
        }
        assert_eq!(user(&banyan, ann.id).await["nickname"], "ann");
        sign_in(&banyan, "ann", PASSWORD).await;
        // Her token counts still: nothing was revoked for a change that was refused.
        banyan.put("/api/users/me").bearer(&ann.token).send().await.expect_status(204);
        assert_eq!(user(&banyan, bob.id).await["nickname"], "bob");
    }

    /// 403 for somebody else's account, 404 for one that is not there.
    async fn somebody_elses_account(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let (ann, bob) = (sign_up(&banyan, "ann").await, sign_up(&banyan, "bob").await);
        let body = json!({"nickname": "mallory", "password": "mallory's horse"});
        let refused = change(&banyan, &ann, &bob.id.to_string(), body.clone()).await;
        assert_ne!(expect_problem(&refused, 403)["error"], "");
        for id in NO_IDS.into_iter().chain(["77"]) {
            let answer = change(&banyan, &ann, id, body.clone()).await;
            assert_eq!(expect_problem(&answer, 404)["error"], "not found", "{id}");
        }
        assert_eq!(user(&banyan, bob.id).await["nickname"], "bob");
        sign_in(&banyan, "bob", PASSWORD).await;
    }
}
