//! A web server with pages to preview, that can hold its answers back.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A web server on loopback, on the test's own runtime.
pub(crate) struct PageServer {
    pub(crate) address: SocketAddr,
    asked: Arc<AtomicUsize>,
    open: watch::Sender<bool>,
}

impl PageServer {
    /// Answers at once.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (open, gate) = watch::channel(true);
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(answer(stream, gate.clone()));
            }
        });
        Self { address, asked, open }
    }

    /// The URL of one of its pages.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Connections so far.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Answers nobody until [`PageServer::release`].
    pub(crate) fn hold(&self) {
        self.open.send_replace(false);
    }

    /// Answers everybody.
    pub(crate) fn release(&self) {
        self.open.send_replace(true);
    }
}

async fn answer(mut stream: TcpStream, mut gate: watch::Receiver<bool>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    if gate.wait_for(|open| *open).await.is_err() {
        return;
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let _ = stream.write_all(page(path).as_bytes()).await;
}

/// What is at a path.
fn page(path: &str) -> String {
    let html = |body: &str| respond("200 OK", "content-type: text/html; charset=utf-8", body);
    match path {
        "/good" => html(
            "<html><head><title>A &amp; B &lt;i&gt;</title>\
             <meta name=\"description\" content=\"About &quot;it&quot; <b>\"></head></html>",
        ),
        "/bare" => html("<html><body>nothing in the head</body></html>"),
        "/text" => respond("200 OK", "content-type: text/plain", "<title>no html</title>"),
        "/moved" => respond("302 Found", "location: /good", ""),
        "/loop" => respond("302 Found", "location: /loop", ""),
        "/broken" => respond("500 Internal Server Error", "content-type: text/html", "<title>broken</title>"),
        _ => respond("404 Not Found", "content-type: text/html", "<title>not there</title>"),
    }
}

fn respond(status: &str, header: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{header}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
}
