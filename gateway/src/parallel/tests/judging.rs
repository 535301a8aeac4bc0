//! Answers that differ: compared by rules, asked again, and told from what one side differs by from itself.

use super::support::{Bed, ONCE, Plan, answered, asked, get, local};
use flate2::Compression;
use flate2::read::GzEncoder;
use std::io::Read;

#[tokio::test]
async fn a_difference_counts() {
    local(async {
        let bed = Bed::start(Plan::default()).await;
        let _ = asked(&bed, &bed.old, &get("/"), "a").await;
        answered(&bed.new, "b").await;
        bed.finds("other", "different", 1).await;
        assert!(bed.old.is_lonely(), "nothing is asked again");
    })
    .await;
}

#[tokio::test]
async fn a_difference_is_asked_again_before_it_counts() {
    local(async {
        for (again, result) in [("b", "different"), ("a", "lag")] {
            let plan = Plan { comparison: "recheck = \"1ms\"\nnoise_sample = 0\n", ..Plan::default() };
            let bed = Bed::start(plan).await;
            let _ = asked(&bed, &bed.old, &get("/"), "a").await;
            let (mut shadow, _) = answered(&bed.new, "b").await;
            let ((_, head), _) = tokio::join!(answered(&bed.old, "a"), shadow.serve(again));
            assert!(head.contains("banyan-shadow: 1\n"), "it is no client's request: {head}");
            bed.finds("other", result, 1).await;
        }
    })
    .await;
}

