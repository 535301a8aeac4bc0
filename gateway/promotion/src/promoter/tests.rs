//! Promotions of one gateway and of a fleet, with evidence and clocks made by hand.

use super::*;
use crate::keep::SharedRedis;
use crate::tests::{Database, Gateway};
use crate::{OnBreach, OutOfOrder};
use testkit::{Backend, FaultProxy, TestRedis, with_redis};

fn block_on<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

#[test]
fn it_rises_step_by_step_and_stays_on_the_last() {
    block_on(async {
        let mut gateway = Gateway::alone();
        assert_eq!(gateway.ceiling(), 0, "before the first look");
        let first = gateway.look().await;
        assert_eq!((first.len(), first[0].before.clone(), gateway.ceiling()), (1, None, 1));
        for percent in [5, 25, 50, 100] {
            assert_eq!(gateway.look().await, [], "nothing was seen on this step yet");
            gateway.see_well();
            let step = gateway.look().await.pop().unwrap();
            assert_eq!((step.after.percent, step.by, gateway.ceiling()), (percent, Why::Evidence, percent));
        }
        gateway.see_well();
        assert_eq!(gateway.look().await, []);
        assert_eq!(gateway.ceiling(), 100);
        assert_eq!(gateway.state().version, 5);
    });
}

#[test]
fn time_alone_and_evidence_alone_raise_nothing() {
    block_on(async {
        let mut gateway = Gateway::alone();
        gateway.look().await;
        gateway.clock.advance(gateway.policy.every * 10);
        assert_eq!(gateway.look().await, []);
        let waits = gateway.promoter.standings().pop().unwrap().waits_for.unwrap();
        assert_eq!(waits, "0 of 1000 requests are compared");
        let mut gateway = Gateway::alone();
        gateway.look().await;
        gateway.see(0);
        assert_eq!(gateway.look().await, []);
        assert_eq!(
            gateway.promoter.standings().pop().unwrap().waits_for.unwrap(),
            "600 s of the step are left"
        );
    });
}

#[test]
fn while_its_toggle_is_off_it_waits_and_says_so() {
    block_on(async {
        let mut gateway = Gateway::alone();
        gateway.policy.steps = vec![0, 50];
        gateway.switch(false);
        let waits =
            |gateway: &Gateway| gateway.promoter.standings().pop().unwrap().waits_for.unwrap_or_default();
        gateway.look().await;
        gateway.see_well();
        assert_eq!((gateway.look().await, gateway.ceiling()), (vec![], 0), "nobody could be served");
        assert_eq!(waits(&gateway), "its toggle messages.read.serve is off: the new side answers nobody");
        gateway.see(1_000);
        assert_eq!(gateway.look().await, [], "there is nothing to go back from");
        assert!(
            waits(&gateway).ends_with("it would go back: 1000 of 10000 answers differ; 0.1 % may"),
            "{}",
            waits(&gateway)
        );
        gateway.switch(true);
        assert_eq!(gateway.look().await, [], "what was before counts no more, neither time nor evidence");
        assert_eq!(waits(&gateway), "0 of 1000 requests are compared");
        gateway.see(0);
        gateway.look().await;
        assert_eq!(waits(&gateway), "600 s of the step are left");
        gateway.clock.advance(gateway.policy.every);
        gateway.look().await;
        assert_eq!(gateway.ceiling(), 50);
        gateway.see(100);
        assert_eq!(gateway.look().await.pop().unwrap().after.phase, Phase::Back, "and then it is watched");
    });
}

#[test]
fn a_breach_goes_back_at_once_and_stays_so_until_it_is_cleared() {
    block_on(async {
        let mut gateway = Gateway::alone();
        gateway.look().await;
        gateway.see_well();
        gateway.look().await;
        assert_eq!(gateway.ceiling(), 5);
        gateway.see(100);
        let step = gateway.look().await.pop().unwrap();
        assert_eq!((step.after.phase, step.after.percent, gateway.ceiling()), (Phase::Back, 0, 0));
        assert_eq!(step.after.why, "100 of 5000 answers differ; 0.1 % may");
        for _ in 0..20 {
            gateway.see_well();
            assert_eq!(gateway.look().await, [], "by itself it never comes again");
        }
        let refused = gateway.order(Order::Start).await.unwrap_err();
        assert!(matches!(refused, OrderError::OutOfOrder(OutOfOrder::NotCleared)), "{refused}");
        assert_eq!(gateway.order(Order::Clear).await.unwrap().percent, 1);
        assert_eq!((gateway.look().await, gateway.ceiling()), (vec![], 1), "what was before counts no more");
        gateway.see_well();
        gateway.look().await;
        assert_eq!(gateway.ceiling(), 5);
    });
}

#[test]
fn a_new_side_that_is_too_slow_goes_back() {
    block_on(async {
        for (times, goes_back) in [(1, false), (3, true)] {
            let mut gateway = Gateway::alone();
            gateway.look().await;
            gateway.see_slow(times);
            let step = gateway.look().await.pop();
            assert_eq!(step.is_some(), goes_back, "{times} times as long: {step:?}");
            if let Some(step) = step {
                assert_eq!((step.after.phase, gateway.ceiling()), (Phase::Back, 0));
                assert!(
                    step.after.why.starts_with("the new side's p99 is at least 2."),
                    "{}",
                    step.after.why
                );
            }
        }
    });
}

#[test]
fn old_good_evidence_does_not_hide_what_breaks_on_the_last_step() {
    block_on(async {
        let mut gateway = Gateway::alone();
        gateway.policy.steps = vec![100];
        gateway.look().await;
        for _ in 0..100 {
            gateway.see_well();
            gateway.look().await;
        }
        // 100 of 505,000 would be well within 0.1 %.
        gateway.see(100);
        assert_eq!(gateway.look().await.pop().unwrap().after.phase, Phase::Back);
    });
}

#[test]
fn on_breach_hold_stays_where_it_is_and_a_person_goes_on() {
    block_on(async {
        let mut gateway = Gateway::alone();
        gateway.policy.on_breach = OnBreach::Hold;
        gateway.look().await;
        gateway.see(100);
        let step = gateway.look().await.pop().unwrap();
        assert_eq!((step.after.phase, gateway.ceiling()), (Phase::Held, 1));
        gateway.see_well();
        assert_eq!(gateway.look().await, []);
        gateway.order(Order::Start).await.unwrap();
        gateway.see_well();
        gateway.look().await;
        assert_eq!(gateway.ceiling(), 5);
    });
}

#[test]
fn a_held_promotion_is_watched() {
    block_on(async {
        let mut gateway = Gateway::alone();
        gateway.look().await;
        gateway.order(Order::Hold).await.unwrap();
        gateway.see_well();
        assert_eq!((gateway.look().await, gateway.ceiling()), (vec![], 1));
        gateway.see(100);
        assert_eq!(gateway.look().await.pop().unwrap().after.phase, Phase::Back);
    });
}

#[test]
fn a_route_without_promotion_is_let_go_of() {
    block_on(async {
        let mut gateway = Gateway::alone();
        gateway.look().await;
        let context =
            Context::background(&Sources::fixed(Timestamp(0), 1).0, std::time::Duration::from_secs(1));
        gateway.promoter.look(&context, &[], &crate::tests::Told::default()).await;
        assert_eq!(gateway.promoter.standings(), []);
        assert!(matches!(gateway.order(Order::Hold).await.unwrap_err(), OrderError::NoPromotion(_)));
    });
}

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
