//! What the report says of the service with the fault, and of the same service without it.

use crate::chat::Chat;
use serde_json::{Value, json};
use testkit::{Backend, both_backends};

/// What takes a verdict of "different" beyond doubt.
const ENOUGH_TO_DIFFER: u64 = 1_000;
/// 2,995 without a difference show that at most 0.1 % differ; some more, so that noise is told from differences.
const ENOUGH_TO_AGREE: u64 = 3_500;

/// Place and kind of the causes of a class.
fn causes(route: &Value, class: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = route["causes"].as_array().unwrap().iter();
    all.filter(|cause| cause["class"] == class)
        .map(|cause| (text(&cause["path"]), text(&cause["kind"])))
        .collect()
}

both_backends! {
    /// The report names the one place at which the service is wrong, by its samples too, and nothing else.
    async fn the_fault_is_named_and_nothing_else(backend: Backend) {
        let mut chat = Chat::start(backend, "").await;
        chat.serve(true).await;
        chat.read_until_compared(ENOUGH_TO_DIFFER).await;
        let (code, route) = chat.report().await;
        assert_eq!((code, &route["verdict"]), (Some(1), &json!("different")), "{route}");
        assert_eq!(causes(&route, "real"), [("$.messages[*].html".to_owned(), "value".to_owned())], "{route}");
        let real = route["causes"].as_array().unwrap().iter().find(|cause| cause["class"] == "real").unwrap();
        let shown = &real["samples"][0]["differences"][0];
        assert!(shown["old"].to_string().contains("nofollow"), "{shown}");
        assert!(!shown["new"].to_string().contains("nofollow"), "{shown}");
    }

    /// The same without the fault: nothing differs, though nobody wrote a rule.
    async fn without_the_fault_both_are_the_same(backend: Backend) {
        let mut chat = Chat::start(backend, "").await;
        chat.serve(false).await;
        chat.read_until_compared(ENOUGH_TO_AGREE).await;
        let (code, route) = chat.report().await;
        assert_eq!((code, &route["verdict"]), (Some(0), &json!("equivalent")), "{route}");
        assert_eq!(causes(&route, "real"), []);
    }
}
