//! Every wait has an end: the clock of these tests stands still until nothing else can happen.

use super::support::{connect, connect_many, get, local};
use crate::http1::Http1Settings;
use crate::http1::testing::{RuntimeClock, elapsed};
use tokio::io::AsyncReadExt;

fn settings() -> Http1Settings {
    Http1Settings {
        head_timeout_ms: 10_000,
        body_idle_timeout_ms: 5_000,
        body_timeout_ms: 12_000,
        idle_timeout_ms: 75_000,
        write_timeout_ms: 20_000,
        request_timeout_ms: 30_000,
        stream_timeout_ms: 40_000,
        ..Http1Settings::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_does_not_come_ends_the_connection() {
    local(async {
        let clock = RuntimeClock::new();
        let mut client = connect(settings()).await;
        assert_eq!(client.rest().await, "");
        assert_eq!(elapsed(&clock).as_secs(), 10);
        assert!(client.lines().is_empty());
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_head_that_drips_is_refused() {
    local(async {
        let mut client = connect(settings()).await;
        assert_eq!(client.ask(get("/hello")).await.status, 200);
        let clock = RuntimeClock::new();
        client.send("GET /").await;
        for _ in 0..9 {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            client.send("a").await;
        }
        let answer = client.answer(false).await;
        assert_eq!((answer.status, elapsed(&clock).as_secs()), (408, 10));
        assert_eq!(client.rest().await, "");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_silently() {
    local(async {
        let mut client = connect(settings()).await;
        assert_eq!(client.ask(get("/hello")).await.status, 200);
        let clock = RuntimeClock::new();
        assert_eq!(client.rest().await, "");
        assert_eq!(elapsed(&clock).as_secs(), 75);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_body_must_go_on_and_come_to_an_end() {
    local(async {
        for (pause_s, after_s) in [(6, 5), (4, 12)] {
            let mut client = connect(settings()).await;
            let clock = RuntimeClock::new();
            client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n").await;
            let (mut reading, mut writing) = tokio::io::split(client.io);
            let writer = tokio::task::spawn_local(async move {
                use tokio::io::AsyncWriteExt;
                loop {
                    tokio::time::sleep(std::time::Duration::from_secs(pause_s)).await;
                    if writing.write_all(b"x").await.is_err() {
                        break;
                    }
                }
            });
            let answer = super::support::read_answer(&mut reading, false).await;
            assert_eq!((answer.status, elapsed(&clock).as_secs()), (408, after_s));
            writer.abort();
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_handler_has_a_budget() {
    local(async {
        let mut client = connect(settings()).await;
        let clock = RuntimeClock::new();
        let answer = client.ask(get("/never")).await;
        assert_eq!((answer.status, elapsed(&clock).as_secs()), (504, 30));
        assert_eq!(client.ask(get("/hello")).await.status, 200);
        let out = answer.body.len();
        assert_eq!(client.lines()[0], format!("GET /never test.route 504 in=0 out={out} 30000ms whole"));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_falls_silent_is_cut_after_what_it_said() {
    local(async {
        let mut client = connect(settings()).await;
        client.send(get("/silent")).await;
        client.answer(false).await;
        let mut first = [0; 10];
        client.io.read_exact(&mut first).await.unwrap();
        assert_eq!(&first[..], b"5\r\nfirst\r\n");
        let clock = RuntimeClock::new();
        assert_eq!(client.rest().await, "");
        assert_eq!(elapsed(&clock).as_secs(), 40);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_is_cut() {
    local(async {
        let mut client = connect(settings()).await;
        let clock = RuntimeClock::new();
        client.send(get("/large")).await;
        (&mut client.served).await.unwrap();
        // The write wait, then the goodbye.
        assert_eq!(elapsed(&clock).as_secs(), 20);
        assert!(client.lines()[0].ends_with("broken"));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_on_after_a_refusal_is_cut() {
    local(async {
        let mut client = connect(Http1Settings { linger_max_bytes: 100_000, ..settings() }).await;
        client.send("GET / HTTP/1.1\r\n\r\n").await;
        let clock = RuntimeClock::new();
        (&mut client.served).await.unwrap();
        assert_eq!(elapsed(&clock).as_secs(), 1);
        assert_eq!(client.answer(false).await.status, 400);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_request_on_its_way_at_the_stop_is_answered() {
    local(async {
        let (mut kept, mut fresh) = (connect(settings()).await, connect(settings()).await);
        assert_eq!(kept.ask(get("/hello")).await.status, 200);
        for client in [&mut kept, &mut fresh] {
            client.stop.stop();
            tokio::time::sleep(std::time::Duration::from_millis(90)).await;
            let answer = client.ask(get("/hello")).await;
            assert_eq!((answer.text(), answer.header("connection")), ("hello", Some("close")));
            assert_eq!(client.rest().await, "");
        }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn at_the_stop_idle_connections_close_and_busy_ones_finish() {
    local(async {
        let (mut idle, mut busy, mut half) =
            (connect(settings()).await, connect(settings()).await, connect(settings()).await);
        assert_eq!(idle.ask(get("/hello")).await.status, 200);
        let clock = RuntimeClock::new();
        busy.send(get("/gate")).await;
        busy.gate.entered.notified().await;
        half.send("GET /hello HTTP/1.1\r\n").await;
        tokio::task::yield_now().await;
        for client in [&idle, &busy, &half] {
            client.stop.stop();
        }
        tokio::task::yield_now().await;
        busy.gate.open.notify_one();
        let answer = busy.answer(false).await;
        assert_eq!((answer.text(), answer.header("connection")), ("through", Some("close")));
        assert_eq!(busy.rest().await, "");
        let answer = half.ask("Host: a\r\n\r\n").await;
        assert_eq!((answer.text(), answer.header("connection")), ("hello", Some("close")));
        assert_eq!(half.rest().await, "");
        assert_eq!(elapsed(&clock).as_millis(), 0);
        assert_eq!(idle.rest().await, "");
        assert_eq!(elapsed(&clock).as_millis(), 100);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_is_shed_at_once() {
    local(async {
        let shedding_limit = upstream::AdaptiveSettings { initial: 1, min: 1, max: 1, ..Default::default() };
        let mut clients = connect_many(Http1Settings { shedding_limit, ..settings() }, 2).await;
        clients[0].send(get("/gate")).await;
        clients[0].gate.entered.notified().await;
        let shed = clients[1].ask(get("/hello")).await;
        assert_eq!(
            (shed.status, shed.header("retry-after"), shed.header("connection")),
            (503, Some("1"), None)
        );
        clients[0].gate.open.notify_one();
        assert_eq!(clients[0].answer(false).await.text(), "through");
        assert_eq!(clients[1].ask(get("/hello")).await.text(), "hello");
    })
    .await;
}
