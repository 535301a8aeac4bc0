//! Thresholds under a standing clock, and checks against real sockets.

use super::*;
use crate::{InstanceSpec, Policy, Service, UpstreamSettings, Upstreams};
use kernel::{ManualClock, Sources, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

fn policy() -> HealthPolicy {
    HealthPolicy { path: Some("/health/ready".into()), ..HealthPolicy::default() }
}

fn instance() -> Instance {
    Instance::new(InstanceSpec::parse("a", "http://127.0.0.1:1", 1).unwrap(), 1, Moment(0))
}

#[test]
fn checks_in_a_row_decide() {
    let (instance, rng) = (instance(), Rng::new(1));
    let after = |results: &[bool]| {
        results.iter().for_each(|is_well| finish(&instance, *is_well, &policy(), &rng, Moment(0)));
        instance.is_healthy()
    };
    assert!(after(&[false, false, true, false, false]));
    assert!(!after(&[false]));
    assert!(!after(&[true, false, true]));
    assert!(after(&[true]));
}

#[test]
fn one_who_is_well_again_starts_slowly() {
    let (instance, rng, policy) = (instance(), Rng::new(1), Policy::default());
    let late = Moment(0).plus_ms(60_000);
    (0..3).for_each(|_| finish(&instance, false, &policy.health, &rng, late));
    (0..2).for_each(|_| finish(&instance, true, &policy.health, &rng, late));
    assert_eq!(instance.effective_weight(&policy, late), 100);
}

#[test]
fn the_next_check_is_due_after_the_interval_give_or_take_the_jitter() {
    let rng = Rng::new(3);
    let due: Vec<_> = (0..500).map(|_| spread(&policy(), &rng)).collect();
    assert!(due.iter().all(|ms| (1_600..=2_400).contains(ms)));
    assert!(due.iter().any(|ms| *ms < 1_800) && due.iter().any(|ms| *ms > 2_200));
    let instance = instance();
    assert!(begin(&instance, Moment(0)));
    assert!(!begin(&instance, Moment(0)));
    finish(&instance, true, &policy(), &rng, Moment(0));
    assert!(!begin(&instance, Moment(0).plus_ms(1_599)));
    assert!(begin(&instance, Moment(0).plus_ms(2_400)));
}

/// Upstreams with one instance, checked round by round.
struct Bed {
    upstreams: Upstreams,
    service: Arc<Service>,
    clock: Arc<ManualClock>,
    rng: Rng,
}

impl Bed {
    fn new(url: &str) -> Self {
        let (sources, clock) = Sources::fixed(Timestamp(0), 1);
        let upstreams = Upstreams::new(UpstreamSettings::default(), sources);
        let health = HealthPolicy { timeout_ms: 300, unhealthy_after: 1, healthy_after: 1, ..policy() };
        let service = upstreams.define("s", Policy { health, ..Policy::default() });
        upstreams.set_instances("s", vec![InstanceSpec::parse("a", url, 1).unwrap()]);
        Self { upstreams, service, clock, rng: Rng::new(1) }
    }

    async fn round(&mut self) -> bool {
        let mut under_way = JoinSet::new();
        runner::start_due(&self.upstreams, &mut under_way, &mut self.rng);
        while under_way.join_next().await.is_some() {}
        self.clock.advance(Duration::from_secs(5));
        self.upstreams.views()[0].instances[0].healthy
    }
}

/// Answers each connection with the next of `answers`, and gives back what was asked.
async fn answering(answers: Vec<&'static str>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let serve = async move {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(stream.read_u8().await.unwrap());
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            asked.push(String::from_utf8(request).unwrap());
        }
        asked
    };
    (url, tokio::spawn(serve))
}

#[tokio::test]
async fn statuses_decide_and_what_is_not_http_is_unwell() {
    let answers = vec![
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.1 +20 OK\r\n\r\n",
        "HTTP/1.1 302 Found\r\n\r\n",
        "SSH-2.0-OpenSSH_9.7\r\n",
        "HTTP/1.1 200",
        "HTTP/1.1 20",
    ];
    let (url, server) = answering(answers).await;
    let mut bed = Bed::new(&format!("{url}/base"));
    let mut found = Vec::new();
    for _ in 0..8 {
        found.push(bed.round().await);
    }
    assert_eq!(found, [true, false, true, false, true, false, true, false]);
    let asked = server.await.unwrap();
    assert!(asked[0].starts_with("GET /base/health/ready HTTP/1.1\r\nhost: 127.0.0.1:"), "{}", asked[0]);
}

#[tokio::test]
async fn one_who_refuses_or_hangs_is_unwell() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut bed = Bed::new(&format!("http://{}", listener.local_addr().unwrap()));
    // Accepted by the system, never answered.
    assert!(!bed.round().await);
    drop(listener);
    assert!(!bed.round().await);
}

#[tokio::test]
async fn without_a_path_nobody_is_checked_and_all_are_healthy() {
    let mut bed = Bed::new("http://127.0.0.1:1");
    assert!(!bed.round().await);
    bed.upstreams.define("s", Policy::default());
    assert!(bed.round().await);
    assert_eq!(bed.service.policy().health.path, None);
}

#[tokio::test]
async fn the_running_checks_find_it_and_end_when_stopped() {
    let (url, server) = answering(vec!["HTTP/1.1 500 Oh\r\n\r\n"]).await;
    let bed = Bed::new(&url);
    let checks = bed.upstreams.start_health_checks();
    server.await.unwrap();
    let unhealthy = async {
        while bed.upstreams.views()[0].instances[0].healthy {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), unhealthy).await.unwrap();
    checks.stop();
}
