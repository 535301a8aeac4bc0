//! The floor: a plain actix-web server that answers one constant JSON, so that a figure has something to be held against.

use crate::child::Child;
use crate::error::BenchError;
use actix_web::{App, HttpResponse, HttpServer, web};
use kernel::SystemClock;
use std::net::SocketAddr;
use std::process::Command;

/// What this program is started with to be the floor.
pub(crate) const COMMAND: &str = "floor";

/// A running floor. Killed when dropped.
pub(crate) struct Floor {
    /// The process.
    pub(crate) child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Floor {
    /// Starts this program again as a process of its own, answering `body_bytes` bytes.
    pub(crate) fn start(body_bytes: usize, clock: &SystemClock) -> Result<Self, BenchError> {
        let own = std::env::current_exe().map_err(BenchError::system("find this program"))?;
        let mut command = Command::new(own);
        let mut child =
            Child::start(command.args([COMMAND, "--body-bytes", &body_bytes.to_string()]), clock)?;
        let address = child.wait_for(|line| line.strip_prefix("listening public=")?.parse().ok())?;
        Ok(Self { child, address })
    }
}

/// Answers any request with the same `body_bytes` bytes of JSON, with a worker a core as `banyan` has, until SIGTERM.
pub(crate) fn serve(body_bytes: usize) -> Result<(), BenchError> {
    let failed = || BenchError::system("serve the floor");
    let body = web::Bytes::from(constant(body_bytes));
    let workers = std::thread::available_parallelism().map_err(failed())?.get();
    actix_rt::System::new().block_on(async {
        let application = move || {
            let body = body.clone();
            let answer = move || {
                let body = body.clone();
                async { HttpResponse::Ok().content_type("application/json").body(body) }
            };
            App::new().default_service(web::to(answer))
        };
        let server = HttpServer::new(application).workers(workers).bind(("127.0.0.1", 0)).map_err(failed())?;
        let address = server.addrs().first().copied();
        let address = address.ok_or_else(|| BenchError::Missing("the floor's address".into()))?;
        println!("listening public={address}");
        server.run().await.map_err(failed())
    })
}

/// JSON of so many bytes (at least 8).
fn constant(bytes: usize) -> String {
    format!("{{\"x\":\"{}\"}}", "a".repeat(bytes.saturating_sub(8)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_json_of_the_size_asked_for() {
        assert_eq!(constant(200).len(), 200);
        assert!(serde_json::from_str::<serde_json::Value>(&constant(200)).is_ok());
    }
}
