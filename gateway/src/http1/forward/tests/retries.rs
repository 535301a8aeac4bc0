//! What is tried again, what is not, and who answers when nobody can be asked.

use super::support::{Front, Plan, Talk, Upstream, get, in_process, local, post, status};
use upstream::BreakerForce;

/// A client whose next request finds `server`'s connection pooled.
async fn pooled(front: &Front, upstream: &Upstream) -> (Talk, Talk) {
    let mut client = front.connect().await;
    client.send(get("/first")).await;
    let mut server = upstream.accept().await;
    server.serve("first").await;
    client.answer().await;
    (client, server)
}

fn once() -> Plan {
    let mut plan = Plan::default();
    plan.policy.retry.attempts_max = 1;
    plan
}

#[tokio::test]
async fn a_pooled_connection_that_closed_costs_nothing() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], once()).await;
        for request in [get("/"), post("abc")] {
            let (mut client, server) = pooled(&front, &upstream).await;
            drop(server);
            // The gateway has seen the end once it has done something else.
            client.send(get("/hello")).await;
            client.answer().await;
            client.send(request).await;
            let mut server = upstream.accept().await;
            server.serve("again").await;
            assert_eq!(client.answer().await.1, "again");
            drop(server);
        }
    })
    .await;
}

#[tokio::test]
async fn what_can_be_done_twice_is_sent_again_when_a_pooled_connection_breaks() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], once()).await;
        let put = "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
        for request in [&get("/again"), put] {
            let (mut client, mut server) = pooled(&front, &upstream).await;
            client.send(request).await;
            let first = server.head().await;
            drop(server);
            let mut server = upstream.accept().await;
            assert_eq!(server.head().await, first);
            if request.starts_with("PUT") {
                assert_eq!(server.text(3).await, "abc");
            }
            server.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok").await;
            assert_eq!(client.answer().await.1, "ok");
        }
    })
    .await;
}

#[tokio::test]
async fn what_may_have_been_received_is_not_sent_again() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let (mut client, mut server) = pooled(&front, &upstream).await;
        client.send(post("abc")).await;
        server.head().await;
        drop(server);
        assert_eq!(status(&client.answer().await.0), 502);
        // Nor a body of which only a part was at hand, nor a request that was answered in part.
        let mut client = front.connect().await;
        client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc").await;
        let mut server = upstream.accept().await;
        server.head().await;
        server.text(3).await;
        client.send("def").await;
        server.text(3).await;
        drop(server);
        let (head, _) = client.answer().await;
        assert_eq!(status(&head), 502);
        client.send(get("/")).await;
        let mut server = upstream.accept().await;
        server.head().await;
        server.send("HTTP").await;
        drop(server);
        assert_eq!(status(&client.answer().await.0), 502);
        assert!(upstream.is_lonely());
    })
    .await;
}

#[tokio::test]
async fn another_instance_is_asked_after_a_refusal_and_after_a_break() {
    local(async {
        let (good, gone) = (Upstream::start().await, Upstream::start().await.address());
        let front = Front::start_at(&[gone, good.address(), gone], Plan::default()).await;
        let mut client = front.connect().await;
        let mut server: Option<Talk> = None;
        for _ in 0..6 {
            client.send(post("abc")).await;
            let mut talk = match server.take() {
                Some(talk) => talk,
                None => good.accept().await,
            };
            talk.head().await;
            talk.text(3).await;
            talk.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
            let (head, body) = client.answer().await;
            assert_eq!(body, "ok");
            assert!(head.contains("banyan-served-by: svc/i1\n"), "{head}");
            server = Some(talk);
        }
        let (a, b) = (Upstream::start().await, Upstream::start().await);
        let front = Front::start(&[&a, &b], Plan::default()).await;
        let mut client = front.connect().await;
        client.send(get("/")).await;
        let (mut first, other) = tokio::select! {
            talk = a.accept() => (talk, &b),
            talk = b.accept() => (talk, &a),
        };
        first.head().await;
        drop(first);
        other.accept().await.serve("other").await;
        assert_eq!(client.answer().await.1, "other");
    })
    .await;
}

#[tokio::test]
async fn attempts_have_an_end() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let mut client = front.connect().await;
        client.send(get("/")).await;
        for _ in 0..3 {
            upstream.accept().await.head().await;
        }
        assert_eq!(status(&client.answer().await.0), 502);
        assert!(upstream.is_lonely());
    })
    .await;
}

#[tokio::test]
async fn the_other_side_answers_when_nobody_can_be_asked() {
    local(async {
        let upstream = Upstream::start().await;
        let change = |forward: &mut crate::http1::Forward| forward.fallback = Some(Box::new(in_process()));
        let front = Front::start(&[&upstream], Plan { change, ..once() }).await;
        front.service.force(BreakerForce::Open);
        let mut client = front.connect().await;
        let (head, _) = client.ask(&post("abc")).await;
        // The application of these tests does not know the path: its 404 is the answer.
        assert_eq!(status(&head), 404);
        assert!(head.contains("banyan-served-by: monolith\n"), "{head}");
        assert!(upstream.is_lonely());
        front.service.force(BreakerForce::Auto);
        client.send(get("/")).await;
        upstream.accept().await.serve("back").await;
        assert_eq!(client.answer().await.1, "back");
        let gone = Upstream::start().await.address();
        let front = Front::start_at(&[gone], Plan { change, ..once() }).await;
        assert_eq!(status(&front.connect().await.ask(&post("abc")).await.0), 404);
    })
    .await;
}

#[tokio::test]
async fn without_another_side_an_open_breaker_is_a_503() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        front.service.force(BreakerForce::Open);
        let (head, body) = front.connect().await.ask(&get("/")).await;
        assert_eq!(status(&head), 503);
        assert!(head.contains("retry-after: 1\n") && body.contains("svc"), "{head}{body}");
    })
    .await;
}
