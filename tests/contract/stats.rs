//! `GET /stats`.

use testkit::{Backend, Banyan, both_backends};

both_backends! {
    /// 200 with the mean of the last 15 s, whatever was asked and whatever was answered.
    async fn the_rate_is_shown(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        for path in ["/api/users", "/api/users/77", "/nowhere"].iter().cycle().take(30) {
            banyan.get(path).send().await;
        }
        let answer = banyan.get("/stats").send().await.expect_status(200);
        assert_eq!(answer.header("content-type"), "application/json");
        let body = answer.json();
        assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
        let rate = body["requests_per_second"].as_f64().unwrap();
        // 30 in 15 s; a few more when this very call counts, and fewer only when the machine took seconds.
        assert!((0.5..=2.5).contains(&rate), "{body}");
    }
}
