//! Bounds: what does not fit is dropped and counted, and the client's answers come all the same.

use super::support::{Bed, Plan, answered, asked, get, local};
use crate::http1::forward::tests::support::soon;
use crate::parallel::ParallelSettings;

#[tokio::test]
async fn who_waits_is_bounded() {
    local(async {
        let settings = ParallelSettings { concurrent_max: 1, queue_max: 2, ..ParallelSettings::default() };
        let bed = Bed::start(Plan { settings, ..Plan::default() }).await;
        let (mut client, mut serving) = asked(&bed, &bed.old, &get("/"), "0").await;
        for number in 1..6 {
            client.send(get("/")).await;
            serving.serve(&number.to_string()).await;
            assert_eq!(client.answer().await.1, number.to_string());
        }
        // One is under way, two wait, three found no room.
        bed.drops("queue_full", 3).await;
        bed.counts("waiting 2").await;
        bed.counts("under_way 1").await;
        let mut shadow = bed.new.accept().await;
        for number in 0..3 {
            shadow.serve(&number.to_string()).await;
        }
        bed.finds("other", "equal", 3).await;
        bed.counts("waiting 0").await;
        bed.counts("under_way 0").await;
    })
    .await;
}

#[tokio::test]
async fn what_is_held_is_bounded() {
    local(async {
        let settings = ParallelSettings { memory_max_bytes: 1_000, ..ParallelSettings::default() };
        let bed = Bed::start(Plan { settings, ..Plan::default() }).await;
        let (mut client, mut serving) = asked(&bed, &bed.old, &get("/"), &"x".repeat(600)).await;
        client.send(get("/")).await;
        serving.serve(&"y".repeat(600)).await;
        assert_eq!(client.answer().await.1.len(), 600);
        bed.drops("queue_full", 1).await;
        bed.new.accept().await.serve(&"x".repeat(600)).await;
        bed.finds("other", "equal", 1).await;
        client.send(get("/")).await;
        serving.serve(&"z".repeat(600)).await;
        assert_eq!(client.answer().await.1.len(), 600);
        // What was held has been given back.
        bed.new.accept().await.serve(&"z".repeat(600)).await;
        bed.finds("other", "equal", 2).await;
    })
    .await;
}

#[tokio::test]
async fn a_large_answer_goes_to_the_client_and_is_not_compared() {
    local(async {
        let settings = ParallelSettings { body_max_bytes: 100, ..ParallelSettings::default() };
        let bed = Bed::start(Plan { settings, ..Plan::default() }).await;
        let (mut client, mut serving) = asked(&bed, &bed.old, &get("/"), &"x".repeat(101)).await;
        bed.drops("body_too_large", 1).await;
        client.send(get("/")).await;
        serving.head().await;
        let chunk = format!("3c\r\n{}\r\n", "x".repeat(60));
        serving
            .send(format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}{chunk}0\r\n\r\n"))
            .await;
        assert!(soon(client.until("0\r\n\r\n")).await.contains(&"x".repeat(60)));
        bed.drops("body_too_large", 2).await;
        assert!(bed.new.is_lonely());
    })
    .await;
}

#[tokio::test]
async fn a_request_that_is_large_reaches_the_serving_side_only() {
    local(async {
        let settings = ParallelSettings { body_max_bytes: 100, ..ParallelSettings::default() };
        let comparison = "writes = \"send\"\nnoise_sample = 0\n";
        let bed = Bed::start(Plan { settings, comparison, ..Plan::default() }).await;
        let mut client = bed.client().await;
        client.send(super::support::post(&"x".repeat(101))).await;
        let mut serving = bed.old.accept().await;
        serving.head().await;
        assert_eq!(serving.text(101).await, "x".repeat(101));
        serving.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        client.answer().await;
        bed.drops("body_too_large", 1).await;
        assert!(bed.new.is_lonely());
    })
    .await;
}

#[tokio::test]
async fn the_judge_takes_so_much_and_no_more() {
    local(async {
        let settings = ParallelSettings { judge_max_bytes: 1, ..ParallelSettings::default() };
        let bed = Bed::start(Plan { settings, ..Plan::default() }).await;
        let _ = asked(&bed, &bed.old, &get("/"), "a").await;
        bed.new.accept().await.serve("b").await;
        bed.drops("judge_full", 1).await;
    })
    .await;
}

#[tokio::test]
async fn one_side_asked_twice_without_room_for_it_is_no_exchange_that_was_dropped() {
    local(async {
        let settings = ParallelSettings { judge_max_bytes: 1, ..ParallelSettings::default() };
        let comparison = "recheck = \"0\"\nnoise_sample = 1\n";
        let bed = Bed::start(Plan { settings, comparison, ..Plan::default() }).await;
        let _ = asked(&bed, &bed.old, &get("/"), "a").await;
        answered(&bed.new, "a").await;
        answered(&bed.old, "b").await;
        bed.drops("noise_unjudged", 1).await;
        bed.finds("other", "equal", 1).await;
        assert!(!bed.figures().contains("judge_full"), "{}", bed.figures());
    })
    .await;
}

#[tokio::test]
async fn a_difference_without_room_to_be_asked_again_counts_as_it_is() {
    local(async {
        let settings = ParallelSettings { recheck_max: 1, ..ParallelSettings::default() };
        let comparison = "recheck = \"60s\"\nnoise_sample = 0\n";
        let bed = Bed::start(Plan { settings, comparison, ..Plan::default() }).await;
        let (mut client, mut serving) = asked(&bed, &bed.old, &get("/"), "a").await;
        let (mut shadow, _) = answered(&bed.new, "b").await;
        client.send(get("/")).await;
        serving.serve("a").await;
        assert_eq!(soon(client.answer()).await.1, "a");
        shadow.serve("b").await;
        // One of the two waits for a minute.
        bed.finds("other", "different", 1).await;
    })
    .await;
}

/// What a pair holds at the judge's is given back, whatever becomes of it: else one after the other would find no room.
#[tokio::test]
async fn what_the_judge_holds_is_given_back() {
    local(async {
        let settings = ParallelSettings { judge_max_bytes: 1_500, ..ParallelSettings::default() };
        let bed = Bed::start(Plan { settings, ..Plan::default() }).await;
        let (mut client, mut serving) = asked(&bed, &bed.old, &get("/"), &"a".repeat(500)).await;
        let (mut shadow, _) = answered(&bed.new, &"b".repeat(500)).await;
        bed.finds("other", "different", 1).await;
        // The first may be counted a moment before what it held is free.
        while !bed.figures().contains("result=\"different\"} 3") {
            client.send(get("/")).await;
            serving.serve(&"a".repeat(500)).await;
            soon(client.answer()).await;
            soon(shadow.serve(&"b".repeat(500))).await;
            assert!(!bed.figures().contains("cause=\"judge_full\"} 50"), "{}", bed.figures());
        }
    })
    .await;
}
