//! The shared registry, against a real Redis: heartbeats, death, outages, forgetting.

use super::{SOON, announce, ids, until_ids, until_state};
use crate::{AnnounceSettings, Announcer, RedisUrl, Registry, RegistrySettings, SourceState};
use ::redis::AsyncCommands;
use ::redis::aio::MultiplexedConnection;
use kernel::{Sources, Timestamp};
use std::time::Duration;
use testkit::{FaultProxy, TestRedis, eventually, with_redis};

/// Longer than any test: death is then by the clock that the test moves, or not at all.
const LONG_S: u32 = 600;

fn settings(redis: &TestRedis, url: &str) -> RegistrySettings {
    let redis_prefix = redis.prefix().to_owned();
    RegistrySettings { redis: RedisUrl::parse(url).unwrap(), redis_prefix, ..Default::default() }
}

fn registry(redis: &TestRedis) -> Registry {
    Registry::start(settings(redis, redis.url()), Sources::system()).unwrap()
}

fn announcer(redis: &TestRedis, url: &str, id: &str, ttl_s: u32) -> Announcer {
    let settings = AnnounceSettings { redis_prefix: redis.prefix().into(), ..announce(url, id, ttl_s) };
    Announcer::start(settings, Sources::system()).unwrap()
}

async fn connection(redis: &TestRedis) -> MultiplexedConnection {
    let client = ::redis::Client::open(redis.url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

async fn keys(redis: &TestRedis) -> Vec<String> {
    connection(redis).await.keys(format!("{{{}:registry}}*", redis.prefix())).await.unwrap()
}

fn answers(state: &SourceState) -> bool {
    state.error.is_none() && state.last_success.is_some()
}

#[test]
fn a_fleet_sees_instances_come_and_leave() {
    with_redis(async |redis| {
        let (one, two) = (registry(&redis), registry(&redis));
        let a = announcer(&redis, redis.url(), "a", LONG_S);
        let b = announcer(&redis, redis.url(), "b", LONG_S);
        until_ids(&one, "messages", &["a", "b"]).await;
        until_ids(&two, "messages", &["a", "b"]).await;
        a.leave().await.unwrap();
        until_ids(&one, "messages", &["b"]).await;
        until_ids(&two, "messages", &["b"]).await;
        b.leave().await.unwrap();
        until_ids(&one, "messages", &[]).await;
        assert_eq!(one.sources().pop().map(|state| state.instances), Some(0));
    });
}

#[test]
fn heartbeats_keep_alive_and_without_them_an_instance_dies() {
    with_redis(async |redis| {
        let registry = registry(&redis);
        let announcer = announcer(&redis, redis.url(), "a", 3);
        until_ids(&registry, "messages", &["a"]).await;
        let version = registry.snapshot().version();
        let mut states = announcer.states();
        // Heartbeats for longer than the time to live: without them it would be gone.
        let mut beats = std::collections::BTreeSet::new();
        while beats.len() < 5 {
            states.changed().await.unwrap();
            beats.insert(states.borrow_and_update().last_success);
        }
        assert_eq!((ids(&registry, "messages").len(), registry.snapshot().version()), (1, version));
        let ttl: i64 = connection(&redis)
            .await
            .pttl(format!("{{{}:registry}}:i:messages/a", redis.prefix()))
            .await
            .unwrap();
        assert!((1..=3_000).contains(&ttl), "{ttl}");
        drop(announcer);
        until_ids(&registry, "messages", &[]).await;
        let left = keys(&redis).await;
        assert!(!left.iter().any(|key| key.contains(":i:")), "{left:?}");
    });
}

#[test]
fn while_redis_is_cut_or_hangs_the_last_known_serve() {
    with_redis(async |redis| {
        let proxy = FaultProxy::start(redis.address());
        let registry =
            Registry::start(settings(&redis, &redis.url_through(&proxy)), Sources::system()).unwrap();
        let _a = announcer(&redis, redis.url(), "a", LONG_S);
        until_ids(&registry, "messages", &["a"]).await;
        for fault in [FaultProxy::cut, FaultProxy::hang] {
            fault(&proxy);
            let state = until_state(&registry, "the failure", |state| state.error.is_some()).await;
            assert!(state.failing_since.is_some() && state.last_success.is_some());
            assert_eq!(ids(&registry, "messages"), ["a"]);
            proxy.heal();
            let state = until_state(&registry, "the recovery", answers).await;
            assert_eq!((state.failing_since, state.instances), (None, 1));
        }
        let _b = announcer(&redis, redis.url(), "b", LONG_S);
        until_ids(&registry, "messages", &["a", "b"]).await;
    });
}

#[test]
fn a_redis_that_comes_back_empty_does_not_empty_the_services() {
    with_redis(async |redis| {
        let proxy = FaultProxy::start(redis.address());
        let (sources, clock) = Sources::fixed(Timestamp(0), 1);
        let registry = Registry::start(settings(&redis, &redis.url_through(&proxy)), sources).unwrap();
        let a = announcer(&redis, redis.url(), "a", LONG_S);
        let b = announcer(&redis, redis.url(), "b", LONG_S);
        until_ids(&registry, "messages", &["a", "b"]).await;
        // Both go without a word, as they would with the machine.
        drop((a, b));
        proxy.cut();
        until_state(&registry, "the failure", |state| state.error.is_some()).await;
        let () = connection(&redis).await.del(keys(&redis).await).await.unwrap();
        proxy.heal();
        until_state(&registry, "the recovery", answers).await;
        assert_eq!(ids(&registry, "messages"), ["a", "b"]);
        // The one that is heard of again stays, the other goes after its time.
        let _b = announcer(&redis, redis.url(), "b", LONG_S);
        until_ids(&registry, "messages", &["b", "a"]).await;
        clock.advance(Duration::from_secs(LONG_S.into()));
        until_ids(&registry, "messages", &["b"]).await;
    });
}

#[test]
fn a_redis_that_forgot_everything_between_two_looks_is_noticed_too() {
    with_redis(async |redis| {
        let registry = registry(&redis);
        let a = announcer(&redis, redis.url(), "a", LONG_S);
        until_ids(&registry, "messages", &["a"]).await;
        drop(a);
        let () = connection(&redis).await.del(keys(&redis).await).await.unwrap();
        // Another one is seen, in a list that says nothing of the first.
        let _b = announcer(&redis, redis.url(), "b", LONG_S);
        until_ids(&registry, "messages", &["b", "a"]).await;
    });
}

#[test]
fn an_announcer_waits_for_a_redis_that_is_away() {
    with_redis(async |redis| {
        let proxy = FaultProxy::start(redis.address());
        proxy.cut();
        let registry = registry(&redis);
        let announcer = announcer(&redis, &redis.url_through(&proxy), "a", LONG_S);
        eventually("a failure", SOON, async || announcer.state().error).await;
        assert!(!announcer.state().registered);
        proxy.heal();
        until_ids(&registry, "messages", &["a"]).await;
        eventually("its own word", SOON, async || announcer.state().registered.then_some(())).await;
        proxy.hang();
        let error = announcer.leave().await.unwrap_err().to_string();
        assert!(error.contains("leaves"), "{error}");
    });
}

#[test]
fn an_older_process_of_the_same_id_does_not_take_the_newer_one_out() {
    with_redis(async |redis| {
        let registry = registry(&redis);
        let older = announcer(&redis, redis.url(), "a", LONG_S);
        until_ids(&registry, "messages", &["a"]).await;
        let newer = AnnounceSettings { url: "http://newer:1".into(), ..announce(redis.url(), "a", LONG_S) };
        let newer = AnnounceSettings { redis_prefix: redis.prefix().into(), ..newer };
        let newer = Announcer::start(newer, Sources::system()).unwrap();
        let is_newer = async || (&*registry.get("messages").first()?.url == "http://newer:1").then_some(());
        eventually("the newer one", SOON, is_newer).await;
        older.leave().await.unwrap();
        let there: bool = connection(&redis)
            .await
            .exists(format!("{{{}:registry}}:i:messages/a", redis.prefix()))
            .await
            .unwrap();
        assert!(there);
        newer.leave().await.unwrap();
        until_ids(&registry, "messages", &[]).await;
    });
}

#[test]
fn what_others_wrote_is_left_out_and_counted() {
    with_redis(async |redis| {
        let registry = registry(&redis);
        let _a = announcer(&redis, redis.url(), "a", LONG_S);
        until_ids(&registry, "messages", &["a"]).await;
        let root = format!("{{{}:registry}}", redis.prefix());
        let mut connection = connection(&redis).await;
        let bytes: &[u8] = &[0xff, 0x00, b'{'];
        let () = connection.set(format!("{root}:i:messages/evil"), bytes).await.unwrap();
        let () =
            connection.zadd(format!("{root}:index"), "messages/evil", 9_999_999_999_999_u64).await.unwrap();
        let () = connection.hincr(format!("{root}:meta"), "version", 1).await.unwrap();
        let state = until_state(&registry, "the count", |state| state.refused == 1).await;
        assert_eq!((state.instances, ids(&registry, "messages")), (1, vec!["a".to_owned()]));
    });
}
