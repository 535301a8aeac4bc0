//! What is fetched and what is skipped, and the limits.

use super::server::{Script, Server, answer, html};
use crate::{EgressSettings, Limits, PageFetcher, PageSummary, ProxyRules};
use kernel::{Context, Sources};
use std::time::Duration;

fn fetcher(limits: Limits) -> (PageFetcher, Context) {
    let sources = Sources::system();
    let settings = EgressSettings { allow_private: true, limits, proxy: ProxyRules::Direct };
    let context = Context::background(&sources, Duration::from_secs(60));
    (PageFetcher::new(settings, sources.clock), context)
}

async fn summary_of(answer: Vec<u8>) -> Option<PageSummary> {
    let server = Server::start(move |_| Script::Bytes(answer.clone())).await;
    let (fetcher, context) = fetcher(Limits::default());
    fetcher.summary(&context, &server.url()).await
}

fn titled(title: &str) -> Option<PageSummary> {
    Some(PageSummary { title: Some(title.to_owned()), description: None })
}

#[tokio::test]
async fn a_page_gives_title_and_description() {
    let page = "<html><head><title>T &amp; U</title><meta name=Description content='D'></head>";
    let found = summary_of(html(page)).await.unwrap();
    assert_eq!(found, PageSummary { title: Some("T & U".into()), description: Some("D".into()) });
}

#[tokio::test]
async fn anything_but_a_200_html_answer_is_skipped() {
    let html_type = "content-type: text/html\r\n";
    for (status, headers) in [
        ("404 Not Found", html_type),
        ("500 Internal Server Error", html_type),
        ("204 No Content", html_type),
        ("206 Partial Content", html_type),
        ("304 Not Modified", html_type),
        ("302 Found", html_type),
        ("200 OK", "content-type: application/json\r\n"),
        ("200 OK", "content-type: text/html-like\r\n"),
        ("200 OK", ""),
    ] {
        assert_eq!(summary_of(answer(status, headers, "<title>x</title>")).await, None, "{status} {headers}");
    }
    assert_eq!(
        summary_of(answer("200 OK", "content-type: Application/XHTML+xml\r\n", "<title>x</title>")).await,
        titled("x")
    );
}

#[tokio::test]
async fn a_body_that_is_shorter_than_it_says_is_no_answer() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 1000\r\n\r\n<title>x</title>";
    assert_eq!(summary_of(cut.into()).await, None);
    assert_eq!(summary_of(b"nonsense\r\n\r\n".to_vec()).await, None);
}

#[tokio::test]
async fn an_endless_body_is_read_to_the_cap() {
    let head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<title>endless</title>".to_vec();
    let server = Server::start(move |_| Script::Endless(head.clone())).await;
    let (fetcher, context) = fetcher(Limits { body_max_bytes: 10_000, ..Limits::default() });
    assert_eq!(fetcher.summary(&context, &server.url()).await, titled("endless"));
}

#[tokio::test]
async fn a_server_that_falls_silent_is_left() {
    for start in ["", "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<title>x"] {
        let server = Server::start(move |_| Script::Silent(start.into())).await;
        let (fetcher, context) = fetcher(Limits { total: Duration::from_millis(100), ..Limits::default() });
        assert_eq!(fetcher.summary(&context, &server.url()).await, None);
        assert_eq!(fetcher.counters().timed_out.get(), 1);
    }
}

#[tokio::test]
async fn redirects_are_followed_three_times_and_no_more() {
    let target = Server::html("<title>arrived</title>").await;
    let url = target.url();
    let once =
        Server::start(move |_| Script::Bytes(answer("302 Found", &format!("location: {url}\r\n"), ""))).await;
    let (fetcher, context) = fetcher(Limits::default());
    assert_eq!(fetcher.summary(&context, &once.url()).await, titled("arrived"));

    let looping = Server::start(|_| Script::Bytes(answer("301 Moved", "location: /again\r\n", ""))).await;
    assert_eq!(fetcher.summary(&context, &looping.url()).await, None);
    assert_eq!(looping.connections(), 4);
}

#[tokio::test]
async fn the_deadline_of_the_context_counts_too() {
    let server = Server::start(|_| Script::Silent(Vec::new())).await;
    let (fetcher, _) = fetcher(Limits::default());
    let context = Context::background(&Sources::system(), Duration::from_millis(50));
    assert_eq!(fetcher.summary(&context, &server.url()).await, None);
    assert_eq!(fetcher.counters().timed_out.get(), 1);
}

#[tokio::test]
async fn what_finds_the_queue_full_is_dropped_and_counted() {
    let server = Server::start(|_| Script::Silent(Vec::new())).await;
    let (fetcher, context) = fetcher(Limits {
        concurrent_max: 1,
        waiting_max: 1,
        total: Duration::from_millis(300),
        ..Limits::default()
    });
    let url = server.url();
    let outcomes = tokio::join!(
        fetcher.summary(&context, &url),
        fetcher.summary(&context, &url),
        fetcher.summary(&context, &url),
    );
    assert_eq!(outcomes, (None, None, None));
    assert_eq!(fetcher.counters().dropped.get(), 1);
    assert_eq!(fetcher.counters().timed_out.get(), 2);
}
