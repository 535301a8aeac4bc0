//! A restart in order: everything is as it was.

use blackbox::{PASSWORD, post_message, sign_in, sign_up};
use serde_json::Value;
use testkit::{Backend, Banyan, Client, both_backends};

async fn everything(client: &Client) -> Vec<Value> {
    let mut all = Vec::new();
    for path in ["/api/users", "/api/users/1", "/api/messages", "/api/messages/1", "/.well-known/jwks.json"] {
        all.push(client.get(path).send().await.expect_status(200).json());
    }
    all
}

both_backends! {
    /// Accounts, messages, keys, tokens and passwords.
    async fn everything_is_as_it_was(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        post_message(&banyan, &ann, "*hello*").await;
        let before = everything(&banyan).await;
        assert_eq!(banyan.sigterm_and_wait().await.code(), Some(0));
        let banyan = banyan.restart().await;
        assert_eq!(everything(&banyan).await, before);
        banyan.put("/api/users/me").bearer(&ann.token).send().await.expect_status(204);
        sign_in(&banyan, "ann", PASSWORD).await;
        let next = post_message(&banyan, &ann, "again").await;
        assert!(next["id"].as_i64() > before[3]["id"].as_i64(), "ids go on where they were");
    }
}
