//! What the other side is asked, at every stage of the dial.

use super::support::{Bed, Plan, answered, asked, get, local};
use crate::http1::forward::tests::support::soon;

#[tokio::test]
async fn the_other_side_is_asked_the_same_under_an_id_of_its_own() {
    local(async {
        let bed = Bed::start(Plan::default()).await;
        let mut client = bed.client().await;
        let request = "GET /a?b=c HTTP/1.1\r\nHost: front.example\r\nCookie: u=1\r\nAuthorization: Bearer t\r\n\
                       traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\
                       Banyan-Shadow: 0\r\nbanyan_served_by: forged\r\n\r\n";
        client.send(request).await;
        let mut served = bed.old.accept().await;
        let first = served.until("\r\n\r\n").await;
        served.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        assert_eq!(client.answer().await.1, "ok");
        let mut shadow = bed.new.accept().await;
        let second = shadow.until("\r\n\r\n").await;
        shadow.send("HTTP/1.1 200 OK\r\nSet-Cookie: s=1\r\nContent-Length: 2\r\n\r\nok").await;
        bed.finds("other", "equal", 1).await;
        assert!(second.starts_with("GET /base/a?b=c HTTP/1.1\r\nHost: front.example\r\n"), "{second}");
        for field in ["Cookie: u=1", "Authorization: Bearer t", "banyan-shadow: 1"] {
            assert!(second.contains(&format!("{field}\r\n")), "{field} in {second}");
        }
        assert!(!second.contains("forged"), "{second}");
        assert!(!first.to_lowercase().contains("shadow") && !first.contains("forged"), "{first}");
        let line = |head: &str, name: &str| {
            head.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned)).unwrap()
        };
        assert_ne!(line(&first, "x-request-id: "), line(&second, "x-request-id: "));
        let (ours, theirs) = (line(&first, "traceparent: "), line(&second, "traceparent: "));
        assert!(theirs.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && ours != theirs, "{theirs}");
    })
    .await;
}

/// The fields in which a question to the other side is another one than that to the serving side.
const OWN_FIELDS: [&str; 4] = ["traceparent", "x-request-id", "banyan-deadline-ms", "banyan-shadow"];

/// The lines of a head that are in `OWN_FIELDS`, and the others.
fn told_apart(head: &str) -> (Vec<String>, Vec<String>) {
    let mut lines: Vec<_> = head.lines().map(str::to_owned).collect();
    lines.sort();
    lines.into_iter().partition(|line| OWN_FIELDS.iter().any(|name| line.starts_with(name)))
}

#[tokio::test]
async fn only_what_names_a_request_is_another_one() {
    local(async {
        let comparison = "writes = \"send\"\nnoise_sample = 0\n";
        let bed = Bed::start(Plan { comparison, ..Plan::default() }).await;
        let (mut client, mut ids) = (bed.client().await, std::collections::BTreeSet::new());
        for (framing, body) in [
            ("", ""),
            ("", ""),
            ("Content-Length: 2\r\n", "hi"),
            ("Content-Length: 0\r\n", ""),
            ("Transfer-Encoding: chunked\r\n", "2\r\nhi\r\n0\r\n\r\n"),
        ] {
            let method = if framing.is_empty() { "GET" } else { "POST" };
            client.send(format!("{method} /a HTTP/1.1\r\nHost: a\r\nX: 1\r\n{framing}\r\n{body}")).await;
            let mut heads = Vec::new();
            for side in [&bed.old, &bed.new] {
                let mut talk = side.accept().await;
                heads.push(talk.until("\r\n\r\n").await);
                if !body.is_empty() {
                    talk.until("hi").await;
                }
                talk.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok").await;
                if heads.len() == 1 {
                    assert_eq!(client.answer().await.1, "ok");
                }
            }
            let as_sent = heads[0].replace("transfer-encoding: chunked", "content-length: 2");
            let (own, others) = told_apart(&as_sent.replace(" /a ", " /base/a "));
            let (shadows_own, shadows_others) = told_apart(&heads[1]);
            assert_eq!(shadows_others, others);
            assert!(shadows_own.contains(&"banyan-shadow: 1".to_owned()), "{shadows_own:?}");
            let names = own
                .into_iter()
                .chain(shadows_own)
                .filter(|line| line.starts_with("traceparent") || line.starts_with("x-r"));
            ids.extend(names);
        }
        assert_eq!(ids.len(), 5 * 2 * 2, "none is given twice: {ids:?}");
    })
    .await;
}