/// What is gone of it was lag; the rest counts.
#[tokio::test]
async fn of_a_difference_what_is_still_there_counts() {
    local(async {
        let plan = Plan { comparison: "recheck = \"1ms\"\nnoise_sample = 0\n", ..Plan::default() };
        let bed = Bed::start(plan).await;
        let answer = |body: &str| {
            let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n";
            format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
        };
        let mut client = bed.client().await;
        client.send(get("/")).await;
        for (side, body) in [
            (&bed.old, r#"{"a":1,"b":1}"#),
            (&bed.new, r#"{"a":2,"b":2}"#),
            (&bed.old, r#"{"a":1,"b":1}"#),
            (&bed.new, r#"{"a":1,"b":2}"#),
        ] {
            let mut talk = side.accept().await;
            talk.head().await;
            talk.send(answer(body)).await;
        }
        bed.finds("other", "different", 1).await;
        while bed.real().await.is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(bed.real().await, ["$.b"]);
    })
    .await;
}

/// An answer is an answer: 500 opens no breaker, or the other side would go unasked just where it differs.
#[tokio::test]
async fn errors_of_the_other_side_are_answers() {
    local(async {
        let bed = Bed::start(Plan::default()).await;
        let (mut client, mut serving) = asked(&bed, &bed.old, &get("/"), "0").await;
        let mut shadow = bed.new.accept().await;
        let error = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";
        for count in 1..=100 {
            shadow.head().await;
            shadow.send(error).await;
            bed.finds("other", "different", count).await;
            client.send(get("/")).await;
            serving.serve("1").await;
            client.answer().await;
        }
        assert!(!bed.figures().contains("dropped"), "{}", bed.figures());
    })
    .await;
}

#[tokio::test]
async fn a_difference_that_cannot_be_asked_again_counts_as_it_was() {
    local(async {
        let plan = Plan { comparison: "recheck = \"1ms\"\nnoise_sample = 0\n", ..Plan::default() };
        let bed = Bed::start(plan).await;
        let _ = asked(&bed, &bed.old, &get("/"), "a").await;
        let (shadow, _) = answered(&bed.new, "b").await;
        drop(shadow);
        let gone = async {
            drop(bed.new.accept().await);
            bed.finds("other", "different", 1).await;
        };
        tokio::join!(answered(&bed.old, "a"), gone);
    })
    .await;
}

#[tokio::test]
async fn the_serving_side_is_asked_again_for_noise() {
    local(async {
        let bed =
            Bed::start(Plan { comparison: "recheck = \"0\"\nnoise_sample = 1\n", ..Plan::default() }).await;
        let _ = asked(&bed, &bed.old, &get("/"), "a").await;
        answered(&bed.new, "a").await;
        let (_, head) = answered(&bed.old, "c").await;
        assert!(head.contains("banyan-shadow: 1\n"), "{head}");
        bed.finds("other", "equal", 1).await;
        bed.finds("same", "different", 1).await;
    })
    .await;
}

/// Problems of this platform name their own request: that is meant, whatever the route's rules are; anything else of them counts.
#[tokio::test]
async fn the_request_id_of_a_problem_is_its_own() {
    local(async {
        let bed = Bed::start(Plan { comparison: ONCE, ..Plan::default() }).await;
        let mut counts = std::collections::BTreeMap::new();
        for (media_type, first, second, result) in [
            (
                "application/problem+json; charset=utf-8",
                r#"{"t":1,"request_id":"a"}"#,
                r#"{"t":1,"request_id":"b"}"#,
                "explained",
            ),
            (
                "application/problem+json",
                r#"{"t":1,"request_id":"a"}"#,
                r#"{"t":2,"request_id":"b"}"#,
                "different",
            ),
            (
                "application/problem+json",
                r#"{"t":1,"request_id":"a"}"#,
                r#"{"t":1,"request_id":2}"#,
                "different",
            ),
            ("application/problem+json", r#"{"t":1,"request_id":"a"}"#, r#"{"t":1}"#, "different"),
            ("application/json", r#"{"t":1,"request_id":"a"}"#, r#"{"t":1,"request_id":"b"}"#, "different"),
        ] {
            let answer = |body: &str| {
                let head =
                    format!("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: {media_type}\r\n");
                format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
            };
            let mut client = bed.client().await;
            client.send(get("/")).await;
            let mut serving = bed.old.accept().await;
            serving.head().await;
            serving.send(answer(first)).await;
            client.answer().await;
            let mut shadow = bed.new.accept().await;
            shadow.head().await;
            shadow.send(answer(second)).await;
            *counts.entry(result).or_insert(0) += 1;
            bed.finds("other", result, counts[result]).await;
        }
    })
    .await;
}

/// Whoever serves, it is the old side whose other instance says what differs from itself.
#[tokio::test]
async fn a_second_instance_of_the_old_side_is_asked_for_noise() {
    local(async {
        for new_serves in [false, true] {
            let comparison = "recheck = \"0\"\nnoise_sample = 1\nnoise = \"second\"\n";
            let bed = Bed::start(Plan { new_serves, comparison, ..Plan::default() }).await;
            let (serving, other) = if new_serves { (&bed.new, &bed.old) } else { (&bed.old, &bed.new) };
            let _ = asked(&bed, serving, &get("/"), "a").await;
            answered(other, "a").await;
            let (_, head) = answered(&bed.second, "c").await;
            assert!(head.contains("banyan-shadow: 1\n"), "{head}");
            bed.finds("other", "equal", 1).await;
            bed.finds("same", "different", 1).await;
            assert!(bed.old.is_lonely() && bed.new.is_lonely(), "nobody else is asked twice");
        }
    })
    .await;
}

#[tokio::test]
async fn answers_that_were_compressed_differently_are_equal() {
    local(async {
        let bed = Bed::start(Plan { comparison: ONCE, ..Plan::default() }).await;
        let text = "the same text ".repeat(50);
        let coded = |level| {
            let mut bytes = Vec::new();
            GzEncoder::new(text.as_bytes(), level).read_to_end(&mut bytes).unwrap();
            let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ";
            [format!("{head}{}\r\n\r\n", bytes.len()).into_bytes(), bytes].concat()
        };
        let (first, second) = (coded(Compression::none()), coded(Compression::best()));
        assert_ne!(first, second);
        let mut client = bed.client().await;
        client.send(get("/")).await;
        let mut serving = bed.old.accept().await;
        serving.head().await;
        serving.send(&first).await;
        let head = client.head().await;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        client.bytes(length.parse().unwrap()).await;
        let mut shadow = bed.new.accept().await;
        shadow.head().await;
        shadow.send(&second).await;
        bed.finds("other", "equal", 1).await;
    })
    .await;
}
