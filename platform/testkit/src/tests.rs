//! The kit's own tests: a helper that cannot fail would hide every failure behind it.

use super::*;
use crate::banyan::listening;
use crate::{backend::decide, database::TestDatabase};
use std::process::Command;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SOON: Duration = Duration::from_secs(5);
/// Long enough for bytes to cross a loopback that passes them.
const QUIET: Duration = Duration::from_millis(100);

fn shell(script: &str) -> Process {
    Process::start(Command::new("sh").args(["-c", script]))
}

#[test]
fn a_missing_server_fails_the_test_unless_it_was_waived() {
    assert!(decide(Some("postgres://x"), false));
    assert!(!decide(Some("postgres://x"), true));
    assert!(!decide(None, true));
    assert!(std::panic::catch_unwind(|| decide(None, false)).is_err());
    assert!(std::panic::catch_unwind(|| decide(Some(""), false)).is_err());
    assert!(redis::decide(Some("redis://x"), false) && !redis::decide(None, true));
    assert!(std::panic::catch_unwind(|| redis::decide(None, false)).is_err());
    assert!(unleash::decide(Some("http://x/api"), false) && !unleash::decide(None, true));
    assert!(std::panic::catch_unwind(|| unleash::decide(None, false)).is_err());
}

#[test]
fn the_start_line_names_both_ports() {
    let (public, admin) = listening("listening public=127.0.0.1:41234 admin=127.0.0.1:41235").unwrap();
    assert_eq!((public.port(), admin.port()), (41234, 41235));
    assert_eq!(listening("listening public=127.0.0.1:41234"), None);
    assert_eq!(listening("nothing"), None);
}

#[tokio::test]
async fn a_line_is_found_before_and_after_it_comes_and_never_after_the_end() {
    let process = shell("echo one; read -r _ </dev/null; sleep 0.05; echo two; echo bad >&2");
    assert_eq!(process.stdout_line(SOON, |line| line == "two").await, "two");
    assert_eq!(process.stdout_line(SOON, |line| line == "one").await, "one");
    assert_eq!(process.wait(SOON).await.code(), Some(0));
    assert_eq!(process.stderr(), ["bad"]);
    let missing = tokio::spawn(async move { process.stdout_line(SOON, |line| line == "three").await });
    assert!(missing.await.unwrap_err().is_panic());
}

#[tokio::test]
async fn a_child_can_be_asked_and_does_not_outlive_its_guard() {
    let asked = shell("trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.02; done");
    asked.stdout_line(SOON, |line| line == "up").await;
    asked.terminate();
    assert_eq!(asked.wait(SOON).await.code(), Some(7));
    assert_eq!(asked.stdout(), ["up", "bye"]);

    let dropped = Process::start(Command::new("sleep").arg("60"));
    let pid = dropped.pid();
    drop(dropped);
    assert!(rustix::process::test_kill_process(pid).is_err(), "it is gone");
}

/// A server that sends back what it gets.
async fn echo() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut read, mut write) = stream.split();
                tokio::io::copy(&mut read, &mut write).await
            });
        }
    });
    address
}

async fn ask(stream: &mut TcpStream) -> std::io::Result<u8> {
    stream.write_u8(42).await?;
    stream.read_u8().await
}

#[tokio::test]
async fn a_proxy_passes_hangs_and_goes_on_where_it_was() {
    let proxy = FaultProxy::start(echo().await);
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(ask(&mut stream).await.unwrap(), 42);
    proxy.hang();
    assert!(tokio::time::timeout(QUIET, ask(&mut stream)).await.is_err(), "nothing passes");
    let mut late = TcpStream::connect(proxy.address()).await.unwrap();
    assert!(tokio::time::timeout(QUIET, ask(&mut late)).await.is_err(), "nor on a new connection");
    proxy.heal();
    assert_eq!(stream.read_u8().await.unwrap(), 42);
    assert_eq!(late.read_u8().await.unwrap(), 42);
}

#[tokio::test]
async fn a_cut_ends_connections_refuses_new_ones_and_heals() {
    let proxy = FaultProxy::start(echo().await);
    let mut stream = TcpStream::connect(proxy.address()).await.unwrap();
    assert_eq!(ask(&mut stream).await.unwrap(), 42);
    proxy.cut();
    assert!(ask(&mut stream).await.is_err());
    let refused = async {
        while let Ok(mut stream) = TcpStream::connect(proxy.address()).await {
            assert!(ask(&mut stream).await.is_err(), "a last one may be accepted, never served");
        }
    };
    tokio::time::timeout(SOON, refused).await.expect("refused soon");
    proxy.heal();
    let healed = async {
        loop {
            if let Ok(mut stream) = TcpStream::connect(proxy.address()).await {
                return ask(&mut stream).await;
            }
            tokio::task::yield_now().await;
        }
    };
    assert_eq!(tokio::time::timeout(SOON, healed).await.unwrap().unwrap(), 42);
}

#[tokio::test]
async fn raw_bytes_come_back_as_they_are() {
    let answer = raw(echo().await, b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n").await;
    assert!(!answer.closed);
    assert_eq!((answer.status(), answer.statuses()), (200, vec![200, 404]));
}

both_backends! {
    /// Each test's database is its own and goes with it, its roles included.
    async fn a_database_is_fresh_and_goes_away(backend: Backend) {
        let (one, two) = (TestDatabase::new(backend), TestDatabase::new(backend));
        assert_ne!(one.url(), two.url());
        assert!(one.directory().exists());
        let directory = one.directory().to_owned();
        if backend == Backend::Postgres {
            goes_with_its_roles(one, &two);
        } else {
            drop(one);
        }
        assert!(!directory.exists());
    }
}

fn goes_with_its_roles(one: TestDatabase, two: &TestDatabase) {
    let database = one.name().to_owned();
    let (owner, idle) = (format!("{database}_owner"), format!("{database}_idle"));
    let make = format!("CREATE ROLE {owner} LOGIN PASSWORD 'x'; CREATE ROLE {idle}");
    one.admin().run(&format!("{make}; CREATE SCHEMA things AUTHORIZATION {owner}")).unwrap();
    let mut login = one.login(&owner, "x").unwrap();
    assert_eq!(login.texts("SELECT current_user::text AS text").unwrap(), [owner]);
    assert!(login.run("CREATE ROLE more").unwrap_err().contains("permission denied"));
    drop(one);
    let mut admin = two.admin();
    let databases = format!("SELECT datname::text AS text FROM pg_database WHERE datname = '{database}'");
    assert_eq!(admin.texts(&databases).unwrap(), Vec::<String>::new());
    let roles = format!("SELECT rolname::text AS text FROM pg_roles WHERE rolname LIKE '{database}%'");
    assert_eq!(admin.texts(&roles).unwrap(), Vec::<String>::new());
}
