//! Which instance of a service is asked, and what happens when there is none.

use crate::kit::{Program, Python, RAW, side};
use blackbox::{SOON, expect_problem};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::{Backend, eventually, run};

/// A route that the service answers, in front of an old side; `service` is the rest of its table, `route` of the route's.
async fn fronted(old: &Python, service: &str, route: &str) -> (tempfile::TempDir, Program) {
    let directory = tempfile::tempdir().unwrap();
    let features = format!(
        "default = \"old\"\n\n[context]\nuser_id = {{ header = \"x-user\" }}\n\n\
         [[legacy]]\nname = \"old\"\nurl = \"http://{}\"\n\n\
         [[services]]\nname = \"pages\"\n{service}\n\n[toggles.on]\nenabled = true\n\n\
         [[routes]]\nname = \"pages\"\nmatch = {{ path = \"/ok\" }}\nlegacy = \"old\"\nservice = \"pages\"\n\
         serve = \"on\"\n{route}\n",
        old.address
    );
    let gateway = Program::gateway_by(directory.path(), &features).await;
    (directory, gateway)
}

fn instances(all: &[&Python]) -> String {
    let urls: Vec<String> = all.iter().map(|one| format!("\"http://{}\"", one.address)).collect();
    format!("instances = [{}]\n", urls.join(", "))
}

async fn pages(gateway: &Program) -> Value {
    let list = gateway.admin.get("/api/services").send().await.expect_status(200).json();
    list["services"].as_array().unwrap().iter().find(|one| one["name"] == "pages").unwrap().clone()
}

#[test]
fn users_and_sessions_stick_to_an_instance() {
    run(Backend::Sqlite, |_| async {
        let (one, two) = (Python::app("one").await, Python::app("two").await);
        let service = format!("{}balance = \"consistent-hash\"", instances(&[&one, &two]));
        let (_directory, gateway) = fronted(&one, &service, "").await;
        let mut seen = BTreeSet::new();
        for user in 0..20 {
            let ask = async || {
                let call = gateway.get("/ok").header("x-user", &format!("user-{user}"));
                side(&call.send().await.expect_status(200))
            };
            let first = ask().await;
            for _ in 0..3 {
                assert_eq!(ask().await, first, "user {user} stays");
            }
            seen.insert(first);
        }
        assert_eq!(seen, BTreeSet::from(["pages/1".to_owned(), "pages/2".to_owned()]));
        seen.clear();
        for _ in 0..20 {
            let first = gateway.get("/ok").send().await.expect_status(200);
            let cookie = first.header("set-cookie").split(';').next().unwrap().to_owned();
            assert!(cookie.starts_with("banyan-session="), "{cookie}");
            for _ in 0..3 {
                let again = gateway.get("/ok").header("cookie", &cookie).send().await.expect_status(200);
                assert_eq!((side(&again), again.header("set-cookie")), (side(&first), ""));
            }
            seen.insert(side(&first));
        }
        assert_eq!(seen.len(), 2);
    });
}

#[test]
fn an_instance_that_is_unwell_is_asked_no_more() {
    run(Backend::Sqlite, |_| async {
        // The second hangs up on whoever asks how it is.
        let (well, unwell) = (Python::app("well").await, Python::start(RAW, &[]).await);
        let health = "health = { path = \"/health\", interval_ms = 100, unhealthy_after = 2 }";
        let service = format!("{}{health}", instances(&[&well, &unwell]));
        let (_directory, gateway) = fronted(&well, &service, "").await;
        eventually("the verdict", SOON, async || {
            (pages(&gateway).await["instances"][1]["healthy"] == false).then_some(())
        })
        .await;
        assert_eq!(pages(&gateway).await["instances"][0]["healthy"], true);
        for _ in 0..20 {
            assert_eq!(side(&gateway.get("/ok").send().await.expect_status(200)), "pages/1");
        }
    });
}

