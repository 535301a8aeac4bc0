//! The same bytes read by us, by actix-http and by hyper: whoever reads more than one of us does must read the same
//! requests. And what we pass on must be read by both as exactly what we read.

use crate::http1::forward::differential::forwarded;
use crate::http1::{BodyDecoder, HeadScan, field_slots, parse};
use actix_http::h1::{Codec, Message, MessageType};
use bytes::BytesMut;
use hyper::body::Body;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use proptest::prelude::*;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio_util::codec::Decoder;

/// A request as somebody understood it: method, path and query, body.
type Read = (String, String, Vec<u8>);

/// What we read, until we refuse or want more; and what we would pass on of each.
fn ours(mut input: &[u8]) -> (Vec<Read>, Vec<Vec<u8>>) {
    let (mut read, mut passed_on) = (Vec::new(), Vec::new());
    while let Ok(Some(end)) = HeadScan::default().scan(input) {
        let (raw, mut rest) = input.split_at(end);
        let mut slots = field_slots();
        let Ok(head) = parse(raw, &mut slots, 1_000) else { break };
        let mut decoder = BodyDecoder::new(head.framing);
        let mut body = Vec::new();
        let body_begins = rest;
        while !decoder.is_done() && !rest.is_empty() {
            let Ok((used, run)) = decoder.step(rest) else { return (read, passed_on) };
            body.extend_from_slice(run);
            rest = &rest[used..];
        }
        if !decoder.is_done() {
            break;
        }
        let whole = &body_begins[..body_begins.len() - rest.len()];
        passed_on.push(forwarded(&head, whole));
        let target = head.target.path_and_query.clone().into_owned();
        read.push((head.method.to_owned(), target, body));
        if !head.keep_alive {
            break;
        }
        input = rest;
    }
    (read, passed_on)
}

fn by_actix(input: &[u8]) -> Vec<Read> {
    let (mut codec, mut buffer, mut read) = (Codec::default(), BytesMut::from(input), Vec::new());
    while let Ok(Some(Message::Item(request))) = codec.decode(&mut buffer) {
        let target = request.uri().path_and_query().map_or("*", |target| target.as_str()).to_owned();
        let mut body = Vec::new();
        if codec.message_type() != MessageType::None {
            loop {
                match codec.decode(&mut buffer) {
                    Ok(Some(Message::Chunk(Some(chunk)))) => body.extend_from_slice(&chunk),
                    Ok(Some(Message::Chunk(None))) => break,
                    _ => return read,
                }
            }
        }
        read.push((request.method().to_string(), target, body));
        if !codec.keep_alive() {
            break;
        }
    }
    read
}

async fn by_hyper(input: Vec<u8>) -> Vec<Read> {
    let (mut io, other) = duplex(1024 * 1024);
    let read = Arc::new(Mutex::new(Vec::new()));
    let seen = read.clone();
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let seen = seen.clone();
        async move {
            let (head, body) = request.into_parts();
            let (mut body, mut bytes) = (pin!(body), Vec::new());
            while let Some(frame) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
                if let Ok(data) = frame?.into_data() {
                    bytes.extend_from_slice(&data);
                }
            }
            let target = head.uri.path_and_query().map_or("*", |target| target.as_str()).to_owned();
            seen.lock().unwrap().push((head.method.to_string(), target, bytes));
            Ok::<_, hyper::Error>(hyper::Response::new(String::new()))
        }
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    let serving = builder.half_close(true).serve_connection(TokioIo::new(other), service);
    let talking = async move {
        io.write_all(&input).await.unwrap();
        io.shutdown().await.unwrap();
        let _ = io.read_to_end(&mut Vec::new()).await;
    };
    let _ = tokio::join!(serving, talking);
    Arc::try_unwrap(read).unwrap().into_inner().unwrap()
}

fn agree(mine: &[Read], theirs: &[Read]) -> bool {
    mine.iter().zip(theirs).all(|(mine, theirs)| mine == theirs)
}

