//! A small HTTP/1.1 server whose answers a test writes.

use super::PATIENCE;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// What the server was asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// `GET /api/client/features`.
    pub(crate) line: String,
    /// Names in small letters.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn is(&self, end: &str) -> bool {
        self.line.ends_with(end)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// A status, header lines, and a body.
    Answer(u16, Vec<String>, Vec<u8>),
    /// Nothing, for ever.
    Silence,
    /// An answer that says it has more bytes than come.
    Cut,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self::Answer(status, Vec::new(), Vec::new())
    }

    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::Answer(200, Vec::new(), body.into())
    }

    pub(crate) fn tagged(body: impl Into<Vec<u8>>, etag: &str) -> Self {
        Self::Answer(200, vec![format!("etag: {etag}")], body.into())
    }
}

type Answers = Arc<Mutex<Box<dyn FnMut(&Request) -> Reply + Send>>>;

pub(crate) struct Server {
    port: u16,
    answers: Answers,
    requests: mpsc::Receiver<Request>,
    task: JoinHandle<()>,
}

impl Server {
    /// Calls to `register` and `metrics` are accepted; the other ones get what `features` says.
    pub(crate) async fn of_features(mut features: impl FnMut(&Request) -> Reply + Send + 'static) -> Self {
        Self::new(move |request| match request.is("features") {
            true => features(request),
            false => Reply::status(202),
        })
        .await
    }

    pub(crate) async fn new(answers: impl FnMut(&Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let answers: Answers = Arc::new(Mutex::new(Box::new(answers)));
        let (seen, requests) = mpsc::channel(100_000);
        let task = tokio::spawn(accept(listener, answers.clone(), seen));
        Self { port, answers, requests, task }
    }

    /// A port on which nobody listens.
    pub(crate) async fn away() -> Self {
        let server = Self::new(|_| Reply::Silence).await;
        server.task.abort();
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/api", self.port)
    }

    /// Answers otherwise from now on.
    pub(crate) fn answer(&self, answers: impl FnMut(&Request) -> Reply + Send + 'static) {
        *self.answers.lock().unwrap() = Box::new(answers);
    }

    /// The next request that ends so; others are passed over.
    pub(crate) async fn next(&mut self, end: &str) -> Request {
        let next = async {
            loop {
                let request = self.requests.recv().await.unwrap();
                if request.is(end) {
                    return request;
                }
            }
        };
        tokio::time::timeout(PATIENCE, next).await.expect("a request comes in time")
    }
}

async fn accept(listener: TcpListener, answers: Answers, seen: mpsc::Sender<Request>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let (answers, seen) = (answers.clone(), seen.clone());
        tokio::spawn(async move {
            let _ = serve(stream, answers, seen).await;
        });
    }
}

async fn serve(stream: TcpStream, answers: Answers, seen: mpsc::Sender<Request>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream).await? {
        let reply = (answers.lock().unwrap())(&request);
        seen.send(request).await.map_err(std::io::Error::other)?;
        match reply {
            Reply::Answer(status, headers, body) => {
                let lines: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
                let length = body.len();
                let head = format!("HTTP/1.1 {status} X\r\n{lines}content-length: {length}\r\n\r\n");
                stream.write_all(head.as_bytes()).await?;
                stream.write_all(&body).await?;
            }
            Reply::Silence => std::future::pending().await,
            Reply::Cut => return stream.write_all(b"HTTP/1.1 200 X\r\ncontent-length: 9\r\n\r\n{").await,
        }
    }
    Ok(())
}

async fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<Request>> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        if line == "\r\n" {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let line = lines.remove(0).trim_end_matches(" HTTP/1.1").to_owned();
    let header = |line: String| {
        let (name, value) = line.split_once(':').unwrap();
        (name.to_lowercase(), value.trim().to_owned())
    };
    let headers: BTreeMap<String, String> = lines.into_iter().map(header).collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(Some(Request { line, headers, body: String::from_utf8(body).unwrap() }))
}
