//! Previews: in the answer, behind it, and not where they do not belong.

use super::harness::{Harness, START};
use super::pages::Pages;
use crate::{MessagesSettings, PreviewSettings};
use std::time::Duration;

fn harness(wait_ms: u64) -> Harness {
    let previews = PreviewSettings { allow_private: true, wait_ms, ..PreviewSettings::default() };
    Harness::with(MessagesSettings { previews, ..MessagesSettings::default() })
}

fn link(url: &str) -> String {
    format!("<a href=\"{url}\" rel=\"nofollow\">{url}</a>")
}

fn preview(url: &str, title: &str, description: &str) -> String {
    format!("<blockquote><p><a href=\"{url}\">{title}</a></p><p>{description}</p></blockquote>")
}

#[tokio::test]
async fn previews_stand_behind_the_html_in_the_order_of_the_links() {
    let (harness, pages) = (harness(10_000), Pages::start().await);
    let [one, missing, two, bare] = ["one", "missing/x", "two", "bare"].map(|path| pages.url(path));
    let message = harness.post(1, &format!("{one} {missing} {two} {one} {bare}")).await;
    let text = [&one, &missing, &two, &one, &bare].map(|url| link(url)).join(" ");
    let expected = [
        text,
        preview(&one, "one", "about one"),
        preview(&two, "two", "about two"),
        preview(&bare, &bare, "No description found."),
    ];
    assert_eq!(message.html, expected.concat());
    assert_eq!(harness.get(1).await.unwrap(), message);
    assert_eq!(harness.counter("messages_previews_added"), "1");
}

#[tokio::test]
async fn what_a_page_says_of_itself_is_escaped() {
    let (harness, pages) = (harness(10_000), Pages::start().await);
    let url = pages.url("evil");
    let message = harness.post(1, &format!("{url}?a&b\"")).await;
    let shown = format!("{url}?a&amp;b");
    assert!(
        message.html.ends_with(&preview(&shown, "&lt;script&gt;1&amp;2", "\"&lt;b&gt;")),
        "{}",
        message.html
    );
}

#[tokio::test]
async fn five_links_at_most_are_fetched() {
    let (harness, pages) = (harness(10_000), Pages::start().await);
    let source: Vec<_> = (1..=7).map(|n| pages.url(&n.to_string())).collect();
    let message = harness.post(1, &source.join(" ")).await;
    assert_eq!(message.html.matches("<blockquote>").count(), 5);
    assert!(!message.html.contains("about 6"));
}

#[tokio::test]
async fn a_late_preview_is_added_in_the_background() {
    let (harness, pages) = (harness(0), Pages::start().await);
    let url = pages.url("held/late");
    let posted = harness.post(1, &url).await;
    assert_eq!(posted.html, link(&url));
    harness.clock.advance(Duration::from_secs(2));
    pages.release();
    harness.parts.service.settle().await;
    let message = harness.get(1).await.unwrap();
    assert_eq!(message.html, link(&url) + &preview(&url, "late", "about late"));
    assert_eq!((message.created_at, message.updated_at), (START, START + 2));
}

#[tokio::test]
async fn what_is_in_time_does_not_wait_for_what_is_late() {
    let (harness, pages) = (harness(1000), Pages::start().await);
    let (held, quick) = (pages.url("held/late"), pages.url("quick"));
    let posted = harness.post(1, &format!("{held} {quick}")).await;
    let text = format!("{} {}", link(&held), link(&quick));
    let quick = preview(&quick, "quick", "about quick");
    assert_eq!(posted.html, format!("{text}{quick}"));
    pages.release();
    harness.parts.service.settle().await;
    let late = preview(&held, "late", "about late");
    assert_eq!(harness.get(1).await.unwrap().html, format!("{text}{late}{quick}"));
}

#[tokio::test]
async fn a_preview_of_a_message_that_changed_is_thrown_away() {
    let (harness, pages) = (harness(0), Pages::start().await);
    harness.post(1, &pages.url("held/old")).await;
    pages.held().await;
    harness.edit(1, 1, Some("without links")).await.unwrap();
    pages.release();
    harness.parts.service.settle().await;
    assert_eq!(harness.get(1).await.unwrap().html, "without links");
    assert_eq!(harness.counter("messages_previews_dropped"), "0");
}

#[tokio::test]
async fn an_edit_waits_for_its_previews() {
    let (harness, pages) = (harness(10_000), Pages::start().await);
    harness.post(1, "no link").await;
    let url = pages.url("new");
    harness.edit(1, 1, Some(&url)).await.unwrap();
    assert_eq!(harness.get(1).await.unwrap().html, link(&url) + &preview(&url, "new", "about new"));
}

#[tokio::test]
async fn a_caller_who_goes_away_takes_no_preview_along() {
    let (harness, pages) = (harness(10_000), Pages::start().await);
    let url = pages.url("held/kept");
    tokio::select! {
        _ = harness.post(1, &url) => panic!("the page is held"),
        () = pages.held() => {}
    }
    pages.release();
    harness.parts.service.settle().await;
    assert!(harness.get(1).await.unwrap().html.contains("about kept"));
}

#[tokio::test]
async fn too_many_waiting_messages_go_without_and_are_counted() {
    let (harness, pages) = (harness(0), Pages::start().await);
    for _ in 0..65 {
        harness.post(1, &pages.url("held/many")).await;
    }
    assert_eq!(harness.counter("messages_previews_dropped"), "1");
}

#[tokio::test]
async fn nothing_is_fetched_when_previews_are_off_or_the_address_is_private() {
    let pages = Pages::start().await;
    let url = pages.url("secret");
    let off = PreviewSettings { enabled: false, allow_private: true, ..PreviewSettings::default() };
    for previews in [off, PreviewSettings::default()] {
        let harness = Harness::with(MessagesSettings { previews, ..MessagesSettings::default() });
        assert_eq!(harness.post(1, &url).await.html, link(&url));
    }
}
