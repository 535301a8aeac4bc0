//! The store of the report is gone: traffic goes on, and so does counting; the report and the metrics say that nothing is kept.

use crate::fronted::{ONCE, fronted};
use blackbox::SOON;
use testkit::{Backend, Sql, eventually, run};

#[test]
fn without_its_store_the_gateway_serves_and_counts() {
    run(Backend::Sqlite, |_| async {
        let fronted = fronted(ONCE).await;
        fronted.well("/same").await;
        fronted.finds("other", "equal", 1).await;
        let mut store = Sql::open(&fronted.directory.path().join("data/gateway.db"));
        let kept = "SELECT CAST(count(*) AS TEXT) AS text FROM report_counts";
        eventually("what was counted in the store", SOON, async || {
            (store.texts(kept).ok()?.first()? != "0").then_some(())
        })
        .await;
        // Another process may be writing at this moment.
        eventually("no table", SOON, async || {
            store.run("DROP TABLE report_counts; DROP TABLE report_samples").ok()
        })
        .await;
        for _ in 0..20 {
            fronted.well("/other").await;
        }
        fronted.finds("other", "different", 20).await;
        eventually("a word about it", SOON, async || {
            let report = fronted.report().await;
            let error = report["store"]["error"].as_str()?;
            (error.contains("report_counts") && report["routes"][0]["different"] == 20).then_some(())
        })
        .await;
        let failed = "banyan_report_saves_failed_total{cause=\"store\"} ";
        eventually("a count of it", SOON, async || {
            let metrics = fronted.admin.get("/metrics").send().await.expect_status(200).text();
            metrics.lines().find_map(|line| line.strip_prefix(failed)).filter(|count| *count != "0").map(drop)
        })
        .await;
        fronted.well("/same").await;
    });
}
