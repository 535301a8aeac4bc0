//! A web server whose pages answer at once, or when they are let go.

use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Serves `/NAME`: a page with that title. `/held/NAME` waits for [`Pages::release`]; `/missing/NAME` is 404.
pub(crate) struct Pages {
    port: u16,
    gate: Arc<Semaphore>,
    arrived: Arc<Semaphore>,
}

impl Pages {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (gate, arrived) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let (gate_of_all, arrived_of_all) = (gate.clone(), arrived.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, gate_of_all.clone(), arrived_of_all.clone()));
            }
        });
        Self { port, gate, arrived }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// Lets all held pages go.
    pub(crate) fn release(&self) {
        self.gate.add_permits(100);
    }

    /// Waits until somebody asked for a held page.
    pub(crate) async fn held(&self) {
        self.arrived.acquire().await.unwrap().forget();
    }
}

async fn answer(mut stream: TcpStream, gate: Arc<Semaphore>, arrived: Arc<Semaphore>) {
    let mut head = [0; 2048];
    let read = stream.read(&mut head).await.unwrap_or(0);
    let head = String::from_utf8_lossy(&head[..read]).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    if path.starts_with("/held/") {
        arrived.add_permits(1);
        gate.acquire().await.unwrap().forget();
    }
    let status = if path.starts_with("/missing/") { "404 Not Found" } else { "200 OK" };
    let name = path.split('?').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    let body = match name {
        "bare" => "<p>nothing to tell</p>".to_owned(),
        "evil" => "<title>&lt;script>1&amp;2</title><meta name=description content='\"<b>'>".to_owned(),
        name => format!("<title>{name}</title><meta name=description content='about {name}'>"),
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}
