//! Registrations in memory: times to live, replacement, bounds.

use super::ids;
use crate::limits::{INSTANCES_PER_SERVICE_MAX, SERVICES_MAX};
use crate::{Fault, Registered, Registration, Registry, RegistrySettings};
use kernel::{ManualClock, Sources, Timestamp};
use std::sync::Arc;
use std::time::Duration;

fn started() -> (Registry, Arc<ManualClock>) {
    let (sources, clock) = Sources::fixed(Timestamp(1_000), 1);
    (Registry::start(RegistrySettings::default(), sources).unwrap(), clock)
}

fn at(id: &str, port: u16) -> Registration {
    Registration { id: id.into(), url: format!("http://127.0.0.1:{port}"), ttl_s: 15 }
}

#[tokio::test]
async fn an_instance_lives_as_long_as_it_is_kept_alive() {
    let (registry, clock) = started();
    let embedded = registry.embedded();
    assert_eq!(embedded.register("m", &at("a", 1)).unwrap(), Registered::Created);
    for _ in 0..3 {
        clock.advance(Duration::from_millis(14_999));
        embedded.keep_alive("m", "a").unwrap();
    }
    clock.advance(Duration::from_millis(14_999));
    embedded.sweep();
    assert_eq!(ids(&registry, "m"), ["a"]);
    clock.advance(Duration::from_millis(1));
    embedded.sweep();
    assert!(ids(&registry, "m").is_empty());
    assert_eq!(embedded.keep_alive("m", "a").unwrap_err().fault(), Fault::Missing);
}

#[tokio::test]
async fn what_has_expired_cannot_be_kept_alive_also_before_it_was_swept() {
    let (registry, clock) = started();
    registry.embedded().register("m", &at("a", 1)).unwrap();
    clock.advance(Duration::from_secs(15));
    assert_eq!(registry.embedded().keep_alive("m", "a").unwrap_err().fault(), Fault::Missing);
    assert_eq!(registry.embedded().leave("m", "a").unwrap_err().fault(), Fault::Missing);
}

#[tokio::test]
async fn a_restarted_process_takes_its_place_again_and_leaving_is_at_once() {
    let (registry, _clock) = started();
    let mut changes = registry.changes();
    registry.embedded().register("m", &at("a", 1)).unwrap();
    assert_eq!(registry.embedded().register("m", &at("a", 2)).unwrap(), Registered::Replaced);
    assert_eq!(&*registry.get("m")[0].url, "http://127.0.0.1:2");
    registry.embedded().leave("m", "a").unwrap();
    assert!(registry.get("m").is_empty());
    assert_eq!(registry.embedded().leave("m", "a").unwrap_err().fault(), Fault::Missing);
    changes.changed().await.unwrap();
    assert_eq!((*changes.borrow_and_update(), registry.snapshot().version()), (3, 3));
}

#[tokio::test]
async fn a_repeated_registration_is_no_change() {
    let (registry, _clock) = started();
    registry.embedded().register("m", &at("a", 1)).unwrap();
    let before = registry.get("m");
    registry.embedded().register("m", &at("a", 1)).unwrap();
    assert!(Arc::ptr_eq(&before, &registry.get("m")));
    assert_eq!(registry.snapshot().version(), 1);
}

#[tokio::test]
async fn what_strangers_say_is_checked_and_bounded() {
    let (registry, clock) = started();
    let embedded = registry.embedded();
    for (service, registration) in [
        ("m/../n", at("a", 1)),
        ("m", at("a b", 1)),
        ("m", Registration { url: "http://user:secret@h:1".into(), ..at("a", 1) }),
        ("m", Registration { ttl_s: 0, ..at("a", 1) }),
    ] {
        let error = embedded.register(service, &registration).unwrap_err();
        assert_eq!(error.fault(), Fault::Caller, "{error}");
        assert!(!error.to_string().contains("secret"));
    }
    for number in 0..INSTANCES_PER_SERVICE_MAX {
        embedded.register("m", &at(&format!("i{number}"), 1_000 + number as u16)).unwrap();
    }
    assert_eq!(embedded.register("m", &at("more", 1)).unwrap_err().fault(), Fault::Full);
    for number in 1..SERVICES_MAX {
        embedded.register(&format!("s{number}"), &at("a", 1)).unwrap();
    }
    assert_eq!(embedded.register("more", &at("a", 1)).unwrap_err().fault(), Fault::Full);
    // Whoever is in may register again, and what expired makes room.
    embedded.register("m", &at("i0", 1)).unwrap();
    clock.advance(Duration::from_secs(15));
    embedded.register("more", &at("a", 1)).unwrap();
    assert_eq!(registry.snapshot().services().count(), 1);
}

#[tokio::test]
async fn the_sweep_goes_by_itself() {
    let (registry, clock) = started();
    registry.embedded().register("m", &at("a", 1)).unwrap();
    clock.advance(Duration::from_secs(15));
    super::until_ids(&registry, "m", &[]).await;
}
