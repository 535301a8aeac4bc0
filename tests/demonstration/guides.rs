//! The guides to moving a route and to the dashboard work as pasted.

use crate::pasted::Reader;
use blackbox::SOON;
use serde_json::Value;
use std::process::Command;
use testkit::{Backend, Client, Process, run, workspace_root};

/// The features file of the project, which these guides use.
fn with_features(reader: &Reader) {
    std::fs::copy(workspace_root().join("features.toml"), reader.folder().join("features.toml")).unwrap();
}

#[test]
fn a_route_is_moved_and_brought_back_as_the_guide_says() {
    run(Backend::Sqlite, |_| async {
        let mut reader = Reader::of("move-a-route.md");
        with_features(&reader);
        let (_monolith, public, admin) = reader.serve("monolith").await;
        reader.sides = Some((public, admin));
        let service = reader.service().await;
        let looked = reader.paste("look").await.expect_success().stdout;
        assert!(looked.contains("\"name\":\"messages\""), "{looked}");
        let half = reader.paste("half").await.expect_success().stdout;
        assert!(half.contains("messages.serve: ") && half.contains("GET /api/messages"), "{half}");
        let _ = reader.paste("all").await.expect_success();
        reader.until("served", &["banyan-served-by: messages/"]).await;
        let _ = reader.paste("back").await.expect_success();
        reader.until("served", &["banyan-served-by: monolith"]).await;
        service.terminate();
        assert_eq!(service.wait(SOON).await.code(), Some(0));
    });
}

/// A file server of Python's, in place of the applications of the guide.
async fn application(folder: &std::path::Path) -> (Process, std::net::SocketAddr) {
    let script = "import http.server as h\nclass S(h.SimpleHTTPRequestHandler):\n  protocol_version = 'HTTP/1.1'\n\
                  s = h.ThreadingHTTPServer(('127.0.0.1', 0), S)\nprint('port=%d' % s.server_port, flush=True)\n\
                  s.serve_forever()\n";
    let process = Process::start(Command::new("python3").args(["-c", script]).current_dir(folder));
    let line = process.stdout_line(SOON, |line| line.starts_with("port=")).await;
    let port: u16 = line.trim_start_matches("port=").parse().unwrap();
    (process, std::net::SocketAddr::from(([127, 0, 0, 1], port)))
}

#[test]
fn any_other_application_is_fronted_as_the_guide_says() {
    run(Backend::Sqlite, |_| async {
        let mut reader = Reader::of("move-a-route.md");
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("orders")).unwrap();
        let (_shop, shop) = application(folder.path()).await;
        let (_orders, orders) = application(folder.path()).await;
        reader.elsewhere = vec![("127.0.0.1:5000", shop), ("127.0.0.1:9201", orders)];
        std::fs::write(reader.folder().join("features.toml"), reader.text("own features")).unwrap();
        let _ = reader.paste("check").await.expect_success();
        let (_gateway, public, admin) = reader.serve("gateway").await;
        let changed = reader.paste("percent").await.expect_success().stdout;
        assert!(changed.starts_with("orders.serve: "), "{changed}");
        let gateway = Client::new(public);
        let (mut old, mut new) = (0, 0);
        testkit::eventually("both sides", SOON, async || {
            for user in 0..100 {
                let answer = gateway.get("/orders/").header("x-user", &user.to_string()).send().await;
                match answer.expect_status(200).header("banyan-served-by") {
                    "legacy" => old += 1,
                    _ => new += 1,
                }
            }
            (old > 0 && new > 0).then_some(())
        })
        .await;
        let elsewhere = gateway.get("/").send().await.expect_status(200);
        assert_eq!(elsewhere.header("banyan-served-by"), "legacy");
        Client::new(admin).get("/api/routes").send().await.expect_status(200);
    });
}

#[test]
fn a_change_is_shown_and_then_made_as_the_guide_to_the_dashboard_says() {
    run(Backend::Sqlite, |_| async {
        let mut reader = Reader::of("dashboard.md");
        with_features(&reader);
        let mut monolith = Reader::of("move-a-route.md").pasted("monolith", "exec ");
        let process = Process::start(monolith.current_dir(reader.folder()));
        let line = process.stdout_line(SOON, |line| line.starts_with("listening ")).await;
        let said =
            |side: &str| line.split_whitespace().find_map(|word| word.strip_prefix(side)?.parse().ok());
        reader.sides = Some((said("public=").unwrap(), said("admin=").unwrap()));
        let before = std::fs::read_to_string(reader.folder().join("features.toml")).unwrap();
        let shown = reader.paste("change").await.expect_success().stdout;
        let mut shown: Value = serde_json::from_str(&shown).unwrap();
        let version = shown["version"].take();
        assert!(version.is_string(), "{shown}");
        assert_eq!(std::fs::read_to_string(reader.folder().join("features.toml")).unwrap(), before);
        let admin = Client::new(reader.sides.unwrap().1);
        let made = serde_json::json!({"percent": 5, "preview": false, "version": version});
        admin.post("/api/toggles/messages.serve").json(&made).send().await.expect_status(200);
        let after = std::fs::read_to_string(reader.folder().join("features.toml")).unwrap();
        assert!(after != before && after.contains("rollout = \"5\""), "{after}");
    });
}
