//! Clients that we did not write: curl, wrk, and `ws`, a WebSocket client and server of the npm registry.

use crate::kit::{Program, Python, program};
use crate::streams::fronted;
use std::process::Command;
use testkit::{Backend, CommandOutput, run};

/// A WebSocket server that sends back what it gets, on `ws`.
const WS_SERVER: &str = include_str!("ws_server.js");
/// A client that exchanges texts, bytes, a large message and pings, and says `done`.
const WS_CLIENT: &str = include_str!("ws_client.js");

async fn output(program: &str, arguments: &[&str]) -> CommandOutput {
    CommandOutput::of(Command::new(program).args(arguments)).await.expect_success()
}

#[test]
fn curl_is_served() {
    run(Backend::Sqlite, |_| async {
        if !program("curl") {
            return;
        }
        let (directory, _upstream, gateway) = fronted().await;
        let url = |path: &str| format!("http://{}{path}", gateway.public);
        let got = output("curl", &["-sS", "-i", &url("/ok"), &url("/ok")]).await.stdout;
        assert_eq!(got.matches("HTTP/1.1 200 OK").count(), 2, "{got}");
        assert_eq!(got.to_lowercase().matches("banyan-served-by: legacy").count(), 2, "{got}");

        let file = directory.path().join("body");
        std::fs::write(&file, vec![b'y'; 3 << 20]).unwrap();
        let file = file.display().to_string();
        // With this many bytes curl waits for 100 by itself.
        let length = output("curl", &["-sS", "-X", "POST", "-T", &file, &url("/continue")]).await.stdout;
        assert_eq!(length, (3 << 20).to_string());
        let chunked = ["-sS", "-X", "POST", "-H", "Transfer-Encoding: chunked", "-T", &file, &url("/upload")];
        assert_eq!(output("curl", &chunked).await.stdout, (3 << 20).to_string());
        let size = ["-sS", "-o", "/dev/null", "-w", "%{http_code} %{size_download}", &url("/download")];
        assert_eq!(output("curl", &size).await.stdout, format!("200 {}", 64 << 20));
    });
}

#[test]
fn wrk_loses_nothing() {
    run(Backend::Sqlite, |_| async {
        if !program("wrk") {
            return;
        }
        let (_directory, _upstream, gateway) = fronted().await;
        let url = format!("http://{}/ok", gateway.public);
        let told = output("wrk", &["-t", "2", "-c", "32", "-d", "2s", &url]).await.stdout;
        let total = told.lines().find_map(|line| line.split_once(" requests in ")).expect(&told).0;
        assert!(total.trim().parse::<u64>().unwrap() > 100, "{told}");
        assert!(!told.contains("Non-2xx") && !told.contains("Socket errors"), "{told}");
    });
}

/// `node` with a script that finds `ws`.
fn node(script: &str, arguments: &[&str]) -> Option<Command> {
    let Some(modules) = crate::kit::given("BANYAN_TEST_WS") else {
        assert!(
            crate::kit::embedded_only(),
            "this test needs the npm package ws: run `cargo xtask test`, or set BANYAN_TEST_WS to its folder, or \
             BANYAN_TEST_EMBEDDED_ONLY=1 to leave it out"
        );
        eprintln!("SKIPPED: needs the npm package ws");
        return None;
    };
    let mut command = Command::new("node");
    command.args(["-e", script, "--", &modules]).args(arguments);
    program("node").then_some(command)
}

#[test]
fn a_websocket_client_talks_to_a_websocket_server() {
    run(Backend::Sqlite, |_| async {
        let Some(mut server) = node(WS_SERVER, &[]) else { return };
        let directory = tempfile::tempdir().unwrap();
        let server = Python::run(&mut server).await;
        let legacy = format!("http://{}", server.address);
        let gateway = Program::gateway(directory.path(), &["--legacy", &legacy]).await;
        let url = format!("ws://{}/talk", gateway.public);
        let Some(mut client) = node(WS_CLIENT, &[&url]) else { return };
        let told = CommandOutput::of(&mut client).await.expect_success();
        assert_eq!(told.stdout, "done", "{}", told.stderr);
    });
}
