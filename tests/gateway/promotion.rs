//! Promotions of running gateways: shared through Redis, kept over `kill -9`, changed by people.

use crate::kit::{Program, Python, side, write_features};
use blackbox::SOON;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;
use testkit::{Backend, CommandOutput, FaultProxy, TestRedis, banyan_command, eventually, run, with_redis};

/// What another gateway does is known here within this time.
const WITHIN: Duration = Duration::from_secs(1);

fn features(old: &Python, new: &Python) -> String {
    format!(
        r#"
default = "flack"
[[legacy]]
name = "flack"
url = "http://{}"
[[services]]
name = "pages"
instances = ["http://{}"]
[toggles."pages.serve"]
enabled = true
[toggles."pages.compare"]
enabled = false
[[routes]]
name = "pages"
match = {{ methods = ["GET"], path = "/pages/{{rest..}}" }}
legacy = "flack"
service = "pages"
serve = "pages.serve"
compare = "pages.compare"
[routes.promotion]
steps = [100]
"#,
        old.address, new.address
    )
}

/// A gateway that promotes.
struct Gateway(Program);

impl Gateway {
    async fn start(directory: &Path, redis: Option<(&TestRedis, &str)>) -> Self {
        let mut command = banyan_command(directory);
        command.args(["gateway", "--features", "features.toml"]);
        if let Some((redis, url)) = redis {
            command.env("BANYAN__REGISTRY__REDIS", url).env("BANYAN__REGISTRY__REDIS_PREFIX", redis.prefix());
        }
        Self(Program::start(&mut command).await)
    }

    /// Alone between two sides, which the service answers for.
    async fn between(old: &Python, new: &Python, directory: &Path) -> Self {
        write_features(directory, &features(old, new));
        let gateway = Self::start(directory, None).await;
        gateway.until("pages/").await;
        gateway
    }

    async fn side(&self) -> String {
        side(&self.0.get("/pages/1").send().await.expect_status(200))
    }

    async fn until(&self, wanted: &str) {
        eventually(wanted, WITHIN, async || self.side().await.starts_with(wanted).then_some(())).await;
    }

    async fn order(&self, action: &str, status: u16) -> Value {
        let body = json!({ "action": action });
        let answer = self.0.admin.post("/api/routes/pages/promotion").json(&body).send().await;
        answer.expect_status(status).json()
    }

    async fn standing(&self) -> Value {
        let list = self.0.admin.get("/api/promotions").send().await.expect_status(200).json();
        list["promotions"][0].clone()
    }

    /// `banyan promotion …`
    async fn command(&self, arguments: &[&str]) -> CommandOutput {
        let folder = tempfile::tempdir().unwrap();
        let mut command = banyan_command(folder.path());
        command.arg("promotion").args(arguments).args(["--admin", &self.0.admin_address.to_string()]);
        CommandOutput::of(&mut command).await
    }

    async fn kill(self) {
        self.0.process.kill();
        self.0.process.wait(SOON).await;
    }
}

#[test]
fn back_on_one_gateway_is_back_on_all_within_a_second() {
    with_redis(async |redis| {
        let (old, new) = (Python::app("old").await, Python::app("new").await);
        let directories = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        for directory in &directories {
            write_features(directory.path(), &features(&old, &new));
        }
        let proxy = FaultProxy::start(redis.address());
        let through = redis.url_through(&proxy);
        let one = Gateway::start(directories[0].path(), Some((&redis, redis.url()))).await;
        let two = Gateway::start(directories[1].path(), Some((&redis, &through))).await;
        one.until("pages/").await;
        two.until("pages/").await;
        assert_eq!(one.order("back", 200).await["phase"], "back");
        assert_eq!(one.side().await, "legacy", "here at once");
        two.until("legacy").await;
        assert_eq!(two.order("start", 409).await["status"], 409);
        // A start without Redis goes on from what was remembered.
        two.kill().await;
        proxy.cut();
        let two = Gateway::start(directories[1].path(), Some((&redis, &through))).await;
        assert_eq!((two.side().await.as_str(), &two.standing().await["phase"]), ("legacy", &json!("back")));
        assert_eq!(one.order("clear", 200).await["percent"], 100);
        assert_eq!(two.order("clear", 503).await["status"], 503, "what raises must be known everywhere");
        assert_eq!(two.side().await, "legacy");
        proxy.heal();
        eventually("the cleared promotion", SOON, async || {
            two.side().await.starts_with("pages/").then_some(())
        })
        .await;
    });
}

