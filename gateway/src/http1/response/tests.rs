//! Heads as they go out, to the byte.

use super::*;
use actix_http::Response;
use actix_http::header::{HeaderName, HeaderValue};
use kernel::{SeededRandom, Timestamp};

fn envelope(connection: Connection) -> Envelope<'static> {
    Envelope {
        served_by: None,
        set_cookie: None,
        date: *b"Sun, 06 Nov 1994 08:49:37 GMT",
        request_id: RequestId::new(&SeededRandom::new(1), Timestamp(0)),
        connection,
    }
}

fn response(status: u16, fields: &[(&'static str, &'static str)]) -> Response<()> {
    let mut response = Response::with_body(StatusCode::from_u16(status).unwrap(), ());
    for (name, value) in fields {
        response.headers_mut().append(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    response
}

fn written(response: &Response<()>, delivery: Delivery, connection: Connection) -> String {
    let mut out = Vec::new();
    let envelope = envelope(connection);
    put_head(&mut out, response.head(), delivery, &envelope);
    String::from_utf8(out).unwrap().replace(&envelope.request_id.to_string(), "ID")
}

#[test]
fn a_head_has_what_the_application_said_and_what_the_loop_adds() {
    let response = response(200, &[("content-type", "text/plain"), ("set-cookie", "a"), ("set-cookie", "b")]);
    let text = written(&response, Delivery::Length(5), Connection::Keep);
    let mut lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!((lines.remove(0), lines.split_off(6)), ("HTTP/1.1 200 OK", vec!["", ""]));
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "content-length: 5",
            "content-type: text/plain",
            "date: Sun, 06 Nov 1994 08:49:37 GMT",
            "set-cookie: a",
            "set-cookie: b",
            "x-request-id: ID",
        ]
    );
}

#[test]
fn hop_by_hop_fields_and_lengths_of_the_application_are_dropped() {
    let response = response(
        200,
        &[
            ("connection", "x"),
            ("keep-alive", "x"),
            ("proxy-connection", "x"),
            ("te", "x"),
            ("trailer", "x"),
            ("transfer-encoding", "x"),
            ("upgrade", "x"),
            ("content-length", "77"),
            ("x-request-id", "x"),
        ],
    );
    assert_eq!(
        written(&response, Delivery::Chunked, Connection::Close),
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\
         date: Sun, 06 Nov 1994 08:49:37 GMT\r\nx-request-id: ID\r\n\r\n"
    );
}

#[test]
fn a_date_of_the_application_stays() {
    let text = written(&response(200, &[("date", "then")]), Delivery::Bare, Connection::KeepAloud);
    assert_eq!(text, "HTTP/1.1 200 OK\r\ndate: then\r\nconnection: keep-alive\r\nx-request-id: ID\r\n\r\n");
}

#[test]
fn how_bodies_are_delimited() {
    use Version::{Http10, Http11};
    let ok = response(200, &[]);
    let not_modified = response(304, &[]);
    let declared = response(200, &[("content-length", "9")]);
    let mut raw_stream = response(200, &[("content-length", "9")]);
    raw_stream.head_mut().no_chunking(true);
    for (response, size, is_head, version, expected) in [
        (&ok, BodySize::Sized(5), false, Http11, Delivery::Length(5)),
        (&ok, BodySize::None, false, Http11, Delivery::Length(0)),
        (&ok, BodySize::Stream, false, Http11, Delivery::Chunked),
        (&ok, BodySize::Stream, false, Http10, Delivery::UntilClose),
        (&ok, BodySize::Sized(5), true, Http11, Delivery::HeadOnly(Some(5))),
        (&ok, BodySize::Stream, true, Http11, Delivery::HeadOnly(None)),
        (&declared, BodySize::None, true, Http11, Delivery::HeadOnly(Some(9))),
        (&declared, BodySize::Sized(5), false, Http11, Delivery::Length(5)),
        (&declared, BodySize::Stream, false, Http11, Delivery::Chunked),
        (&raw_stream, BodySize::Stream, false, Http11, Delivery::Length(9)),
        (&not_modified, BodySize::Sized(5), false, Http11, Delivery::Bare),
        (&response(204, &[]), BodySize::Sized(5), false, Http11, Delivery::Bare),
    ] {
        assert_eq!(delivery(response.head(), size, is_head, version), expected, "{size:?} {is_head}");
    }
}

#[test]
fn a_problem_is_whole() {
    let mut problem = Problem::unavailable("the store is away");
    problem.allow = Some("GET, HEAD".into());
    let (mut with_body, mut head_alone) = (Vec::new(), Vec::new());
    let envelope = envelope(Connection::Close);
    let length = put_problem(&mut with_body, &problem, false, &envelope);
    assert_eq!(put_problem(&mut head_alone, &problem, true, &envelope), 0);
    assert_eq!(with_body.len() - head_alone.len(), usize::try_from(length).unwrap());
    let text = String::from_utf8(with_body).unwrap();
    let id = envelope.request_id.to_string();
    for part in [
        "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 1\r\n",
        "allow: GET, HEAD\r\n",
        &format!("content-length: {length}\r\n"),
        &format!("x-request-id: {id}\r\n\r\n{{"),
        &format!("\"request_id\":\"{id}\""),
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}
