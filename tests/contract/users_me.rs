//! `GET`, `PUT` and `DELETE /api/users/me`.

use blackbox::{Member, PASSWORD, expect_unauthenticated, sign_up, store};
use serde_json::Value;
use testkit::{Backend, Banyan, Client, both_backends};

async fn user(client: &Client, member: &Member) -> Value {
    client.get(&format!("/api/users/{}", member.id)).send().await.expect_status(200).json()
}

async fn leave(client: &Client, member: &Member) {
    let left = client.delete("/api/users/me").bearer(&member.token).send().await.expect_status(204);
    assert_eq!(left.text(), "");
    assert_eq!(user(client, member).await["online"], false);
}

both_backends! {
    /// By token or by nickname and password; the user is online in the very answer.
    async fn who_one_is(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        for by_token in [true, false] {
            leave(&banyan, &ann).await;
            let call = banyan.get("/api/users/me");
            let call = if by_token { call.bearer(&ann.token) } else { call.basic("ann", PASSWORD) };
            let me = call.send().await.expect_status(200).json();
            assert_eq!((me["id"].as_i64(), me["online"].as_bool()), (Some(ann.id), Some(true)), "{by_token}");
            assert_eq!(me, user(&banyan, &ann).await, "the same as anybody sees");
        }
    }

    /// 401 for a wrong password, a nickname that nobody has, and what cannot be either.
    async fn wrong_credentials(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        sign_up(&banyan, "ann").await;
        let long = "p".repeat(2000);
        for (nickname, password) in
            [("ann", "wrong horse"), ("ann", ""), ("Ann", PASSWORD), ("nobody", PASSWORD), ("", ""), ("ann", &long)]
        {
            expect_unauthenticated(&banyan.get("/api/users/me").basic(nickname, password).send().await);
        }
    }

    /// 204, and online.
    async fn one_comes_online(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        leave(&banyan, &ann).await;
        let came = banyan.put("/api/users/me").bearer(&ann.token).send().await.expect_status(204);
        assert_eq!(came.text(), "");
        assert_eq!(user(&banyan, &ann).await["online"], true);
        // A body is not asked for, and does no harm.
        banyan.put("/api/users/me").bearer(&ann.token).body("no json").send().await.expect_status(204);
    }

    /// 204, offline at once; the account stays, and so does the token.
    async fn one_goes_offline(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        assert_eq!(user(&banyan, &ann).await["online"], true);
        leave(&banyan, &ann).await;
        leave(&banyan, &ann).await;
        banyan.get("/api/users/me").basic("ann", PASSWORD).send().await.expect_status(200);
        banyan.put("/api/users/me").bearer(&ann.token).send().await.expect_status(204);
    }

    /// A token whose account is gone says who nobody is: 401, not 404.
    async fn an_account_that_is_gone(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        store(banyan.database(), "users").run("DELETE FROM users").unwrap();
        for method in ["GET", "PUT"] {
            expect_unauthenticated(&banyan.call(method, "/api/users/me").bearer(&ann.token).send().await);
        }
    }
}
