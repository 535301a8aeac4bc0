//! SIGTERM: nothing more is accepted, what is in flight is finished, and the exit code is 0.

use blackbox::{Member, SOON, sign_up};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use testkit::{Backend, Banyan, Client, both_backends, eventually, raw};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const CLIENTS: usize = 8;

/// Posts until connections are refused; whatever else happens to a request is a loss.
async fn post_until_refused(client: Client, author: Member, answered: Arc<AtomicUsize>) {
    loop {
        let call = client.post("/api/messages").bearer(&author.token).json(&json!({"source": "hello"}));
        match call.try_send().await {
            Ok(answer) => {
                answer.expect_status(201);
                answered.fetch_add(1, Ordering::SeqCst);
            }
            Err(error) if error.is_connect() => return,
            Err(error) => panic!("a request in flight was lost: {error:?}"),
        }
    }
}

both_backends! {
    /// Under load every request is answered or was never accepted, and each that was answered is kept.
    async fn nothing_in_flight_is_lost(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let answered = Arc::new(AtomicUsize::new(0));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| tokio::spawn(post_until_refused((*banyan).clone(), ann.clone(), answered.clone())))
            .collect();
        eventually("load", SOON, async || (answered.load(Ordering::SeqCst) >= 50).then_some(())).await;
        assert_eq!(banyan.sigterm_and_wait().await.code(), Some(0));
        for client in clients {
            client.await.unwrap();
        }
        let banyan = banyan.restart().await;
        let mut kept = blackbox::store(banyan.database(), "messages");
        let kept = kept.texts("SELECT CAST(count(*) AS text) AS text FROM messages").unwrap();
        assert_eq!(kept, [answered.load(Ordering::SeqCst).to_string()], "what was answered, no more and no less");
    }

    /// A request whose body is still on its way is read, answered, and told that the connection ends.
    async fn a_request_that_is_half_there(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let ann = sign_up(&banyan, "ann").await;
        let body = r#"{"source": "half before, half after"}"#;
        let (first, rest) = body.split_at(10);
        let mut stream = TcpStream::connect(banyan.public()).await.unwrap();
        let (token, length) = (&ann.token, body.len());
        let head = format!("POST /api/messages HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n");
        // The interim answer shows that the head was read: the request is in flight.
        let head = format!("{head}Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut interim = [0; 25];
        stream.read_exact(&mut interim).await.unwrap();
        assert!(interim.starts_with(b"HTTP/1.1 100"), "{interim:?}");
        stream.write_all(first.as_bytes()).await.unwrap();
        banyan.process().terminate();
        eventually("the end of accepting", SOON, async || {
            TcpStream::connect(banyan.public()).await.is_err().then_some(())
        }).await;
        stream.write_all(rest.as_bytes()).await.unwrap();
        let mut answer = String::new();
        tokio::time::timeout(SOON, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
        assert!(answer.ends_with('}'), "whole: {answer}");
        assert_eq!(banyan.sigterm_and_wait().await.code(), Some(0));
    }

    /// Connections that stand idle hold nothing up.
    async fn idle_connections_do_not_hold_it_up(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let mut idle = Vec::new();
        for _ in 0..20 {
            idle.push(TcpStream::connect(banyan.public()).await.unwrap());
        }
        banyan.get("/stats").send().await.expect_status(200);
        let stopped = tokio::time::timeout(Duration::from_secs(8), banyan.sigterm_and_wait()).await;
        assert_eq!(stopped.expect("at once").code(), Some(0));
        assert!(idle.iter().all(|stream| stream.peer_addr().is_ok()));
    }

    /// Both ports of 0 are told in the one line on standard output, and both answer.
    async fn the_first_line_says_where(backend: Backend) {
        let banyan = Banyan::start(backend).await;
        let lines = banyan.process().stdout();
        assert_eq!(lines.len(), 1, "{lines:?}");
        let line = &lines[0];
        assert!(line.starts_with(&format!("listening public={} admin=127.0.0.1:", banyan.public())), "{line}");
        assert!(!line.contains(":0 ") && !line.ends_with(":0"), "{line}");
        let answer = raw(banyan.public(), b"GET /stats HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
        assert_eq!((answer.statuses(), answer.closed), (vec![200], true));
        banyan.admin().get("/health/live").send().await.expect_status(200);
    }
}
