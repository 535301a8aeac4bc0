//! Bodies in both directions: streamed, framed anew, never more than a buffer of them held.

use super::support::{Front, Plan, Talk, Upstream, get, local, soon};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn pair(front: &Front, upstream: &Upstream, request: &str) -> (Talk, Talk) {
    let mut client = front.connect().await;
    client.send(request).await;
    let server = upstream.accept().await;
    (client, server)
}

#[tokio::test]
async fn chunks_and_trailers_pass_both_ways() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let request = "POST / HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n\
                       3;x=y\r\nabc\r\n";
        let (mut client, mut server) = pair(&front, &upstream, request).await;
        let head = server.head().await;
        assert!(head.contains("transfer-encoding: chunked\nconnection: te\nte: trailers\n"), "{head}");
        assert_eq!(server.text(8).await, "3\r\nabc\r\n");
        client.send("2\r\nde\r\n0\r\nX-Sum: 5\r\nHost: evil\r\n\r\n").await;
        assert_eq!(server.until("\r\n\r\n").await, "2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n");
        server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n").await;
        let head = client.head().await;
        assert_eq!(head, "HTTP/1.1 200 OK\nTrailer: X-Sum\ntransfer-encoding: chunked\nbanyan-served-by: svc/i0\n");
        // What has come is sent at once, as an event stream needs it.
        for event in ["5\r\nev: 1\r\n", "5\r\nev: 2\r\n"] {
            server.send(event).await;
            assert_eq!(client.text(event.len()).await, event);
        }
        server.send("0\r\nX-Sum: 10\r\nSet-Cookie: a=b\r\n\r\n").await;
        assert_eq!(client.until("\r\n\r\n").await, "0\r\nX-Sum: 10\r\n\r\n");
        client.send(get("/next")).await;
        server.serve("next").await;
        assert_eq!(client.answer().await.1, "next");
        assert_eq!(front.lines(1).await[0], "POST / test.route 200 in=5 out=10 whole");
    })
    .await;
}

#[tokio::test]
async fn what_ends_with_the_connection_is_chunked_and_the_connection_not_used_again() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let (mut client, mut server) = pair(&front, &upstream, &get("/")).await;
        server.head().await;
        server.send("HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\nabc").await;
        assert!(client.head().await.contains("transfer-encoding: chunked\n"));
        assert_eq!(client.text(8).await, "3\r\nabc\r\n");
        drop(server);
        assert_eq!(client.text(5).await, "0\r\n\r\n");
        client.send(get("/next")).await;
        upstream.accept().await.serve("next").await;
        assert_eq!(client.answer().await.1, "next");
    })
    .await;
}

#[tokio::test]
async fn old_clients_get_no_chunks_and_no_interim_answers() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let request = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
        let (mut client, mut server) = pair(&front, &upstream, request).await;
        let head = server.head().await;
        assert!(head.starts_with(&format!("GET / HTTP/1.1\nhost: {}\n", upstream.address())), "{head}");
        server.send("HTTP/1.1 103 Early\r\nLink: x\r\n\r\n").await;
        server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n").await;
        assert_eq!(client.head().await, "HTTP/1.1 200 OK\nconnection: close\nbanyan-served-by: svc/i0\n");
        assert_eq!(client.rest().await, "abc");
    })
    .await;
}

const LARGE: usize = 8 * 1024 * 1024;

fn pattern() -> Vec<u8> {
    (0..LARGE).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

#[tokio::test]
async fn large_bodies_pass_whole() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let request = format!("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: {LARGE}\r\n\r\n");
        let (client, mut server) = pair(&front, &upstream, &request).await;
        let (reading, mut writing) = client.0.into_split();
        let sending = tokio::task::spawn_local(async move {
            writing.write_all(&pattern()).await.unwrap();
            writing
        });
        server.head().await;
        let got = server.bytes(LARGE).await;
        assert!(got == pattern());
        let mut client = Talk(reading.reunite(sending.await.unwrap()).unwrap());
        let answering = tokio::task::spawn_local(async move {
            server.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n")).await;
            server.send(&got).await;
        });
        client.head().await;
        assert!(client.bytes(LARGE).await == pattern());
        answering.await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn nobody_is_read_faster_than_the_other_side_takes() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let request = "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1073741824\r\n\r\n";
        let (mut client, server) = pair(&front, &upstream, request).await;
        // The upstream reads nothing: what the gateway takes is bounded by the sockets' own buffers.
        let piece = vec![b'x'; 64 * 1024];
        let mut taken = 0;
        while let Ok(count) =
            tokio::time::timeout(std::time::Duration::from_millis(300), client.0.write(&piece)).await
        {
            taken += count.unwrap();
            assert!(taken < 64 * 1024 * 1024, "{taken}");
        }
        drop(server);
    })
    .await;
}

#[tokio::test]
async fn a_long_body_takes_nothing_of_what_follows_it() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let request = format!("PUT /1 HTTP/1.1\r\nHost: h\r\nContent-Length: {LARGE}\r\n\r\n");
        let (client, mut server) = pair(&front, &upstream, &request).await;
        let (mut reading, mut writing) = client.0.into_split();
        let sending = tokio::task::spawn_local(async move {
            writing.write_all(&pattern()).await.unwrap();
            writing.write_all(get("/2").as_bytes()).await.unwrap();
            writing
        });
        server.head().await;
        assert!(server.bytes(LARGE).await == pattern());
        let answering = tokio::task::spawn_local(async move {
            server.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n")).await;
            server.send(pattern()).await;
            (server.serve("second").await, server)
        });
        let mut first = vec![0; LARGE];
        let mut client = {
            let mut byte = 0_u32;
            while byte != u32::from_be_bytes(*b"\r\n\r\n") {
                byte = byte << 8 | u32::from(soon(reading.read_u8()).await.unwrap());
            }
            soon(reading.read_exact(&mut first)).await.unwrap();
            Talk(reading.reunite(sending.await.unwrap()).unwrap())
        };
        assert!(first == pattern());
        assert_eq!(client.answer().await.1, "second");
        assert!(answering.await.unwrap().0.starts_with("GET /2 "));
    })
    .await;
}

#[tokio::test]
async fn a_long_answer_that_breaks_off_is_not_ended_as_if_it_were_whole() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let (mut client, mut server) = pair(&front, &upstream, &get("/")).await;
        server.head().await;
        server.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n")).await;
        server.send(&pattern()[..LARGE / 2]).await;
        drop(server);
        client.head().await;
        let mut got = Vec::new();
        let _ = soon(client.0.read_to_end(&mut got)).await;
        assert!(got == pattern()[..LARGE / 2]);
        let line = format!("GET / test.route 200 in=0 out={} broken", LARGE / 2);
        assert_eq!(front.lines(1).await[0], line);
    })
    .await;
}
