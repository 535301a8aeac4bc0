//! Requests that may change something, and what else is asked or not.

use super::support::{Bed, Plan, answered, asked, get, local, post};

#[tokio::test]
async fn a_write_is_not_asked_twice_where_nobody_says_how() {
    local(async {
        let bed = Bed::start(Plan::default()).await;
        let mut client = bed.client().await;
        client.send(post("body")).await;
        let mut serving = bed.old.accept().await;
        serving.head().await;
        assert_eq!(serving.text(4).await, "body");
        serving.send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n").await;
        client.answer().await;
        bed.drops("write_skipped", 1).await;
        assert!(bed.new.is_lonely());
    })
    .await;
}

#[tokio::test]
async fn a_write_is_sent_with_its_body() {
    local(async {
        let bed =
            Bed::start(Plan { comparison: "writes = \"send\"\nnoise_sample = 1\n", ..Plan::default() }).await;
        let chunked = "POST /p HTTP/1.1\r\nHost: front.example\r\nTransfer-Encoding: chunked\r\n\r\n\
                       2\r\nbo\r\n2;x=y\r\ndy\r\n0\r\nx-t: 1\r\n\r\n";
        for request in [post("body"), chunked.to_owned()] {
            let mut client = bed.client().await;
            client.send(&request).await;
            let mut serving = bed.old.accept().await;
            serving.head().await;
            serving.until(if request == chunked { "\r\n\r\n" } else { "body" }).await;
            serving.send("HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
            client.answer().await;
            let mut shadow = bed.new.accept().await;
            let head = shadow.head().await;
            assert!(head.to_lowercase().contains("content-length: 4\n"), "{head}");
            assert!(!head.contains("banyan-dry-run"), "{head}");
            assert_eq!(shadow.text(4).await, "body");
            shadow.send("HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
        }
        bed.finds("other", "equal", 2).await;
        assert!(!bed.figures().contains("same"), "a write is never asked for noise: {}", bed.figures());
    })
    .await;
}

/// What a client asks as if, neither side does for real.
#[tokio::test]
async fn what_a_client_marks_as_a_dry_run_is_sent_to_nobody() {
    local(async {
        let bed = Bed::start(Plan { comparison: "writes = \"send\"\n", ..Plan::default() }).await;
        let mut client = bed.client().await;
        client.send(post("body").replacen("\r\n", "\r\nbanyan_dry_run: 1\r\n", 1)).await;
        let (head, _) = client.answer().await;
        assert!(head.starts_with("HTTP/1.1 403 "), "{head}");
        bed.drops("not_comparable", 1).await;
        assert!(bed.old.is_lonely() && bed.new.is_lonely());
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_is_marked_and_must_be_understood() {
    local(async {
        let plan = Plan { comparison: "writes = \"dry-run\"\n", dry_run: true, ..Plan::default() };
        let bed = Bed::start(plan).await;
        for word in ["banyan-dry-run: done\r\n", "", "banyan-dry-run: partial\r\n"] {
            let mut client = bed.client().await;
            client.send(post("body")).await;
            let mut serving = bed.old.accept().await;
            let head = serving.head().await;
            assert!(!head.contains("dry-run"), "{head}");
            serving.text(4).await;
            serving.send("HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
            client.answer().await;
            let mut shadow = bed.new.accept().await;
            let head = shadow.head().await;
            assert!(head.contains("banyan-dry-run: v1."), "{head}");
            shadow.text(4).await;
            let answer =
                format!("HTTP/1.1 201 Created\r\n{word}Connection: close\r\nContent-Length: 0\r\n\r\n");
            shadow.send(answer).await;
            bed.finds("other", "equal", 1).await;
        }
        bed.drops("not_comparable", 2).await;
    })
    .await;
}

#[tokio::test]
async fn without_a_key_or_backwards_to_who_does_not_know_them_there_are_no_dry_runs() {
    local(async {
        for (dry_run, new_serves) in [(false, false), (true, true)] {
            let plan = Plan { comparison: "writes = \"dry-run\"\n", dry_run, new_serves, ..Plan::default() };
            let bed = Bed::start(plan).await;
            let mut client = bed.client().await;
            client.send(post("body")).await;
            let mut serving = if new_serves { bed.new.accept().await } else { bed.old.accept().await };
            serving.head().await;
            serving.text(4).await;
            serving.send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n").await;
            client.answer().await;
            bed.drops("write_skipped", 1).await;
            assert!(bed.new.is_lonely() && bed.old.is_lonely());
        }
    })
    .await;
}

#[tokio::test]
async fn upgrades_and_event_streams_are_not_compared() {
    local(async {
        let bed = Bed::start(Plan::default()).await;
        let upgrade = get("/").replace("\r\n\r\n", "\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
        let _ = asked(&bed, &bed.old, &upgrade, "no").await;
        bed.drops("not_comparable", 1).await;
        let mut client = bed.client().await;
        client.send(get("/")).await;
        let mut serving = bed.old.accept().await;
        serving.head().await;
        serving
            .send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 2\r\n\r\n\n\n")
            .await;
        client.answer().await;
        bed.drops("not_comparable", 2).await;
        assert!(bed.new.is_lonely());
    })
    .await;
}

#[tokio::test]
async fn a_copy_that_only_one_side_knows_is_not_compared() {
    local(async {
        let bed = Bed::start(Plan::default()).await;
        let _ = asked(&bed, &bed.old, &get("/"), "x").await;
        let mut shadow = bed.new.accept().await;
        shadow.head().await;
        shadow.send("HTTP/1.1 304 Not Modified\r\n\r\n").await;
        bed.drops("not_comparable", 1).await;
    })
    .await;
}

/// A pooled connection that turns out to be closed is replaced, but nobody knows whether a write has been done.
#[tokio::test]
async fn what_may_have_been_done_is_not_asked_again_over_another_connection() {
    local(async {
        let comparison = "writes = \"send\"\nrecheck = \"0\"\nnoise_sample = 0\n";
        let bed = Bed::start(Plan { comparison, ..Plan::default() }).await;
        let (mut client, mut serving) = asked(&bed, &bed.old, &get("/"), "0").await;
        let (mut shadow, _) = answered(&bed.new, "0").await;
        bed.finds("other", "equal", 1).await;
        client.send(get("/")).await;
        serving.serve("1").await;
        client.answer().await;
        shadow.head().await;
        drop(shadow);
        let (mut shadow, _) = answered(&bed.new, "1").await;
        bed.finds("other", "equal", 2).await;
        client.send(post("body")).await;
        serving.head().await;
        serving.text(4).await;
        serving.send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n").await;
        client.answer().await;
        shadow.head().await;
        drop(shadow);
        bed.drops("closed", 1).await;
        assert!(bed.new.is_lonely());
    })
    .await;
}

#[tokio::test]
async fn a_write_that_differs_is_not_asked_again() {
    local(async {
        let comparison = "writes = \"send\"\nrecheck = \"1ms\"\nnoise_sample = 0\n";
        let bed = Bed::start(Plan { comparison, ..Plan::default() }).await;
        let mut client = bed.client().await;
        client.send(post("body")).await;
        for (side, status) in [(&bed.old, "201 Created"), (&bed.new, "202 Accepted")] {
            let mut talk = side.accept().await;
            talk.head().await;
            talk.text(4).await;
            talk.send(format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")).await;
        }
        bed.finds("other", "different", 1).await;
        assert!(bed.old.is_lonely() && bed.new.is_lonely());
    })
    .await;
}
