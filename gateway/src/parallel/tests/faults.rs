//! Other sides that misbehave: the client's answers come, and what was lost is counted by its cause.

use super::support::{Bed, Plan, asked, get, local};
use crate::http1::forward::tests::support::{Upstream, soon};
use crate::parallel::ParallelSettings;

fn hurried() -> Plan {
    let settings =
        ParallelSettings { deadline_ms: 200, body_max_bytes: 1_000, ..ParallelSettings::default() };
    Plan { settings, ..Plan::default() }
}

#[tokio::test]
async fn one_that_hangs_is_given_up() {
    local(async {
        let bed = Bed::start(hurried()).await;
        let _ = asked(&bed, &bed.old, &get("/"), "a").await;
        let mut shadow = bed.new.accept().await;
        shadow.head().await;
        bed.drops("deadline", 1).await;
        assert_eq!(shadow.rest().await, "", "its connection is closed");
    })
    .await;
}

#[tokio::test]
async fn one_that_never_reads_is_given_up() {
    local(async {
        let settings = ParallelSettings {
            deadline_ms: 200,
            body_max_bytes: 16 << 20,
            memory_max_bytes: 64 << 20,
            ..ParallelSettings::default()
        };
        let comparison = "writes = \"send\"\nnoise_sample = 0\n";
        let bed = Bed::start(Plan { settings, comparison, ..Plan::default() }).await;
        let size = 12 << 20;
        let mut client = bed.client().await;
        let sent = async {
            client.send(super::support::post(&"x".repeat(size))).await;
            client.answer().await
        };
        let served = async {
            let mut serving = bed.old.accept().await;
            serving.head().await;
            serving.bytes(size).await;
            serving.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        };
        let (answer, ()) = tokio::join!(sent, served);
        assert!(answer.0.starts_with("HTTP/1.1 200"), "{}", answer.0);
        let _unread = bed.new.accept().await;
        bed.drops("deadline", 1).await;
    })
    .await;
}

#[tokio::test]
async fn broken_answers_are_counted_by_what_is_wrong_with_them() {
    local(async {
        let bed = Bed::start(hurried()).await;
        let (mut client, mut serving) = asked(&bed, &bed.old, &get("/"), "0").await;
        let answers = [
            ("", "closed"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "closed"),
            ("SSH-2.0-OpenSSH_9.2\r\n", "garbage"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "garbage"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "garbage"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n", "other_too_large"),
        ];
        let mut counts = std::collections::BTreeMap::new();
        for (number, (answer, cause)) in answers.into_iter().enumerate() {
            if number > 0 {
                client.send(get("/")).await;
                serving.serve("x").await;
                assert_eq!(soon(client.answer()).await.1, "x");
            }
            let mut shadow = bed.new.accept().await;
            shadow.head().await;
            shadow.send(answer).await;
            drop(shadow);
            *counts.entry(cause).or_insert(0) += 1;
            bed.drops(cause, counts[cause]).await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_endless_answer_is_cut_at_the_bound() {
    local(async {
        let bed = Bed::start(hurried()).await;
        let _ = asked(&bed, &bed.old, &get("/"), "a").await;
        let mut shadow = bed.new.accept().await;
        shadow.head().await;
        shadow.send(format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(1_001))).await;
        bed.drops("other_too_large", 1).await;
        assert_eq!(shadow.rest().await, "", "its connection is closed");
    })
    .await;
}

#[tokio::test]
async fn one_that_is_down_is_left_alone_after_a_while() {
    local(async {
        let mut bed = Bed::start(hurried()).await;
        // The port is closed from now on.
        bed.new = Upstream::start().await;
        let (mut client, mut serving) = asked(&bed, &bed.old, &get("/"), "0").await;
        for number in 1..40 {
            client.send(get("/")).await;
            serving.serve(&number.to_string()).await;
            assert_eq!(client.answer().await.1, number.to_string());
        }
        let (mut tried, mut spared) = (0, 0);
        while tried + spared < 40 {
            (tried, spared) = (bed.dropped("connect"), bed.dropped("breaker_open"));
            tokio::task::yield_now().await;
        }
        // Its breaker opens after 20 failures; those that were under way by then are no more than a few.
        assert!((20..40).contains(&tried) && spared > 0, "{tried} tried, {spared} spared");
    })
    .await;
}

#[tokio::test]
async fn a_serving_side_that_fails_is_not_compared() {
    local(async {
        let bed = Bed::start(hurried()).await;
        let mut client = bed.client().await;
        client.send(get("/")).await;
        let mut serving = bed.old.accept().await;
        serving.head().await;
        serving.send("nonsense\r\n\r\n").await;
        assert!(client.head().await.starts_with("HTTP/1.1 502"));
        bed.drops("not_comparable", 1).await;
        assert!(bed.new.is_lonely());
    })
    .await;
}

#[tokio::test]
async fn a_client_that_leaves_is_not_compared() {
    local(async {
        let bed = Bed::start(hurried()).await;
        let mut client = bed.client().await;
        client.send(get("/")).await;
        let mut serving = bed.old.accept().await;
        serving.head().await;
        drop(client);
        bed.drops("client_left", 1).await;
    })
    .await;
}
