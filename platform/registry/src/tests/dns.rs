//! Instances by DNS, against a server that says what the test wants.

use super::dns_server::{DnsServer, Say};
use super::{SOON, ids, until_ids, until_state};
use crate::{Place, Registry, RegistrySettings, ServiceDefinition};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::RecordType;
use kernel::Sources;

/// Looks at a name every 20 ms, whatever its TTL.
fn registry(server: &DnsServer, place: &str) -> Registry {
    let settings = RegistrySettings {
        dns_servers: vec![server.address],
        dns_refresh_min_ms: 20,
        dns_refresh_max_ms: 20,
        dns_timeout_ms: 1_000,
        ..Default::default()
    };
    let registry = Registry::start(settings, Sources::system()).unwrap();
    define(&registry, &[place]);
    registry
}

fn define(registry: &Registry, places: &[&str]) {
    let places = places.iter().map(|place| Place::parse(place).unwrap()).collect();
    registry.define(&[ServiceDefinition { name: "m".into(), places }]).unwrap();
}

fn urls(registry: &Registry) -> Vec<String> {
    registry.get("m").iter().map(|instance| format!("{} {}", instance.url, instance.weight)).collect()
}

async fn until_urls(registry: &Registry, wanted: &[&str]) {
    let what = format!("{wanted:?}");
    testkit::eventually(&what, SOON, async || (urls(registry) == wanted).then_some(())).await;
}

#[tokio::test]
async fn addresses_of_both_kinds_are_instances_and_are_asked_for_again() {
    let server = DnsServer::start().await;
    server.addresses("m.test", 3_600, &["10.0.0.2", "10.0.0.1", "2001:db8::1"]);
    let registry = registry(&server, "dns://m.test.:8080/base");
    let both =
        ["http://10.0.0.1:8080/base 1", "http://10.0.0.2:8080/base 1", "http://[2001:db8::1]:8080/base 1"];
    until_urls(&registry, &both).await;
    // Although the answer was good for an hour: the bound is shorter.
    server.addresses("m.test", 3_600, &["10.0.0.3"]);
    until_urls(&registry, &["http://10.0.0.3:8080/base 1"]).await;
}

#[tokio::test]
async fn of_srv_records_the_lowest_priority_counts_with_its_weights() {
    let server = DnsServer::start().await;
    let records = [(10, 5, 9001, "one.test"), (10, 0, 9002, "two.test"), (20, 9, 9003, "three.test")];
    server.services("_http._tcp.m.test", &records);
    server.addresses("one.test", 1, &["10.0.0.1"]);
    server.addresses("two.test", 1, &["10.0.0.2"]);
    server.addresses("three.test", 1, &["10.0.0.3"]);
    let registry = registry(&server, "srv://_http._tcp.m.test.");
    until_urls(&registry, &["http://10.0.0.1:9001 5", "http://10.0.0.2:9002 1"]).await;
    server.services("_http._tcp.m.test", &records[2..]);
    until_urls(&registry, &["http://10.0.0.3:9003 9"]).await;
}

#[tokio::test]
async fn a_server_that_fails_changes_nothing() {
    let server = DnsServer::start().await;
    server.addresses("m.test", 1, &["10.0.0.1"]);
    let registry = registry(&server, "dns://m.test.:80");
    until_ids(&registry, "m", &["10.0.0.1-80"]).await;
    for fault in [Say::Code(ResponseCode::ServFail), Say::Code(ResponseCode::Refused), Say::Nothing] {
        for kind in [RecordType::A, RecordType::AAAA] {
            server.say("m.test", kind, fault.clone());
        }
        until_state(&registry, "the failure", |state| state.error.is_some()).await;
        assert_eq!(ids(&registry, "m"), ["10.0.0.1-80"]);
        server.addresses("m.test", 1, &["10.0.0.1"]);
        until_state(&registry, "the recovery", |state| state.error.is_none()).await;
    }
    // The addresses of the other kind may be there while one kind fails.
    server.say("m.test", RecordType::A, Say::Code(ResponseCode::ServFail));
    server.say("m.test", RecordType::AAAA, Say::Records(1, vec![]));
    until_state(&registry, "the failure", |state| state.error.is_some()).await;
    assert_eq!(ids(&registry, "m"), ["10.0.0.1-80"]);
}

#[tokio::test]
async fn a_target_that_cannot_be_looked_up_changes_nothing_and_one_without_addresses_goes() {
    let server = DnsServer::start().await;
    server.services("m.test", &[(1, 1, 9001, "one.test"), (1, 1, 9002, "two.test")]);
    server.addresses("one.test", 1, &["10.0.0.1"]);
    server.addresses("two.test", 1, &["10.0.0.2"]);
    let registry = registry(&server, "srv://m.test.");
    let both = ["10.0.0.1-9001", "10.0.0.2-9002"];
    until_ids(&registry, "m", &both).await;
    for kind in [RecordType::A, RecordType::AAAA] {
        server.say("two.test", kind, Say::Code(ResponseCode::ServFail));
    }
    until_state(&registry, "the failure", |state| state.error.is_some()).await;
    assert_eq!(ids(&registry, "m"), both);
    server.addresses("two.test", 1, &[]);
    until_ids(&registry, "m", &both[..1]).await;
}

#[tokio::test]
async fn one_kind_that_fails_is_not_an_answer_that_there_is_nothing() {
    let server = DnsServer::start().await;
    server.addresses("m.test", 1, &["2001:db8::1"]);
    let registry = registry(&server, "dns://m.test.:80");
    until_ids(&registry, "m", &["2001-db8--1-80"]).await;
    server.say("m.test", RecordType::AAAA, Say::Code(ResponseCode::ServFail));
    until_state(&registry, "the failure", |state| state.error.is_some()).await;
    assert_eq!(ids(&registry, "m"), ["2001-db8--1-80"]);
}

#[tokio::test]
async fn that_there_is_nothing_is_believed_when_it_is_said_again() {
    let server = DnsServer::start().await;
    server.addresses("m.test", 1, &["10.0.0.1"]);
    let registry = registry(&server, "dns://m.test.:80");
    until_ids(&registry, "m", &["10.0.0.1-80"]).await;
    for kind in [RecordType::A, RecordType::AAAA] {
        server.say("m.test", kind, Say::Code(ResponseCode::NXDomain));
    }
    until_ids(&registry, "m", &[]).await;
    assert_eq!(registry.sources().pop().and_then(|state| state.error), None);
}

#[tokio::test]
async fn a_name_that_is_no_longer_defined_takes_its_instances_along() {
    let server = DnsServer::start().await;
    server.addresses("m.test", 1, &["10.0.0.1"]);
    server.addresses("n.test", 1, &["10.0.0.2"]);
    let registry = registry(&server, "dns://m.test.:80");
    define(&registry, &["dns://m.test.:80", "dns://n.test.:80", "http://10.0.0.9:80"]);
    until_ids(&registry, "m", &["10.0.0.9-80", "10.0.0.1-80", "10.0.0.2-80"]).await;
    let version = registry.snapshot().version();
    define(&registry, &["dns://n.test.:80", "http://10.0.0.9:80"]);
    assert_eq!(ids(&registry, "m"), ["10.0.0.9-80", "10.0.0.2-80"]);
    assert_eq!(registry.snapshot().version(), version + 1);
}
