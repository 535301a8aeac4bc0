//! Fixed lists, and how they stand to what registers itself.

use super::ids;
use crate::{Origin, Place, Registration, Registry, RegistryError, RegistrySettings, ServiceDefinition};
use kernel::{Sources, Timestamp};

fn started() -> Registry {
    Registry::start(RegistrySettings::default(), Sources::fixed(Timestamp(0), 1).0).unwrap()
}

fn service(name: &str, places: &[&str]) -> ServiceDefinition {
    let places = places.iter().map(|place| Place::parse(place).unwrap()).collect();
    ServiceDefinition { name: name.into(), places }
}

#[tokio::test]
async fn a_list_can_be_replaced_while_registrations_stay() {
    let registry = started();
    registry.define(&[service("m", &["http://h:1", "http://h:2"]), service("n", &["http://h:3"])]).unwrap();
    let registration = Registration { id: "own".into(), url: "http://h:9".into(), ttl_s: 15 };
    registry.embedded().register("m", &registration).unwrap();
    assert_eq!(ids(&registry, "m"), ["h-1", "h-2", "own"]);
    registry.define(&[service("m", &["http://h:2"])]).unwrap();
    assert_eq!(ids(&registry, "m"), ["h-2", "own"]);
    assert!(registry.get("n").is_empty());
}

#[tokio::test]
async fn nobody_takes_the_place_of_what_an_operator_wrote_down() {
    let registry = started();
    registry.define(&[service("m", &["http://h:1"])]).unwrap();
    for (id, url) in [("h-1", "http://evil:1"), ("other", "http://h:1/")] {
        let registration = Registration { id: id.into(), url: url.into(), ttl_s: 15 };
        registry.embedded().register("m", &registration).unwrap();
    }
    let found = registry.get("m");
    assert_eq!(found.len(), 1);
    assert_eq!((&*found[0].url, found[0].origin), ("http://h:1", Origin::Fixed));
}

#[tokio::test]
async fn a_wrong_definition_changes_nothing() {
    let registry = started();
    registry.define(&[service("m", &["http://h:1"])]).unwrap();
    let wrong = registry.define(&[service("ok", &["http://h:2"]), service("not ok", &[])]);
    assert!(matches!(wrong, Err(RegistryError::Name { .. })));
    assert_eq!(ids(&registry, "m"), ["h-1"]);
}

#[test]
fn settings_have_bounds_and_a_runtime_is_needed() {
    let sources = || Sources::fixed(Timestamp(0), 1).0;
    let start = |settings| Registry::start(settings, sources()).err().map(|error| error.to_string());
    let missing = start(RegistrySettings::default()).unwrap();
    assert!(missing.contains("runtime"), "{missing}");
    for (settings, name) in [
        (RegistrySettings { redis_poll_ms: 1_000, ..Default::default() }, "redis_poll_ms"),
        (RegistrySettings { redis_prefix: "a{b}".into(), ..Default::default() }, "redis_prefix"),
        (RegistrySettings { dns_refresh_max_ms: 10, ..Default::default() }, "dns_refresh_max_ms"),
        (RegistrySettings { dns_timeout_ms: 0, ..Default::default() }, "dns_timeout_ms"),
    ] {
        let error = start(settings).unwrap();
        assert!(error.contains(name), "{error}");
    }
}
