//! A server that gives prepared bytes, one connection after the other, and counts them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(super) struct Server {
    pub(super) port: u16,
    pub(super) connections: Arc<AtomicUsize>,
}

pub(super) enum Script {
    /// These bytes, then the connection is closed.
    Bytes(Vec<u8>),
    /// These bytes, then a hundred bytes again and again.
    Endless(Vec<u8>),
    /// These bytes, and then nothing.
    Silent(Vec<u8>),
}

impl Server {
    pub(super) async fn start(script: impl Fn(u16) -> Script + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, SeqCst);
                tokio::spawn(play(stream, script(port)));
            }
        });
        Self { port, connections }
    }

    pub(super) async fn html(body: &'static str) -> Self {
        Self::start(move |_| Script::Bytes(html(body))).await
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(SeqCst)
    }
}

pub(super) fn html(body: &str) -> Vec<u8> {
    answer("200 OK", "content-type: text/html; charset=utf-8\r\n", body)
}

pub(super) fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
        .into()
}

async fn play(mut stream: TcpStream, script: Script) {
    let mut head = [0; 4096];
    let _ = stream.read(&mut head).await;
    match script {
        Script::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Script::Endless(bytes) => {
            let mut open = stream.write_all(&bytes).await.is_ok();
            while open {
                open = stream.write_all(&[b'x'; 100]).await.is_ok();
            }
        }
        Script::Silent(bytes) => {
            let _ = stream.write_all(&bytes).await;
            std::future::pending::<()>().await;
        }
    }
}
