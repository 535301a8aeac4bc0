//! Hashes fit their password only, and what waits is bounded in number and time.

use super::*;
use kernel::{Random, SeededRandom, Timestamp};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

fn options(threads: usize, queue_max: usize) -> PasswordOptions {
    PasswordOptions { threads, queue_max, cost: Cost::LEAST }
}

fn context(sources: &Sources) -> Context {
    Context::background(sources, Duration::from_secs(10))
}

#[tokio::test]
async fn a_hash_fits_its_password_only() {
    let (sources, _) = Sources::fixed(Timestamp(0), 1);
    let context = context(&sources);
    let hasher = PasswordHasher::start(sources, options(2, 8)).unwrap();
    let hash = hasher.hash(&context, "correct horse".into()).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
    assert_ne!(hash, hasher.hash(&context, "correct horse".into()).await.unwrap(), "salted");
    assert!(hasher.verify(&context, "correct horse".into(), Some(hash.clone())).await.unwrap());
    assert!(!hasher.verify(&context, "correct Horse".into(), Some(hash)).await.unwrap());
    assert!(!hasher.verify(&context, "correct horse".into(), None).await.unwrap());
}

#[tokio::test]
async fn a_hash_that_cannot_be_read_is_no_wrong_password() {
    let sources = Sources::system();
    let context = context(&sources);
    let hasher = PasswordHasher::start(sources, options(1, 8)).unwrap();
    for stored in ["", "plain", "$argon2id$v=19$m=8,t=1,p=1$c2FsdA"] {
        let answer = hasher.verify(&context, "x".into(), Some(stored.to_owned())).await;
        assert!(matches!(answer, Err(PasswordError::Corrupt)), "{stored}: {answer:?}");
    }
}

/// RFC 9106's reference program: `echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1`.
#[tokio::test]
async fn a_hash_of_another_cost_and_program_is_checked() {
    let sources = Sources::system();
    let context = context(&sources);
    let hasher = PasswordHasher::start(sources, options(1, 8)).unwrap();
    let stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    assert!(hasher.verify(&context, "password".into(), Some(stored.into())).await.unwrap());
    assert!(!hasher.verify(&context, "differentpassword".into(), Some(stored.into())).await.unwrap());
}

#[test]
fn a_cost_out_of_bounds_is_refused() {
    let cost = Cost { memory_kib: 1, ..Cost::LEAST };
    let hasher = PasswordHasher::start(Sources::system(), PasswordOptions { cost, ..options(1, 1) });
    assert!(matches!(hasher.err(), Some(PasswordError::Cost(_))));
}

/// Stands in the only thread's way until it is let go.
struct Gate {
    arrived: SyncSender<()>,
    leave: Mutex<Receiver<()>>,
}

impl Random for Gate {
    fn fill(&self, bytes: &mut [u8]) {
        let _ = self.arrived.send(());
        let _ = self.leave.lock().unwrap().recv();
        SeededRandom::new(1).fill(bytes);
    }
}

#[tokio::test]
async fn a_full_queue_is_busy_at_once_and_late_work_is_not_done() {
    let (arrived, arrivals) = sync_channel(8);
    let (go, leave) = sync_channel(8);
    let (fixed, clock) = Sources::fixed(Timestamp(0), 1);
    let random = Arc::new(Gate { arrived, leave: Mutex::new(leave) });
    let hasher = PasswordHasher::start(Sources { random, ..fixed.clone() }, options(1, 1)).unwrap();
    let context = Context::background(&fixed, Duration::from_secs(10));
    let ask = || {
        let (hasher, context) = (hasher.clone(), context.clone());
        tokio::spawn(async move { hasher.hash(&context, "secret".into()).await })
    };

    let running = ask();
    tokio::task::yield_now().await;
    arrivals.recv().unwrap();
    let waiting = ask();
    tokio::task::yield_now().await;
    assert!(matches!(hasher.hash(&context, "secret".into()).await, Err(PasswordError::Busy)));

    // Nobody waits any more when the thread comes to the second one.
    clock.advance(Duration::from_secs(11));
    go.send(()).unwrap();
    assert!(running.await.unwrap().is_ok());
    assert!(matches!(waiting.await.unwrap(), Err(PasswordError::Busy)));
    assert!(arrivals.try_recv().is_err(), "the second one was never begun");
}

#[tokio::test]
async fn the_caller_stops_waiting_at_its_deadline() {
    let (arrived, _arrivals) = sync_channel(8);
    let (_go, leave) = sync_channel(8);
    let random = Arc::new(Gate { arrived, leave: Mutex::new(leave) });
    let system = Sources::system();
    let hasher = PasswordHasher::start(Sources { random, ..system.clone() }, options(1, 1)).unwrap();
    let context = Context::background(&system, Duration::from_millis(20));
    assert!(matches!(hasher.hash(&context, "secret".into()).await, Err(PasswordError::Busy)));
}
