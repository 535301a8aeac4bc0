//! A client that asks for a dry run never gets a real one, whichever side its request goes to.

use crate::kit::{Program, Python, RAW, percent, side};
use blackbox::{SOON, expect_problem, sign_up};
use serde_json::json;
use testkit::{Backend, Banyan, Client, both_backends, eventually, run, workspace_root};

const MARKS: [&str; 3] = ["banyan-dry-run", "Banyan-Dry-Run", "banyan_dry_run"];

#[test]
fn a_marked_request_is_not_passed_on() {
    run(Backend::Sqlite, |_| async {
        let directory = tempfile::tempdir().unwrap();
        let upstream = Python::start(RAW, &[]).await;
        let legacy = format!("http://{}", upstream.address);
        let gateway = Program::gateway(directory.path(), &["--legacy", &legacy]).await;
        for mark in MARKS {
            for value in ["1", ""] {
                let answer = gateway.post("/upload").header(mark, value).body("abc").send().await;
                expect_problem(&answer, 403);
                assert_eq!(
                    (side(&answer).as_str(), answer.header("banyan-dry-run")),
                    ("", ""),
                    "nobody was asked"
                );
            }
        }
        let answer = gateway.post("/upload").header("banyan-dry-runs", "1").body("abc").send().await;
        assert_eq!(answer.expect_status(200).text(), "3");
        let seen = Client::new(upstream.address).get("/seen").send().await.text();
        assert_eq!(seen.matches("POST /upload").count(), 1, "{seen}");
        assert!(!seen.to_lowercase().contains("dry"), "{seen}");
    });
}

both_backends! {
    /// In process the module refuses it, on the way to the service the gateway does.
    async fn a_marked_write_is_done_on_neither_side(backend: Backend) {
        let features = std::fs::read_to_string(workspace_root().join("features.toml")).unwrap();
        let banyan = Banyan::builder(backend).features(&features).start().await;
        let _service = crate::chat::registered(&banyan).await;
        let ann = sign_up(&banyan, "ann").await;
        let post = |source: &str| {
            banyan.post("/api/messages").bearer(&ann.token).json(&json!({ "source": source }))
        };
        for percentage in [0, 100, 0] {
            percent(banyan.database().directory(), "messages.serve", percentage).await;
            eventually("the other side", SOON, async || {
                let answer = banyan.get("/api/messages").bearer(&ann.token).send().await.expect_status(200);
                (side(&answer).starts_with("messages/") == (percentage == 100)).then_some(())
            })
            .await;
            for mark in MARKS {
                expect_problem(&post("marked").header(mark, "1").send().await, 403);
            }
        }
        assert_eq!(crate::chat::written_down(&banyan), 0);
        post("real").send().await.expect_status(201);
        assert_eq!(crate::chat::written_down(&banyan), 1);
    }
}