/// Gives how many requests we read.
fn check(input: &[u8]) -> Result<usize, TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    // actix-http keeps the time in a task of the thread.
    tokio::task::LocalSet::new().block_on(&runtime, compare(input))
}

async fn compare(input: &[u8]) -> Result<usize, TestCaseError> {
    let (mine, passed_on) = ours(input);
    let actix = by_actix(input);
    prop_assert!(agree(&mine, &actix), "{mine:?}\nactix {actix:?}\n{}", input.escape_ascii());
    let hyper = by_hyper(input.to_vec()).await;
    prop_assert!(agree(&mine, &hyper), "{mine:?}\nhyper {hyper:?}\n{}", input.escape_ascii());
    for (read, passed) in mine.iter().zip(passed_on.iter().map(Vec::as_slice)) {
        // Nothing may be left over: it would become a part of the next request.
        let next = ("GET".to_owned(), "/next".to_owned(), Vec::new());
        let expected = [read.clone(), next];
        let bytes = [passed, &b"GET /next HTTP/1.1\r\nhost: h\r\n\r\n"[..]].concat();
        // actix-http refuses trailers.
        let actix = by_actix(&bytes);
        prop_assert!(agree(&expected, &actix), "{expected:?}\nactix {actix:?}\n{}", bytes.escape_ascii());
        let hyper = by_hyper(bytes.clone()).await;
        prop_assert_eq!(&hyper, &expected, "{}", bytes.escape_ascii());
    }
    Ok(mine.len())
}

#[test]
fn plain_requests_are_read_by_all() {
    let input = b"GET /a?b HTTP/1.1\r\nHost: h\r\n\r\nPOST /c HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc\
                  PUT /d HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nA: b\r\n\r\n";
    assert_eq!(check(input).unwrap(), 3);
}

const LINES: &str = "(Content-Length: (0|3|03|5|5, 5|\\+3| 3 |-1|0x3)|Transfer-Encoding: (chunked|Chunked|chunked, chunked\
                     |gzip, chunked|identity| chunked |xchunked|\tchunked|)|Transfer-Encoding : chunked|Host: (h|h:80|)\
                     |Connection: (close|keep-alive|upgrade|Content-Length|transfer-encoding|host, close)|Upgrade: (websocket|h2c)\
                     |Content_Length: 3|Expect: 100-continue|X: [ -~\t]{0,6}| folded|X:y|TE: trailers|:|X)";
const BODY: &str = "(abc|abcde|0\r\n\r\n|3\r\nabc\r\n0\r\n\r\n|3;x\r\nabc\r\n00\r\nA: b\r\n\r\n|3\nabc\r\n0\r\n\r\n|3\r\nabc0\r\n\r\n\
                    |3 \r\nabc\r\n0\r\n\r\n|1\r\na\r\n2\r\nbc\r\n0\r\n\r\n|0\r\nContent-Length: 9\r\n\r\n|)";

fn request() -> impl Strategy<Value = String> {
    let line =
        "(GET|POST|PUT|HEAD|OPTIONS|get|M-SEARCH) (/|/a\\?b=c|/%2e|\\*|http://h/x|//x|/a b|x) HTTP/1.[01]";
    let end = "(\r\n|\r\n|\r\n|\r\n|\r\n|\r\n|\r\n|\n|\r)";
    let fields = proptest::collection::vec((LINES, end), 0..4);
    (line, end, fields, "(\r\n|\n)", BODY).prop_map(|(line, end, fields, last, body)| {
        let fields: String = fields.into_iter().map(|(field, end)| field + &end).collect();
        format!("{line}{end}Host: h\r\n{fields}{last}{body}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn nobody_reads_the_same_bytes_differently(requests in proptest::collection::vec(request(), 1..3)) {
        check(requests.concat().as_bytes())?;
    }
}
