//! Promotions of several gateways, on one store or by one Redis.

use super::*;
use crate::keep::SharedRedis;
use crate::tests::Database;
use testkit::{Backend, FaultProxy, TestRedis, with_redis};

testkit::both_backends! {
    /// What was changed meanwhile is not written over: whoever comes second is told, or follows.
    async fn of_two_orders_on_one_store_the_second_is_refused(backend: Backend) {
        let database = Database::new(backend);
        let gateway = || Gateway::new(Keep::new(Some(database.open()), None).unwrap());
        let (mut one, mut two) = (gateway(), gateway());
        one.look().await;
        two.look().await;
        assert_eq!(one.order(Order::Hold).await.unwrap().phase, Phase::Held);
        let refused = two.order(Order::Start).await.unwrap_err();
        assert!(matches!(refused, OrderError::Conflict), "{refused}");
        two.look().await;
        assert_eq!(two.state(), one.state());
    }

    /// Two gateways on one store; one dies; a third starts from what is kept.
    async fn gateways_on_one_store_hold_the_same_and_a_start_remembers(backend: Backend) {
        let database = Database::new(backend);
        let gateway = || Gateway::new(Keep::new(Some(database.open()), None).unwrap());
        let (mut one, mut two) = (gateway(), gateway());
        one.look().await;
        two.look().await;
        one.see_well();
        one.look().await;
        assert_eq!((one.ceiling(), two.ceiling()), (5, 1));
        let step = two.look().await.pop().unwrap();
        assert_eq!((step.by, two.ceiling()), (Why::Fleet, 5));
        two.see(100);
        two.look().await;
        assert_eq!(two.ceiling(), 0);
        one.see_well();
        let step = one.look().await.pop().unwrap();
        assert_eq!((step.after.phase, one.ceiling()), (Phase::Back, 0));
        drop((one, two));
        let mut three = gateway();
        three.see_well();
        assert_eq!((three.look().await, three.ceiling(), three.state().phase), (vec![], 0, Phase::Back));
        three.order(Order::Clear).await.unwrap();
        let mut four = gateway();
        four.look().await;
        assert_eq!((four.ceiling(), four.state()), (1, three.state()));
    }
}

/// Looks until Redis answers again: on a busy machine the first connection may take too long.
async fn until_back(gateway: &mut Gateway) {
    for _ in 0..50 {
        gateway.look().await;
        if gateway.promoter.away().is_none() {
            return;
        }
    }
    panic!("Redis does not come back: {:?}", gateway.promoter.away());
}

fn shared(redis: &TestRedis, url: &str) -> Keep {
    Keep::new(None, Some(SharedRedis { url: url.to_owned(), prefix: redis.prefix().to_owned() })).unwrap()
}

#[test]
fn a_breach_on_one_gateway_is_back_on_all() {
    with_redis(async |redis| {
        let gateway = || Gateway::new(shared(&redis, redis.url()));
        let (mut one, mut two) = (gateway(), gateway());
        one.look().await;
        two.look().await;
        one.see_well();
        one.look().await;
        two.look().await;
        assert_eq!((one.ceiling(), two.ceiling()), (5, 5));
        two.see(100);
        two.look().await;
        // The other one would rise at this very look.
        one.see_well();
        one.look().await;
        assert_eq!((one.ceiling(), two.ceiling(), one.state().phase), (0, 0, Phase::Back));
        assert_eq!(one.order(Order::Clear).await.unwrap().percent, 1);
        two.look().await;
        assert_eq!(two.state(), one.state());
    });
}

#[test]
fn without_redis_nothing_rises_and_a_breach_is_told_later() {
    with_redis(async |redis| {
        let proxy = FaultProxy::start(redis.address());
        let mut cut_off = Gateway::new(shared(&redis, &redis.url_through(&proxy)));
        let mut other = Gateway::new(shared(&redis, redis.url()));
        cut_off.look().await;
        other.look().await;
        proxy.cut();
        cut_off.see_well();
        assert_eq!((cut_off.look().await, cut_off.ceiling()), (vec![], 1), "not raised");
        assert!(cut_off.promoter.away().is_some());
        let refused = cut_off.order(Order::Start).await.unwrap_err();
        assert!(matches!(refused, OrderError::NotShared(_)), "{refused}");
        other.see_well();
        other.look().await;
        assert_eq!(other.ceiling(), 5);
        cut_off.see(500);
        cut_off.look().await;
        assert_eq!((cut_off.ceiling(), other.ceiling()), (0, 5), "back at once, here");
        proxy.heal();
        until_back(&mut cut_off).await;
        other.look().await;
        assert_eq!((cut_off.ceiling(), other.ceiling()), (0, 0));
        assert_eq!(cut_off.state(), other.state());
        assert!(cut_off.promoter.away().is_none());
    });
}

