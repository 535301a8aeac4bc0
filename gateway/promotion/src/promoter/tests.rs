//! Promotions of one gateway, with evidence and clocks made by hand.

mod fleet;

use super::*;
use crate::tests::Gateway;
use crate::{OnBreach, OutOfOrder};

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
        assert_eq!(gateway.waits_for(), "0 of 1000 requests are compared");
        let mut gateway = Gateway::alone();
        gateway.look().await;
        gateway.see(0);
        assert_eq!(gateway.look().await, []);
        assert_eq!(gateway.waits_for(), "600 s of the step are left");
    });
}

#[test]
fn while_its_toggle_is_off_it_waits_and_says_so() {
    block_on(async {
        let mut gateway = Gateway::alone();
        gateway.policy.steps = vec![0, 50];
        gateway.switch(false);
        gateway.look().await;
        gateway.see_well();
        assert_eq!((gateway.look().await, gateway.ceiling()), (vec![], 0), "nobody could be served");
        assert_eq!(gateway.waits_for(), "its toggle messages.read.serve is off: the new side answers nobody");
        gateway.see(1_000);
        assert_eq!(gateway.look().await, [], "there is nothing to go back from");
        assert!(
            gateway.waits_for().ends_with("it would go back: 1000 of 10000 answers differ; 0.1 % may"),
            "{}",
            gateway.waits_for()
        );
        gateway.switch(true);
        assert_eq!(gateway.look().await, [], "what was before counts no more, neither time nor evidence");
        assert_eq!(gateway.waits_for(), "0 of 1000 requests are compared");
        gateway.see(0);
        gateway.look().await;
        assert_eq!(gateway.waits_for(), "600 s of the step are left");
        gateway.clock.advance(gateway.policy.every);
        gateway.look().await;
        assert_eq!(gateway.ceiling(), 50);
        gateway.see(100);
        assert_eq!(gateway.look().await.pop().unwrap().after.phase, Phase::Back, "and then it is watched");
    });
}

#[test]
fn while_nothing_is_compared_it_says_which_toggle_is_off() {
    block_on(async {
        let mut gateway = Gateway::alone();
        gateway.switch_compare(false);
        gateway.look().await;
        gateway.look().await;
        let off = "its toggle messages.read.compare is off: nothing is compared";
        assert_eq!(gateway.waits_for(), format!("{off}; 0 of 1000 requests are compared"));
        gateway.see_slow(1);
        gateway.see_served();
        gateway.look().await;
        let waits = gateway.waits_for();
        assert!(waits.starts_with(&format!("{off}; answers may differ in up to 0.")), "{waits}");
        gateway.switch(false);
        gateway.look().await;
        let both = format!("its toggle messages.read.serve is off: the new side answers nobody; {off}");
        assert_eq!(gateway.waits_for(), both);
        gateway.switch(true);
        gateway.look().await;
        // What is there is enough: it is time that is missing.
        gateway.see(0);
        gateway.look().await;
        assert_eq!(gateway.waits_for(), "600 s of the step are left");
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
