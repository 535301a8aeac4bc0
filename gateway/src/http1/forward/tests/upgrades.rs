//! Other protocols after 101.

use super::support::{Front, Plan, Talk, Upstream, get, local, status};
use crate::http1::{ForwardSettings, Http1Settings};

const UPGRADE: &str = "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\
                       Sec-WebSocket-Key: k\r\n\r\n";
const SWITCH: &str = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                      Sec-WebSocket-Accept: a\r\n\r\n";

async fn upgraded(upstream: &Upstream, settings: ForwardSettings) -> (Front, Talk, Talk) {
    let settings = Http1Settings { forward: settings, ..Http1Settings::default() };
    let front = Front::start(&[upstream], Plan { settings, ..Plan::default() }).await;
    let mut client = front.connect().await;
    client.send(UPGRADE).await;
    let mut server = upstream.accept().await;
    let head = server.head().await;
    assert!(head.contains("Sec-WebSocket-Key: k\nconnection: upgrade\nupgrade: websocket\n"), "{head}");
    server.send(format!("{SWITCH}first")).await;
    let head = client.head().await;
    assert_eq!(
        head,
        "HTTP/1.1 101 Switching Protocols\nSec-WebSocket-Accept: a\nconnection: upgrade\nupgrade: websocket\n\
         banyan-served-by: svc/i0\n"
    );
    assert_eq!(client.text(5).await, "first");
    (front, client, server)
}

#[tokio::test]
async fn bytes_go_both_ways_until_both_sides_have_ended() {
    local(async {
        let upstream = Upstream::start().await;
        let (front, mut client, mut server) = upgraded(&upstream, ForwardSettings::default()).await;
        for message in ["ping", "GET / HTTP/1.1\r\n\r\n", "\0\u{1}"] {
            client.send(message).await;
            assert_eq!(server.text(message.len()).await, message);
            server.send(message).await;
            assert_eq!(client.text(message.len()).await, message);
        }
        // One direction ends, the other goes on.
        tokio::io::AsyncWriteExt::shutdown(&mut client.0).await.unwrap();
        assert_eq!(server.rest().await, "");
        server.send("last words").await;
        assert_eq!(client.text(10).await, "last words");
        drop(server);
        assert_eq!(client.rest().await, "");
        assert_eq!(front.lines(1).await, ["GET /ws test.route 101 in=24 out=39 whole"]);
    })
    .await;
}

#[tokio::test]
async fn a_quiet_tunnel_is_closed() {
    local(async {
        let upstream = Upstream::start().await;
        let settings = ForwardSettings { tunnel_idle_timeout_ms: 50, ..ForwardSettings::default() };
        let (_front, mut client, mut server) = upgraded(&upstream, settings).await;
        assert_eq!((client.rest().await, server.rest().await), (String::new(), String::new()));
    })
    .await;
}

#[tokio::test]
async fn the_stop_closes_tunnels_after_their_grace() {
    local(async {
        let upstream = Upstream::start().await;
        let settings = ForwardSettings { tunnel_stop_ms: 50, ..ForwardSettings::default() };
        let (front, mut client, mut server) = upgraded(&upstream, settings).await;
        front.stop.stop();
        client.send("still").await;
        assert_eq!(server.text(5).await, "still");
        assert_eq!((client.rest().await, server.rest().await), (String::new(), String::new()));
    })
    .await;
}

#[tokio::test]
async fn a_refused_upgrade_is_an_answer_like_any_other() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        let mut client = front.connect().await;
        client.send(UPGRADE).await;
        let mut server = upstream.accept().await;
        server.serve("no").await;
        assert_eq!(client.answer().await.1, "no");
        client.send(get("/")).await;
        server.serve("kept").await;
        assert_eq!(client.answer().await.1, "kept");
    })
    .await;
}

#[tokio::test]
async fn nobody_switches_who_was_not_asked() {
    local(async {
        let upstream = Upstream::start().await;
        let front = Front::start(&[&upstream], Plan::default()).await;
        for request in [get("/"), UPGRADE.replace("websocket", "h2c")] {
            let mut client = front.connect().await;
            client.send(request).await;
            let mut server = upstream.accept().await;
            let head = server.head().await;
            assert!(!head.contains("pgrade"), "{head}");
            server.send(SWITCH).await;
            assert_eq!(status(&client.answer().await.0), 502);
            assert_eq!(server.rest().await, "");
        }
    })
    .await;
}
