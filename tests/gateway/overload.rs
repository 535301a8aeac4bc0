//! A service that gets slow is asked less, one that fails is left alone; neither is felt beside it.

use crate::kit::{APP, Program, Python, RAW};
use crate::load::Load;
use blackbox::{SOON, expect_problem};
use serde_json::Value;
use testkit::{Backend, eventually, run};

/// More than the slow service may be asked at once when it is slow, fewer than it may be otherwise.
const CLIENTS: usize = 12;
/// What the slow service may be asked at once: at most, and in need.
const LIMITS: (u32, u32) = (16, 2);

fn features(slow: &Python, well: &Python) -> String {
    let (max, min) = LIMITS;
    format!(
        "[[services]]\nname = \"slow\"\ninstances = [\"http://{}\"]\n\
         shedding_limit = {{ initial = {max}, max = {max}, min = {min}, window_ms = 50, samples_min = 4, slow_from_ms = 50 }}\n\n\
         [[services]]\nname = \"well\"\ninstances = [\"http://{}\"]\n\n\
         [[legacy]]\nname = \"none\"\nurl = \"http://{}\"\n\n\
         [toggles.on]\nenabled = true\n\n\
         [[routes]]\nname = \"slow\"\nmatch = {{ path = \"/late/{{rest..}}\" }}\nlegacy = \"none\"\nservice = \"slow\"\nserve = \"on\"\n\n\
         [[routes]]\nname = \"well\"\nmatch = {{ path = \"/well\" }}\nlegacy = \"none\"\nservice = \"well\"\nserve = \"on\"\n",
        slow.address, well.address, well.address
    )
}

/// What the admin API says of a service.
async fn service(gateway: &Program, name: &str) -> Value {
    let list = gateway.admin.get("/api/services").send().await.expect_status(200).json();
    let services = list["services"].as_array().unwrap();
    services.iter().find(|service| service["name"] == name).unwrap().clone()
}

#[test]
fn a_service_that_gets_slow_is_asked_less_and_the_others_as_before() {
    run(Backend::Sqlite, |_| async {
        let directory = tempfile::tempdir().unwrap();
        let (slow, well) = (Python::start(RAW, &[]).await, Python::app("well").await);
        let gateway = Program::gateway_by(directory.path(), &features(&slow, &well)).await;
        let mut beside = Load::new();
        (0..2).for_each(|_| beside.client((*gateway).clone(), 200, |to, _| to.get("/well")));
        // As usual: it is asked as much as may be, and nothing is shed.
        for _ in 0..20 {
            gateway.get("/late/0").send().await.expect_status(200);
        }
        assert_eq!(service(&gateway, "slow").await["shedding"]["shed"], 0);

        let ask = |path: &'static str| {
            let client = (*gateway).clone();
            tokio::spawn(async move { client.get(path).send().await })
        };
        let shed = eventually("an answer that is shed", SOON, async || {
            let mut shed = None;
            for asked in (0..CLIENTS).map(|_| ask("/late/300")).collect::<Vec<_>>() {
                let answer = asked.await.unwrap();
                assert!(matches!(answer.status, 200 | 503), "{} {}", answer.status, answer.text());
                shed = Some(answer).filter(|answer| answer.status == 503).or(shed);
            }
            shed
        })
        .await;
        expect_problem(&shed, 503);
        assert_eq!(shed.header("retry-after"), "1");
        assert!(shed.text().contains("slow is overloaded"), "{}", shed.text());
        assert!(service(&gateway, "slow").await["shedding"]["usual_ms"].as_f64().unwrap() < 300.0);
        let counted = gateway.admin.get("/metrics").send().await.text();
        let counted =
            |text: &str| counted.lines().any(|line| line.starts_with(text) && !line.ends_with(" 0"));
        assert!(counted("banyan_upstream_refused_total{service=\"slow\",cause=\"shedding\"} "));
        assert!(!counted("banyan_upstream_refused_total{service=\"well\",cause=\"shedding\"} "));

        // Fast again: the limit grows while it is used.
        eventually("the limit grows", SOON, async || {
            for asked in (0..CLIENTS).map(|_| ask("/late/1")).collect::<Vec<_>>() {
                asked.await.unwrap();
            }
            (service(&gateway, "slow").await["shedding"]["limit"] == LIMITS.0).then_some(())
        })
        .await;
        assert!(beside.stop().await > 20);
    });
}

/// Both places are taken by what hangs: whoever comes then is refused at once, and the other service does not notice.
#[test]
fn a_service_takes_no_more_than_its_part() {
    run(Backend::Sqlite, |_| async {
        let directory = tempfile::tempdir().unwrap();
        let (slow, well) = (Python::start(RAW, &[]).await, Python::app("well").await);
        let narrow = "bulkhead = { connections_max = 2, waiting_max = 0 }\nshedding = false\n";
        let features = features(&slow, &well);
        let (before, rest) = features.split_once("shedding_limit").unwrap();
        let (_, rest) = rest.split_once('\n').unwrap();
        let gateway = Program::gateway_by(directory.path(), &format!("{before}{narrow}{rest}")).await;
        let hanging: Vec<_> = (0..2)
            .map(|_| (*gateway).clone())
            .map(|client| tokio::spawn(async move { client.get("/late/3000").send().await.status }))
            .collect();
        eventually("both are taken", SOON, async || {
            (service(&gateway, "slow").await["connections"]["in_use"] == 2).then_some(())
        })
        .await;
        let refused = gateway.get("/late/0").send().await;
        expect_problem(&refused, 503);
        assert_eq!(refused.header("retry-after"), "1");
        gateway.get("/well").send().await.expect_status(200);
        assert_eq!(service(&gateway, "slow").await["connections"]["refused"], 1);
        for asked in hanging {
            assert_eq!(asked.await.unwrap(), 200);
        }
        gateway.get("/late/0").send().await.expect_status(200);
    });
}

#[test]
fn a_breaker_says_when_it_opens_and_when_it_closes() {
    run(Backend::Sqlite, |_| async {
        let directory = tempfile::tempdir().unwrap();
        let app = Python::app("old").await;
        let features = format!(
            "default = \"flack\"\n\n[[legacy]]\nname = \"flack\"\nurl = \"http://{}\"\n\
             retry = {{ attempts_max = 1 }}\nejection = {{ enabled = false }}\n\
             breaker = {{ volume_min = 3, open_ms = 100, probes = 1 }}\n",
            app.address
        );
        let gateway = Program::gateway_by(directory.path(), &features).await;
        let port = app.address.port().to_string();
        drop(app);
        for _ in 0..3 {
            expect_problem(&gateway.get("/").send().await, 502);
        }
        let opened = gateway.process.stderr_line(SOON, |line| line.contains("circuit breaker opened")).await;
        assert!(opened.contains("flack"), "which: {opened}");
        let _app = Python::start(APP, &["again", &port]).await;
        eventually("the application", SOON, async || {
            (gateway.get("/").send().await.status == 200).then_some(())
        })
        .await;
        let closed = gateway.process.stderr_line(SOON, |line| line.contains("circuit breaker closed")).await;
        assert!(closed.contains("flack"), "which: {closed}");
    });
}
