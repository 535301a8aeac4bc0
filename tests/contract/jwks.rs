//! `GET /.well-known/jwks.json`.

use testkit::{Backend, Banyan, both_backends};

both_backends! {
    /// 200 with the public keys (RFC 7517), and nothing of the private ones.
    async fn the_keys_are_public(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let answer = banyan.get("/.well-known/jwks.json").send().await.expect_status(200);
        assert_eq!(answer.header("content-type"), "application/json");
        let body = answer.json();
        let keys = body["keys"].as_array().unwrap();
        assert_eq!(keys.len(), 1);
        let key = keys[0].as_object().unwrap();
        let mut members: Vec<&str> = key.keys().map(String::as_str).collect();
        members.sort_unstable();
        assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x"], "`d` would be the private key");
        assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&"OKP".into(), &"Ed25519".into(), &"EdDSA".into()));
        assert_eq!(key["x"].as_str().unwrap().len(), 43, "32 bytes as base64url");
    }

    /// The key is kept: a process that starts again signs and verifies with the same.
    async fn the_keys_outlive_the_process(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let before = banyan.get("/.well-known/jwks.json").send().await.json();
        let banyan = banyan.restart().await;
        assert_eq!(banyan.get("/.well-known/jwks.json").send().await.json(), before);
    }
}
