//! A features file that changes under a running gateway.

use crate::kit::{Program, Python, side, write_features};
use blackbox::SOON;
use std::time::Duration;
use testkit::{Backend, eventually, run};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A change holds within two seconds; one more for a busy machine.
const HOLDS_WITHIN: Duration = Duration::from_secs(3);

async fn ask(stream: &mut TcpStream) -> String {
    stream.write_all(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    let (mut text, mut buffer) = (String::new(), [0; 4096]);
    while !text.ends_with("}}") {
        let read = tokio::time::timeout(SOON, stream.read(&mut buffer)).await.unwrap().unwrap();
        assert!(read > 0, "the connection was dropped: {text}");
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    text
}

#[test]
fn a_broken_file_changes_nothing_and_a_good_one_holds_soon() {
    run(Backend::Sqlite, |_| async {
        let directory = tempfile::tempdir().unwrap();
        let (one, two) = (Python::app("one").await, Python::app("two").await);
        let features = |app: &Python| {
            format!("default = \"flack\"\n\n[[legacy]]\nname = \"flack\"\nurl = \"http://{}\"\n", app.address)
        };
        let gateway = Program::gateway_by(directory.path(), &features(&one)).await;
        let mut kept = TcpStream::connect(gateway.public).await.unwrap();
        assert!(ask(&mut kept).await.contains("\"one\""));
        write_features(directory.path(), &features(&two).replace("url =", "ulr ="));
        let line = gateway.process.stderr_line(SOON, |line| line.contains("features refused")).await;
        assert!(line.contains("features.toml:3:1: error") && line.contains("url"), "where: {line}");
        assert!(ask(&mut kept).await.contains("\"one\""), "the last good one holds");
        assert_eq!(side(&gateway.get("/x").send().await.expect_status(200)), "legacy");
        write_features(directory.path(), &features(&two));
        eventually("the change", HOLDS_WITHIN, async || {
            (gateway.get("/x").send().await.json()["name"] == "two").then_some(())
        })
        .await;
        assert!(ask(&mut kept).await.contains("\"two\""), "the same connection");
    });
}
