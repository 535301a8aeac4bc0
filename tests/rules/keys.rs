//! Rotation of the keys beside a running process, without signing anybody out.

use blackbox::{PASSWORD, SOON, expect_unauthenticated, sign_in, sign_up};
use std::collections::BTreeSet;
use testkit::{Backend, Banyan, Client, CommandOutput, both_backends, eventually};

async fn published(client: &Client) -> BTreeSet<String> {
    let keys = client.get("/.well-known/jwks.json").send().await.expect_status(200).json();
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// A new token's head: it has the key's id in it, and is the same for every token that the key signs.
async fn head_of_a_new_token(client: &Client) -> String {
    sign_in(client, "ann", PASSWORD).await.split('.').next().unwrap().to_owned()
}

async fn keys(banyan: &Banyan, what: &str) -> String {
    let mut command = banyan.command(&["keys", what]);
    CommandOutput::of(&mut command).await.expect_success().stdout
}

both_backends! {
    /// The new key is published before it signs, signs soon, and tokens of the old one count on.
    async fn a_rotation_signs_nobody_out(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let (before, head) = (published(&banyan).await, head_of_a_new_token(&banyan).await);
        let listed = keys(&banyan, "rotate").await;
        assert_eq!(listed.lines().count(), 2, "{listed}");
        let after = eventually("the new key", SOON, async || {
            Some(published(&banyan).await).filter(|keys| keys.len() == 2)
        }).await;
        assert!(after.is_superset(&before), "{before:?} {after:?}");
        assert!(after.iter().all(|kid| listed.contains(kid)), "{after:?} {listed}");
        let fresh = eventually("a token of the new key", SOON, async || {
            Some(head_of_a_new_token(&banyan).await).filter(|fresh| *fresh != head)
        }).await;
        assert_ne!(fresh, head);
        let new = sign_in(&banyan, "ann", PASSWORD).await;
        for token in [&ann.token, &new] {
            banyan.put("/api/users/me").bearer(token).send().await.expect_status(204);
        }
        assert_eq!(published(&banyan).await, after, "the old one is published as long as its tokens live");
        let banyan = banyan.restart().await;
        for token in [&ann.token, &new] {
            banyan.put("/api/users/me").bearer(token).send().await.expect_status(204);
        }
        assert_eq!(keys(&banyan, "list").await.lines().count(), 2);
    }

    /// Tokens of the old key can be revoked after the rotation like any other.
    async fn what_the_old_key_signed_can_be_revoked(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        keys(&banyan, "rotate").await;
        eventually("the new key", SOON, async || (published(&banyan).await.len() == 2).then_some(())).await;
        banyan.delete("/api/tokens").bearer(&ann.token).send().await.expect_status(204);
        expect_unauthenticated(&banyan.get("/api/users/me").bearer(&ann.token).send().await);
    }
}