#[test]
fn a_redis_that_hangs_holds_a_look_up_for_less_than_a_second() {
    with_redis(async |redis| {
        let proxy = FaultProxy::start(redis.address());
        let mut gateway = Gateway::new(shared(&redis, &redis.url_through(&proxy)));
        gateway.look().await;
        proxy.hang();
        let within = std::time::Duration::from_millis(900);
        assert!(tokio::time::timeout(within, gateway.look()).await.is_ok());
        assert_eq!(gateway.ceiling(), 1, "what was known holds");
    });
}

#[test]
fn a_breach_is_down_here_before_anybody_is_told() {
    with_redis(async |redis| {
        let proxy = FaultProxy::start(redis.address());
        let mut gateway = Gateway::new(shared(&redis, &redis.url_through(&proxy)));
        gateway.look().await;
        gateway.see(500);
        let ceilings = gateway.ceilings.clone();
        assert_eq!(ceilings.of(crate::tests::ROUTE), 1);
        proxy.hang();
        {
            let look = gateway.look();
            tokio::pin!(look);
            // Telling the others takes until the call is given up; the ceiling does not wait for that.
            while ceilings.of(crate::tests::ROUTE) > 0 {
                tokio::select! {
                    steps = &mut look => panic!("the look is over: {steps:?}"),
                    () = tokio::task::yield_now() => {}
                }
            }
            look.await;
        }
        assert_eq!(gateway.state().phase, Phase::Back);
    });
}

#[test]
fn a_redis_that_forgot_everything_is_told_again() {
    with_redis(async |redis| {
        let mut gateway = Gateway::new(shared(&redis, redis.url()));
        gateway.look().await;
        gateway.order(Order::Back).await.unwrap();
        let client = ::redis::Client::open(redis.url()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let key = format!("{{{}:promotion}}:states", redis.prefix());
        let _: () = ::redis::AsyncCommands::del(&mut connection, key).await.unwrap();
        gateway.look().await;
        let mut new = Gateway::new(shared(&redis, redis.url()));
        new.look().await;
        assert_eq!((new.ceiling(), new.state()), (0, gateway.state()));
    });
}

#[test]
fn a_start_without_redis_goes_on_from_what_was_remembered() {
    with_redis(async |redis| {
        let database = Database::new(Backend::Sqlite);
        let proxy = FaultProxy::start(redis.address());
        let through = SharedRedis { url: redis.url_through(&proxy), prefix: redis.prefix().to_owned() };
        let gateway = || Gateway::new(Keep::new(Some(database.open()), Some(through.clone())).unwrap());
        let mut before = gateway();
        before.look().await;
        before.see_well();
        before.look().await;
        assert_eq!(before.ceiling(), 5);
        drop(before);
        proxy.cut();
        let mut after = gateway();
        after.look().await;
        assert_eq!(after.ceiling(), 5);
        let nothing_known = Keep::new(None, Some(through)).unwrap();
        let mut stranger = Gateway::new(nothing_known);
        stranger.look().await;
        assert_eq!(stranger.ceiling(), 0, "nothing is known: nothing is raised");
    });
}

#[test]
fn of_two_that_rise_at_once_one_comes_second_and_no_step_is_left_out() {
    with_redis(async |redis| {
        let gateway = || Gateway::new(shared(&redis, redis.url()));
        let (mut one, mut two) = (gateway(), gateway());
        one.look().await;
        two.look().await;
        one.see_well();
        two.see_well();
        // Both have read the same before either writes, or not: the outcome is the same.
        tokio::join!(one.look(), two.look());
        one.look().await;
        two.look().await;
        assert_eq!((one.ceiling(), two.ceiling()), (5, 5));
        assert_eq!((one.state().version, one.state()), (2, two.state()));
    });
}
