//! SIGTERM of the gateway under load that it passes on: what was asked is answered.

use crate::kit::{Program, Python, side};
use blackbox::SOON;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use testkit::{Backend, Client, eventually, run};

const CLIENTS: usize = 8;

/// Asks until connections are refused; whatever else happens to a request is a loss.
async fn ask_until_refused(client: Client, answered: Arc<AtomicUsize>) {
    for number in 0.. {
        let call = if number % 2 == 0 { client.get("/a") } else { client.post("/a").body("body") };
        match call.try_send().await {
            Ok(answer) => {
                let answer = answer.expect_status(if number % 2 == 0 { 200 } else { 201 });
                assert_eq!(side(&answer), "legacy");
                answered.fetch_add(1, Ordering::SeqCst);
            }
            Err(error) if error.is_connect() => return,
            Err(error) => panic!("a request in flight was lost: {error:?}"),
        }
    }
}

#[test]
fn nothing_passed_on_is_lost_at_the_stop() {
    run(Backend::Sqlite, |_| async {
        let directory = tempfile::tempdir().unwrap();
        let app = Python::app("old").await;
        for _ in 0..3 {
            let legacy = format!("http://{}", app.address);
            let gateway = Program::gateway(directory.path(), &["--legacy", &legacy]).await;
            let answered = Arc::new(AtomicUsize::new(0));
            let ask = |_| tokio::spawn(ask_until_refused((*gateway).clone(), answered.clone()));
            let clients: Vec<_> = (0..CLIENTS).map(ask).collect();
            eventually("load", SOON, async || (answered.load(Ordering::SeqCst) >= 100).then_some(())).await;
            gateway.process.terminate();
            assert_eq!(gateway.process.wait(SOON).await.code(), Some(0));
            for client in clients {
                client.await.unwrap();
            }
        }
    });
}
