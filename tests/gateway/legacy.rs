//! One command in front of an application that was there before, without any file.

use crate::kit::{APP, Program, Python, side};
use blackbox::{SOON, expect_problem};
use testkit::{Answer, Backend, eventually, run};

async fn fronted() -> (tempfile::TempDir, Python, Program) {
    let directory = tempfile::tempdir().unwrap();
    let app = Python::app("old").await;
    let gateway = Program::gateway(directory.path(), &["--legacy", &format!("http://{}", app.address)]).await;
    (directory, app, gateway)
}

#[test]
fn methods_pass_and_the_side_is_told() {
    run(Backend::Sqlite, |_| async {
        let (_directory, _app, gateway) = fronted().await;
        let got = gateway.get("/a/b?c=d").header("x-own", "1").send().await.expect_status(200);
        let seen = got.json();
        assert_eq!((&seen["name"], &seen["path"]), (&"old".into(), &"/a/b?c=d".into()), "{seen}");
        assert_eq!(side(&got), "legacy");
        assert!(!got.header("x-request-id").is_empty());
        let fields = seen["fields"].as_object().unwrap();
        let field =
            |wanted: &str| fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, v)| v);
        assert_eq!(field("x-own"), Some(&"1".into()), "{seen}");
        assert_eq!(field("x-forwarded-for"), Some(&"127.0.0.1".into()), "{seen}");
        let head = gateway.call("HEAD", "/a").send().await.expect_status(200);
        assert_eq!((head.body.len(), side(&head).as_str()), (0, "legacy"));
        assert_ne!(head.header("content-length"), "0");
        let body = vec![b'z'; 3 << 20];
        let posted = gateway.post("/a").body(body.clone()).send().await.expect_status(201);
        assert!(posted.body == body, "{} bytes of {}", posted.body.len(), body.len());
    });
}

#[test]
fn what_only_a_proxy_may_say_is_not_believed_of_a_client() {
    run(Backend::Sqlite, |_| async {
        let directory = tempfile::tempdir().unwrap();
        let app = Python::app("old").await;
        let mut command = testkit::banyan_command(directory.path());
        command.args(["gateway", "--legacy", &format!("http://{}", app.address)]);
        command.env("BANYAN__GATEWAY__REQUEST_TIMEOUT_MS", "5000");
        let gateway = Program::start(&mut command).await;
        let mut call = gateway.get("/a");
        for (name, value) in [
            ("x-forwarded-for", "10.1.2.3"),
            ("x_forwarded_for", "10.1.2.3"),
            ("x-forwarded-proto", "https"),
            ("x-real-ip", "10.1.2.3"),
            ("forwarded", "for=10.1.2.3"),
            ("x-request-id", "forged"),
            ("banyan-deadline-ms", "99999999"),
            ("connection", "x-hop, keep-alive"),
            ("x-hop", "forged"),
            ("proxy-authorization", "Basic forged"),
        ] {
            call = call.header(name, value);
        }
        let answer = call.send().await.expect_status(200);
        let seen = answer.json()["fields"].as_object().unwrap().clone();
        let field = |wanted: &str| {
            let found = seen.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.as_str().unwrap().to_owned())
        };
        assert_eq!(field("x-forwarded-for").as_deref(), Some("127.0.0.1"), "{seen:?}");
        assert_eq!(field("x-forwarded-proto").as_deref(), Some("http"), "{seen:?}");
        assert!(field("forwarded").unwrap().starts_with("for=127.0.0.1;"), "{seen:?}");
        assert_eq!(field("x-request-id").as_deref(), Some(answer.header("x-request-id")), "one id for all");
        let left_ms: u64 = field("banyan-deadline-ms").unwrap().parse().unwrap();
        assert!((1..=5_000).contains(&left_ms), "{left_ms} ms are left");
        for hidden in ["10.1.2.3", "forged"] {
            assert!(
                seen.values().all(|value| !value.as_str().unwrap().contains(hidden)),
                "{hidden}: {seen:?}"
            );
        }
    });
}

fn expect_nothing_of(backend: &str, answer: &Answer) {
    for (name, value) in &answer.headers {
        assert!(!String::from_utf8_lossy(value.as_bytes()).contains(backend), "{name}: {value:?}");
    }
}

#[test]
fn the_backend_is_not_named_to_the_client() {
    run(Backend::Sqlite, |_| async {
        let (_directory, app, gateway) = fronted().await;
        let answer = gateway.get("/redirect").header("host", "shop.example").send().await.expect_status(302);
        assert!(answer.header("location").ends_with("/target?a=1"), "{}", answer.header("location"));
        assert!(answer.header("set-cookie").starts_with("sid=1"), "{}", answer.header("set-cookie"));
        expect_nothing_of(&app.address.to_string(), &answer);
        expect_nothing_of("127.0.0.1", &answer);
    });
}

#[test]
fn an_application_that_is_down_is_502_until_it_is_back() {
    run(Backend::Sqlite, |_| async {
        let (_directory, app, gateway) = fronted().await;
        gateway.get("/").send().await.expect_status(200);
        let port = app.address.port().to_string();
        drop(app);
        expect_problem(&gateway.get("/").send().await, 502);
        expect_problem(&gateway.post("/").body("x").send().await, 502);
        let _app = Python::start(APP, &["again", &port]).await;
        let back = eventually("the application", SOON, async || {
            let answer = gateway.get("/").send().await;
            (answer.status == 200).then_some(answer)
        })
        .await;
        assert_eq!(back.json()["name"], "again");
    });
}
