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
