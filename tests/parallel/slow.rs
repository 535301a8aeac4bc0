//! A new side that answers the same and takes longer: the promotion goes back before it serves anybody.

use crate::fronted::{Fronted, ONCE, Plan};
use serde_json::Value;
use std::time::Duration;
use testkit::{Backend, run};

/// Nobody is served by the new side yet, and nothing but its time may send it back.
const PROMOTION: &str = "\n[routes.promotion]\nsteps = [0, 100]\nenough = 1000000\nlatency_ratio = 1.5\n";
/// Requests at once: fewer than the other side is asked at once.
const CLIENTS: usize = 8;
/// How long it may take to see enough of a p99 on a busy machine.
const WITHIN: Duration = Duration::from_secs(120);

async fn standing(fronted: &Fronted) -> Value {
    let list = fronted.admin.get("/api/promotions").send().await.expect_status(200).json();
    list["promotions"][0].clone()
}

/// Each answer of the new side takes 300 ms, by which no machine that runs tests makes the old side as slow: 500 and more of each
/// prove it, in whatever time they come.
#[test]
fn a_new_side_that_is_slow_is_sent_back() {
    run(Backend::Sqlite, |_| async {
        let comparison = format!("{ONCE}{PROMOTION}");
        let fronted =
            Fronted::start(Plan { serve: true, deadline_ms: 60_000, comparison: &comparison }).await;
        let back = async {
            loop {
                let ask = |_| {
                    let client = fronted.client.clone();
                    tokio::spawn(async move { client.get("/slow").send().await.expect_status(200) })
                };
                let asked: Vec<_> = (0..CLIENTS).map(ask).collect();
                for one in asked {
                    assert_eq!(one.await.unwrap().text(), "well");
                }
                let standing = standing(&fronted).await;
                if standing["phase"] == "back" {
                    return standing;
                }
            }
        };
        let back = tokio::time::timeout(WITHIN, back).await.expect("a step back");
        let why = back["why"].as_str().unwrap();
        assert!(
            why.starts_with("the new side's p99 is at least ") && why.ends_with("1.5 times is allowed"),
            "{back}"
        );
        let route = fronted.route().await;
        assert_eq!(
            (&route["latency"]["verdict"], &route["different"]),
            (&"slower".into(), &0.into()),
            "{route}"
        );
    });
}
