//! The promotion of the service with the fault goes back by itself; that of the service without it ends at 100 %.

use crate::chat::Chat;
use crate::readers::Readers;
use blackbox::SOON;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Backend, both_backends, eventually};

/// Quick steps: each takes some 370 requests without a difference. Durations of debug builds on a busy machine prove nothing, so
/// they are left out of it.
const PROMOTION: &str = "
[routes.promotion]
steps = [10, 50, 100]
every = \"200ms\"
enough = 200
allowed_difference = 0.01
latency_ratio = 1000
";

/// How long a promotion may take in a debug build on a busy machine.
const PROMOTED_WITHIN: Duration = Duration::from_secs(120);

/// How the one promotion stands, once it is in this phase at this share.
async fn until(chat: &Chat, phase: &str, percent: u8) -> Value {
    let readers = Readers::start(&chat.banyan, &chat.reads);
    let standing = eventually(&format!("{phase} at {percent} %"), PROMOTED_WITHIN, async || {
        let standing = chat.get("/api/promotions").await["promotions"][0].clone();
        (standing["phase"] == phase && standing["percent"] == percent).then_some(standing)
    })
    .await;
    assert!(readers.stop().await > 0, "and each request was answered as it must be");
    standing
}

/// Who answers a reader now.
async fn served_by(chat: &Chat) -> String {
    chat.banyan.get("/api/messages").send().await.expect_status(200).header("banyan-served-by").to_owned()
}

/// What promotion did by itself, as the audit log has it: phase, percent and why, the oldest first.
async fn steps(chat: &Chat) -> Vec<Value> {
    let log = chat.get("/api/audit").await;
    let entries = log["entries"].as_array().unwrap().iter();
    let mut steps: Vec<Value> = entries
        .filter(|item| item["action"] == "promotion.step" && item["who"]["by"] == "promotion")
        .map(|item| item["after"].clone())
        .collect();
    steps.reverse();
    steps
}

both_backends! {
    async fn the_fault_goes_back_and_the_fix_goes_to_all(backend: Backend) {
        let mut chat = Chat::start(backend, PROMOTION).await;
        chat.serve(true).await;
        chat.toggle(&["percent", "messages.serve", "100"]).await;

        let back = until(&chat, "back", 0).await;
        assert!(back["why"].as_str().unwrap().contains("answers differ; 1 % may"), "{back}");
        assert_eq!(served_by(&chat).await, "monolith");
        let told = |step: &Value| (step["phase"].clone(), step["why"].clone());
        eventually("the step back in the audit log", SOON, async || {
            let last = steps(&chat).await.pop()?;
            (told(&last) == (json!("back"), back["why"].clone())).then_some(())
        })
        .await;

        chat.serve(false).await;
        assert_eq!(served_by(&chat).await, "monolith", "it stays back until a person clears it");
        let order = chat.banyan.admin().post("/api/routes/messages.read/promotion");
        let _ = order.json(&json!({ "action": "clear" })).send().await.expect_status(200);
        until(&chat, "rising", 100).await;
        assert!(served_by(&chat).await.starts_with("messages/"));
        eventually("both steps in the audit log", SOON, async || {
            let shares: Vec<Value> =
                steps(&chat).await.into_iter().rev().take(2).map(|step| step["percent"].clone()).collect();
            (shares == [json!(100), json!(50)]).then_some(())
        })
        .await;
    }
}
