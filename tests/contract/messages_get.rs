//! `GET /api/messages/{id}`.

use crate::users::NO_IDS;
use blackbox::{expect_problem, post_message, sign_up};
use testkit::{Backend, Banyan, both_backends};

both_backends! {
    /// 200 with the message, for anybody; 404 for one that is not there, and for an id that is no number.
    async fn a_message_is_shown(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let (ann, bob) = (sign_up(&banyan, "ann").await, sign_up(&banyan, "bob").await);
        let posted = post_message(&banyan, &ann, "hello").await;
        let path = posted["_links"]["self"].as_str().unwrap();
        assert_eq!(banyan.get(path).send().await.expect_status(200).json(), posted);
        assert_eq!(banyan.get(path).bearer(&bob.token).send().await.expect_status(200).json(), posted);
        for id in NO_IDS.into_iter().chain(["77", "9223372036854775807"]) {
            let answer = banyan.get(&format!("/api/messages/{id}")).send().await;
            assert_eq!(expect_problem(&answer, 404)["error"], "not found", "{id}");
        }
    }
}
