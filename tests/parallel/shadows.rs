//! Other sides that hang, break off, or answer without end.

use crate::fronted::{Fronted, ONCE, Plan, fronted};
use serde_json::json;
use testkit::{Backend, run};

/// That the gateway may grow by while it drops answers without end: KiB.
const GROWTH_MAX_KIB: u64 = 48 * 1024;

#[test]
fn a_side_that_misbehaves_is_felt_by_nobody() {
    run(Backend::Sqlite, |_| async {
        let fronted = fronted(ONCE).await;
        fronted.well("/same").await;
        fronted.finds("other", "equal", 1).await;
        for (path, cause) in [
            ("/hang", "deadline"),
            ("/garbage", "garbage"),
            ("/half", "closed"),
            ("/huge", "other_too_large"),
        ] {
            for _ in 0..20 {
                fronted.well(path).await;
            }
            fronted.drops(cause, 20).await;
        }
        fronted.well("/same").await;
        fronted.finds("other", "equal", 2).await;
        // What was dropped is shown, and what of it may differ keeps the verdict from being said.
        let route = fronted.route().await;
        let dropped = json!({ "deadline": 20, "garbage": 20, "closed": 20, "other_too_large": 20 });
        assert_eq!(
            (&route["dropped"], &route["unjudged"], &route["compared"]),
            (&dropped, &json!(80), &json!(2))
        );
        let reason = route["reason"].as_str().unwrap();
        assert!(
            reason.ends_with("; 80 more got no answer of the other side that could be compared"),
            "{reason}"
        );
    });
}

/// None of the other side's answers is there before all of the clients' are, by whatever factor it is slower.
#[test]
fn a_side_that_takes_its_time_is_waited_for_by_nobody() {
    run(Backend::Sqlite, |_| async {
        let fronted = Fronted::start(Plan { deadline_ms: 60_000, ..Plan::default() }).await;
        for _ in 0..40 {
            fronted.well("/held").await;
        }
        assert_eq!(fronted.report().await["routes"], json!([]), "nothing was answered there yet");
        let _ = fronted.new.get("/release").send().await.expect_status(200);
        fronted.finds("other", "equal", 40).await;
    });
}

#[test]
fn answers_without_end_take_no_memory() {
    run(Backend::Sqlite, |_| async {
        let fronted = fronted(ONCE).await;
        fronted.well("/endless").await;
        let before = fronted.memory_kib();
        for _ in 0..200 {
            fronted.well("/endless").await;
        }
        fronted.drops("other_too_large", 201).await;
        let grown = fronted.memory_kib().saturating_sub(before);
        assert!(grown < GROWTH_MAX_KIB, "{grown} KiB");
    });
}

#[test]
fn marks_of_the_platform_come_from_the_gateway_only() {
    run(Backend::Sqlite, |_| async {
        let fronted = fronted(ONCE).await;
        let asked = fronted.client.get("/same").header("banyan-served-by", "dry");
        let answer = asked.header("Banyan_Shadow", "0").header("cookie", "who=me").send().await;
        answer.expect_status(200);
        fronted.finds("other", "equal", 1).await;
        let told = fronted.new.get("/told").send().await.expect_status(200).text().to_lowercase();
        assert!(told.contains("banyan-shadow: 1\r\n") && told.contains("cookie: who=me\r\n"), "{told}");
        assert!(!told.contains("dry") && !told.contains("shadow: 0"), "{told}");
    });
}

#[test]
fn a_difference_is_asked_again_and_reported() {
    run(Backend::Sqlite, |_| async {
        let fronted = fronted("recheck = \"5ms\"\nnoise_sample = 1").await;
        fronted.well("/other").await;
        fronted.finds("other", "different", 1).await;
        fronted.finds("same", "equal", 1).await;
    });
}