#[test]
fn an_instance_that_is_down_costs_nobody_an_answer() {
    run(Backend::Sqlite, |_| async {
        let (up, down) = (Python::app("up").await, Python::app("down").await);
        let service = format!(
            "{}ejection = {{ enabled = false }}\nretry = {{ attempts_max = 2, budget_percent = 100 }}",
            instances(&[&up, &down])
        );
        let (_directory, gateway) = fronted(&up, &service, "").await;
        drop(down);
        for _ in 0..20 {
            assert_eq!(side(&gateway.get("/ok").send().await.expect_status(200)), "pages/1");
        }
        assert!(pages(&gateway).await["instances"][1]["failures"].as_u64().unwrap() > 0);
    });
}

/// Both fail: one is left out, the other is asked all the same.
#[test]
fn the_last_instance_is_never_left_out() {
    run(Backend::Sqlite, |_| async {
        let (one, two) = (Python::start(RAW, &[]).await, Python::start(RAW, &[]).await);
        let service = format!(
            "{}ejection = {{ consecutive_failures = 1, max_percent = 100, base_ms = 60000 }}\n\
             breaker = {{ enabled = false }}\nretry = {{ attempts_max = 1 }}",
            instances(&[&one, &two])
        );
        let (_directory, gateway) = fronted(&one, &service, "").await;
        // The path is the route's own, and this upstream hangs up on what it does not know.
        for _ in 0..10 {
            expect_problem(&gateway.get("/ok?x").send().await, 502);
        }
        let pages = pages(&gateway).await;
        assert_eq!(pages["ejections"], 1, "{pages}");
        let left_out =
            pages["instances"].as_array().unwrap().iter().filter(|one| !one["ejected_for_ms"].is_null());
        assert_eq!(left_out.count(), 1, "{pages}");
    });
}

#[test]
fn a_breaker_that_is_forced_open_calls_for_the_other_side() {
    run(Backend::Sqlite, |_| async {
        let (old, new) = (Python::app("old").await, Python::app("new").await);
        let (_directory, gateway) = fronted(&old, &instances(&[&new]), "fallback = true").await;
        let asked = async || side(&gateway.get("/ok").send().await.expect_status(200));
        let force = async |state: &str| {
            let call = gateway.admin.post("/api/services/pages/breaker").json(&json!({ "state": state }));
            call.send().await.expect_status(200).json()
        };
        assert_eq!(asked().await, "pages/1");
        assert_eq!(force("open").await["state"], "open");
        assert_eq!(asked().await, "legacy");
        assert_eq!(force("auto").await["state"], "closed");
        assert_eq!(asked().await, "pages/1");
        let audit = gateway.admin.get("/api/audit").send().await.expect_status(200).text();
        assert!(audit.contains("pages") && audit.contains("open") && audit.contains("auto"), "{audit}");
    });
}

#[test]
fn an_instance_that_is_not_kept_alive_is_gone_after_its_time() {
    run(Backend::Sqlite, |_| async {
        let (old, new) = (Python::app("old").await, Python::app("new").await);
        let (_directory, gateway) = fronted(&old, "", "").await;
        expect_problem(&gateway.get("/ok").send().await, 503);
        let register = async |ttl_s: u32| {
            let body = json!({"id": "a", "url": format!("http://{}", new.address), "ttl_s": ttl_s});
            let status = gateway.admin.post("/api/services/pages/instances").json(&body).send().await.status;
            assert!(matches!(status, 200 | 201), "{status}");
        };
        register(1).await;
        eventually("the instance", SOON, async || {
            let answer = gateway.get("/ok").send().await;
            (answer.status == 200 && side(&answer) == "pages/a").then_some(())
        })
        .await;
        eventually("it is gone", SOON, async || {
            (gateway.get("/ok").send().await.status == 503).then_some(())
        })
        .await;
        register(60).await;
        eventually("it is back", SOON, async || {
            (gateway.get("/ok").send().await.status == 200).then_some(())
        })
        .await;
        let left = gateway.admin.delete("/api/services/pages/instances/a").send().await.status;
        assert!(matches!(left, 200 | 204), "{left}");
        eventually("it has left", SOON, async || {
            (gateway.get("/ok").send().await.status == 503).then_some(())
        })
        .await;
    });
}
