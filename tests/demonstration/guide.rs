//! The guide to the parallel run works as pasted: its blocks run one after another, as its reader runs them.

use crate::pasted::{Reader, SEEN_WITHIN};
use blackbox::SOON;
use testkit::{Backend, Process, eventually, run};

#[test]
fn the_guide_can_be_pasted() {
    run(Backend::Sqlite, |_| async {
        let mut reader = Reader::of("parallel-run.md");
        for name in ["settings", "features"] {
            let _ = reader.paste(name).await.expect_success();
        }
        let (_monolith, public, admin) = reader.serve("monolith").await;
        reader.sides = Some((public, admin));
        let service = reader.service().await;
        let _ = reader.paste("people").await.expect_success();

        let causes = ["messages.read: DIFFERENT", "$.messages[*].html (value)", "$.html (value)"];
        let different = reader.until("different", &causes).await;
        assert_eq!(different.code, Some(1), "{}", different.stdout);
        assert_eq!(different.stdout.matches("\n  REAL").count(), 2, "{}", different.stdout);
        assert_eq!(reader.paste("formats").await.code, Some(1));
        assert!(std::fs::read_to_string(reader.folder().join("report.html")).unwrap().contains("nofollow"));
        let _ = reader.paste("explain").await.expect_success();
        reader.until("explained", &["EXPLAINED", "$.messages[*].html (value)"]).await;
        let _ = reader.paste("unexplain").await.expect_success();
        let back = ["messages.read  back ", "answers differ; 1 % may", "banyan-served-by: monolith"];
        reader.until("promote", &back).await;
        reader.until("audit", &["promotion.step", "answers differ; 1 % may"]).await;

        service.terminate();
        assert_eq!(service.wait(SOON).await.code(), Some(0));
        let _ = reader.paste("mend").await.expect_success();
        let _service = reader.service().await;
        let _ = reader.paste("clear").await.expect_success();
        let mut readers = Process::start(&mut reader.pasted("read", ""));
        eventually("all of it", SEEN_WITHIN, async || {
            if !readers.running() {
                readers = Process::start(&mut reader.pasted("read", ""));
            }
            let said = reader.paste("all").await.expect_success().stdout;
            (said.contains("messages.read: rising at 100 %") && said.contains("banyan-served-by: messages/"))
                .then_some(())
        })
        .await;
    });
}