#[test]
fn what_went_back_stays_back_over_kill_9_and_is_in_the_audit_log() {
    run(Backend::Sqlite, |_| async {
        let (old, new) = (Python::app("old").await, Python::app("new").await);
        let directory = tempfile::tempdir().unwrap();
        let gateway = Gateway::between(&old, &new, directory.path()).await;
        gateway.order("back", 200).await;
        gateway.kill().await;
        let gateway = Gateway::start(directory.path(), None).await;
        for _ in 0..20 {
            assert_eq!(gateway.side().await, "legacy", "not one request of the new process");
        }
        assert_eq!(gateway.order("clear", 200).await["phase"], "rising");
        assert!(gateway.side().await.starts_with("pages/"));
        let audit = gateway.0.admin.get("/api/audit").send().await.expect_status(200).json();
        let steps: Vec<_> = audit["entries"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|item| item["action"] == "promotion.step")
            .collect();
        assert!(
            steps.iter().any(|step| step["after"]["phase"] == "back" && step["outcome"] == "made"),
            "{audit}"
        );
        assert!(steps.iter().any(|step| step["who"]["by"] == "promotion"), "{audit}");
        let missing = gateway.0.admin.post("/api/routes/nope/promotion").json(&json!({ "action": "hold" }));
        missing.send().await.expect_status(404);
    });
}

/// The command says what the API says, and does what it does; the toggle is where it says why nothing goes on.
#[test]
fn promotions_are_looked_at_and_ordered_on_the_command_line() {
    run(Backend::Sqlite, |_| async {
        let (old, new) = (Python::app("old").await, Python::app("new").await);
        let directory = tempfile::tempdir().unwrap();
        let gateway = Gateway::between(&old, &new, directory.path()).await;
        let listed = gateway.command(&["list"]).await.expect_success().stdout;
        assert!(
            listed.starts_with(
                "pages  rising  100 %  the first step: 100 %; next step: its toggle pages.compare is off: nothing is \
                 compared; 0 of 1000"
            ),
            "{listed}"
        );
        let back = gateway.command(&["back", "pages"]).await.expect_success().stdout;
        assert!(back.starts_with("pages: back at 0 %: sent back by "), "{back}");
        assert_eq!(gateway.side().await, "legacy");
        for (order, says) in [("start", "until it is cleared"), ("hold", "until it is cleared")] {
            let refused = gateway.command(&[order, "pages"]).await;
            assert_eq!(refused.code, Some(1), "{order}: {}", refused.stdout);
            assert!(
                refused.stderr.contains("409") && refused.stderr.contains(says),
                "{order}: {}",
                refused.stderr
            );
        }
        let cleared = gateway.command(&["clear", "pages", "--json"]).await.expect_success().stdout;
        let cleared: Value = serde_json::from_str(&cleared).unwrap();
        assert_eq!((&cleared["phase"], &cleared["percent"]), (&json!("rising"), &json!(100)));
        assert!(gateway.side().await.starts_with("pages/"));
        let _ = gateway.command(&["hold", "pages"]).await.expect_success();
        let shown = gateway.command(&["show", "pages"]).await.expect_success().stdout;
        assert!(
            shown.starts_with("pages: held at 100 %: held by ") && shown.contains("steps     [100 %]"),
            "{shown}"
        );
        let started = gateway.command(&["start", "pages"]).await.expect_success().stdout;
        assert!(started.starts_with("pages: rising at 100 %: started by "), "{started}");
        write_features(directory.path(), &features(&old, &new).replace("enabled = true", "enabled = false"));
        eventually("why nothing goes on", SOON, async || {
            let listed = gateway.command(&["list"]).await.expect_success().stdout;
            listed
                .contains("next step: its toggle pages.serve is off: the new side answers nobody")
                .then_some(())
        })
        .await;
        let all: Value =
            serde_json::from_str(&gateway.command(&["list", "--json"]).await.expect_success().stdout)
                .unwrap();
        let told = gateway.0.admin.get("/api/promotions").send().await.expect_status(200).json();
        assert_eq!(all["promotions"][0]["why"], told["promotions"][0]["why"]);
        for (wrong, code, says) in [
            (&["show", "nope"][..], 2, "route nope has no promotion; these have: pages"),
            (&["hold", "nope"], 1, "404 Not Found: route nope has no promotion"),
            (&["hold", "../services"], 1, "404"),
            (&["hold"], 2, "Usage"),
        ] {
            let refused = gateway.command(wrong).await;
            assert_eq!(refused.code, Some(code), "{wrong:?}: {}", refused.stderr);
            assert!(refused.stderr.contains(says), "{wrong:?}: {}", refused.stderr);
        }
        let help = gateway.command(&["--help"]).await.expect_success().stdout;
        for word in ["until `clear`", "banyan promotion list", "audit log", "Exit codes"] {
            assert!(help.contains(word), "{word}: {help}");
        }
        let gateway_at = gateway.0.admin_address;
        gateway.kill().await;
        let mut alone = banyan_command(directory.path());
        let away =
            CommandOutput::of(alone.args(["promotion", "list", "--admin", &gateway_at.to_string()])).await;
        assert_eq!(away.code, Some(1), "{}", away.stdout);
        let says = format!("no gateway answers at http://{gateway_at}: Connection refused");
        assert!(away.stderr.contains(&says), "{}", away.stderr);
    });
}
