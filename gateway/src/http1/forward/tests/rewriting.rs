//! The upstream's address in its answers.

use super::support::{Front, Plan, Upstream, get, local};

#[tokio::test]
async fn the_address_of_the_upstream_does_not_reach_the_client() {
    local(async {
        let upstream = Upstream::start().await;
        let change = |forward: &mut crate::http1::Forward| forward.legacy = true;
        let front = Front::start(&[&upstream], Plan { base: "/app", change, ..Plan::default() }).await;
        let mut client = front.connect().await;
        client.send(get("/")).await;
        let mut server = upstream.accept().await;
        server.head().await;
        let at = upstream.address();
        server
            .send(format!(
                "HTTP/1.1 302 Found\r\nServer: theirs\r\nLocation: http://{at}/app/login?a=b\r\n\
                 Content-Location: //{at}/app\r\nRefresh: 1; url=http://{at}/x\r\nAlt-Svc: h2=\":1\"\r\n\
                 Set-Cookie: a=b; Domain=127.0.0.1; Path=/app\r\nSet-Cookie: c=d\r\nKeep-Alive: timeout=5\r\n\
                 Date: then\r\nbanyan-served-by: liar\r\nContent-Length: 0\r\n\r\n"
            ))
            .await;
        let (head, _) = client.answer().await;
        assert_eq!(
            head,
            "HTTP/1.1 302 Found\nServer: theirs\nLocation: http://front.example/login?a=b\n\
             Content-Location: http://front.example/\nRefresh: 1; url=http://front.example/x\n\
             Set-Cookie: a=b; Path=/\nSet-Cookie: c=d\nDate: then\ncontent-length: 0\nbanyan-served-by: legacy\n"
        );
    })
    .await;
}
