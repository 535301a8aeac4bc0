//! The admin port of a gateway in small: the three calls, over the embedded registry.

use crate::{Fault, Registration, Registry, RegistryError, RegistrySettings};
use kernel::{ManualClock, Sources, Timestamp};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A gateway that a test can ask what it was told.
pub(super) struct Gateway {
    pub(super) registry: Registry,
    pub(super) clock: Arc<ManualClock>,
    pub(super) address: SocketAddr,
    /// `METHOD path` of each call, and its bearer token.
    pub(super) calls: Arc<Mutex<Vec<(String, String)>>>,
    /// Answered instead of anything else.
    pub(super) refusal: Arc<Mutex<Option<u16>>>,
}

impl Gateway {
    pub(super) async fn start() -> Self {
        let (sources, clock) = Sources::fixed(Timestamp(0), 1);
        let registry = Registry::start(RegistrySettings::default(), sources).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let gateway = Self { registry, clock, address, calls: Arc::default(), refusal: Arc::default() };
        let (registry, calls) = (gateway.registry.clone(), gateway.calls.clone());
        let refusal = gateway.refusal.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, registry.clone(), calls.clone(), refusal.clone()));
            }
        });
        gateway
    }

    /// How often a method was called.
    pub(super) fn count(&self, method: &str) -> usize {
        self.calls.lock().unwrap().iter().filter(|(call, _)| call.starts_with(method)).count()
    }
}

async fn serve(
    stream: TcpStream,
    registry: Registry,
    calls: Arc<Mutex<Vec<(String, String)>>>,
    refusal: Arc<Mutex<Option<u16>>>,
) {
    let mut stream = BufReader::new(stream);
    while let Some((call, token, body)) = request(&mut stream).await {
        let status = refusal.lock().unwrap().unwrap_or_else(|| answer(&registry, &call, &body));
        calls.lock().unwrap().push((call, token));
        let answer = format!("HTTP/1.1 {status} x\r\ncontent-length: 2\r\n\r\n{{}}");
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

/// Method and path, the token, the body.
async fn request(stream: &mut BufReader<TcpStream>) -> Option<(String, String, Vec<u8>)> {
    let (mut first, mut token, mut length) = (String::new(), String::new(), 0);
    stream.read_line(&mut first).await.ok().filter(|read| *read > 0)?;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
        match line.trim_end().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap(),
            Some(("authorization", value)) => token = value.to_owned(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some((first.trim_end().trim_end_matches(" HTTP/1.1").to_owned(), token, body))
}

fn answer(registry: &Registry, call: &str, body: &[u8]) -> u16 {
    let (method, path) = call.split_once(' ').unwrap();
    let mut parts = path.strip_prefix("/api/services/").unwrap().split('/');
    let service = parts.next().unwrap();
    assert_eq!(parts.next(), Some("instances"));
    let embedded = registry.embedded();
    let done = match (method, parts.next()) {
        ("POST", None) => {
            let registration: Registration = serde_json::from_slice(body).unwrap();
            embedded.register(service, &registration).map(|_| 201)
        }
        ("PUT", Some(id)) => embedded.keep_alive(service, id).map(|()| 204),
        ("DELETE", Some(id)) => embedded.leave(service, id).map(|()| 204),
        other => panic!("{other:?}"),
    };
    done.unwrap_or_else(|error: RegistryError| match error.fault() {
        Fault::Caller => 400,
        Fault::Missing => 404,
        Fault::Full => 429,
        Fault::Registry => 502,
    })
}
