//! SQLite: a file that another process holds is a module whose database is away, and no other's.

use blackbox::{SOON, expect_problem, post_message, sign_up, store};
use serde_json::json;
use testkit::{Backend, Banyan, eventually, run};

#[test]
fn a_file_that_somebody_else_writes_to() {
    run(Backend::Sqlite, |backend| async move {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        post_message(&banyan, &ann, "hello").await;
        let mut other = store(banyan.database(), "messages");
        other.run("BEGIN EXCLUSIVE").unwrap();
        let post = || banyan.post("/api/messages").bearer(&ann.token).json(&json!({"source": "bye"}));
        let away = tokio::time::timeout(std::time::Duration::from_secs(2), post().send()).await.unwrap();
        expect_problem(&away, 503);
        assert_ne!(away.header("retry-after"), "");
        banyan.get("/api/messages/1").send().await.expect_status(200);
        banyan.get("/api/users").bearer(&ann.token).send().await.expect_status(200);
        sign_up(&banyan, "bob").await;
        other.run("ROLLBACK").unwrap();
        eventually("the file's being free", SOON, async || (post().send().await.status == 201).then_some(()))
            .await;
    });
}
