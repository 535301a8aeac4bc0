//! hyper's server.

use crate::seen::{Line, Log, Seen};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::future::poll_fn;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;

/// Serves `listener` until the process ends.
pub(crate) fn start(listener: TcpListener, log: Log) {
    listener.set_nonblocking(true).unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    actix_rt::spawn(async move {
        loop {
            let (stream, client) = listener.accept().await.unwrap();
            let log = log.clone();
            let service = service_fn(move |request| note(request, client, log.clone()));
            let mut server = http1::Builder::new();
            // The client says by a half-closed connection that no more comes; it still wants its answers.
            server.half_close(true).timer(TokioTimer::new());
            // What it thinks of the bytes is in the log.
            actix_rt::spawn(
                async move { drop(server.serve_connection(TokioIo::new(stream), service).await) },
            );
        }
    });
}

async fn note(
    request: hyper::Request<Incoming>,
    client: SocketAddr,
    log: Log,
) -> Result<hyper::Response<String>, Infallible> {
    let (head, body) = request.into_parts();
    let line = Line {
        method: head.method.as_str(),
        authority: head.uri.authority().map(|authority| authority.as_str()),
        path: head.uri.path(),
        query: head.uri.query(),
        version: format!("{:?}", head.version),
    };
    let seen = Seen::new(line, head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())));
    if let Ok(body) = collect(body).await {
        log.add(client, Seen { body, ..seen });
    }
    Ok(hyper::Response::new(String::new()))
}

async fn collect(body: Incoming) -> Result<Vec<u8>, hyper::Error> {
    let (mut body, mut bytes) = (pin!(body), Vec::new());
    while let Some(frame) = poll_fn(|context| body.as_mut().poll_frame(context)).await {
        if let Ok(data) = frame?.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes)
}