#[tokio::test]
async fn the_client_has_its_answer_first_and_the_next_one_too() {
    local(async {
        let bed = Bed::start(Plan::default()).await;
        let (mut client, mut serving) = asked(&bed, &bed.old, &get("/"), "one").await;
        // The other side says nothing, and the same connection goes on.
        let mut shadow = bed.new.accept().await;
        client.send(get("/")).await;
        serving.serve("two").await;
        assert_eq!(client.answer().await.1, "two");
        shadow.serve("one").await;
        bed.finds("other", "equal", 1).await;
        answered(&bed.new, "two").await;
        bed.finds("other", "equal", 2).await;
    })
    .await;
}

#[tokio::test]
async fn the_old_side_is_asked_when_the_service_serves() {
    local(async {
        let bed = Bed::start(Plan { new_serves: true, ..Plan::default() }).await;
        let _ = asked(&bed, &bed.new, &get("/"), "one").await;
        let (_, head) = answered(&bed.old, "one").await;
        assert!(head.starts_with("GET / HTTP/1.1\n") && head.contains("banyan-shadow: 1\n"), "{head}");
        bed.finds("other", "equal", 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_module_serves_or_is_asked_in_process() {
    local(async {
        for new_serves in [false, true] {
            let bed = Bed::start(Plan { new_serves, module: true, ..Plan::default() }).await;
            let mut client = bed.client().await;
            let plain = "content-type: text/plain; charset=utf-8\r\n";
            for (path, field, body) in [
                ("/hello", plain, "hello"),
                ("/stream", "content-type: application/octet-stream\r\n", "onethree"),
            ] {
                client.send(get(path)).await;
                let mut talk = bed.new.accept().await;
                talk.head().await;
                let length = body.len();
                talk.send(format!("HTTP/1.1 200 OK\r\n{field}content-length: {length}\r\n\r\n{body}")).await;
                drop(talk);
                client.until(if new_serves || body == "hello" { body } else { "0\r\n\r\n" }).await;
            }
            bed.finds("other", "equal", 2).await;
            assert!(!bed.figures().contains("dropped"), "{}", bed.figures());
        }
    })
    .await;
}

#[tokio::test]
async fn bodies_of_every_framing_are_compared() {
    local(async {
        let bed = Bed::start(Plan::default()).await;
        let framings = [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=1\r\nllo\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\nhello",
            "HTTP/1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello",
        ];
        let mut count = 0;
        for first in framings {
            for second in framings {
                let mut client = bed.client().await;
                client.send(get("/").replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n")).await;
                // A pooled connection may be taken again: each side closes after its answer.
                let mut serving = bed.old.accept().await;
                serving.head().await;
                serving.send(first).await;
                drop(serving);
                assert!(soon(client.rest()).await.contains("llo"));
                let mut shadow = bed.new.accept().await;
                shadow.head().await;
                shadow.send(second).await;
                drop(shadow);
                count += 1;
                bed.finds("other", "equal", count).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn what_names_the_instance_is_compared_as_the_client_sees_it() {
    local(async {
        let bed = Bed::start(Plan::default()).await;
        let (old, new) = (bed.old.address(), bed.new.address());
        let mut client = bed.client().await;
        client.send(get("/")).await;
        let mut serving = bed.old.accept().await;
        serving.head().await;
        serving
            .send(format!("HTTP/1.1 302 Found\r\nLocation: http://{old}/x\r\nContent-Length: 0\r\n\r\n"))
            .await;
        let (head, _) = client.answer().await;
        let mut shadow = bed.new.accept().await;
        shadow.head().await;
        let place = format!("http://{new}/base/x");
        shadow.send(format!("HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n")).await;
        bed.finds("other", "equal", 1).await;
        assert!(head.contains("Location: ") && !head.contains(&old.to_string()), "{head}");
    })
    .await;
}
