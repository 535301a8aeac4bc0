//! The bulkhead never holds more than its bounds, and nobody sleeps beside a free slot.

use super::*;
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::task::{Context, Poll, Waker};

const LONG: Duration = Duration::from_secs(60);

#[tokio::test(start_paused = true)]
async fn one_who_waits_gets_the_slot_that_comes_free() {
    let bulkhead = Bulkhead::default();
    assert!(bulkhead.try_enter(1));
    assert!(!bulkhead.try_enter(1));
    let mut waiter = pin!(bulkhead.enter(|| 1, 1, LONG));
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(waiter.as_mut().poll(&mut cx), Poll::Pending);
    assert_eq!(bulkhead.waiting(), 1);
    assert_eq!(bulkhead.enter(|| 1, 1, LONG).await, Err(NoSlot::Full));
    bulkhead.leave();
    assert_eq!(waiter.await, Ok(()));
    assert_eq!((bulkhead.in_use(), bulkhead.waiting()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn waiting_ends_at_the_deadline_and_leaves_nothing_behind() {
    let bulkhead = Bulkhead::default();
    assert!(bulkhead.try_enter(1));
    assert_eq!(bulkhead.enter(|| 1, 1, Duration::from_millis(50)).await, Err(NoSlot::TimedOut));
    assert_eq!((bulkhead.in_use(), bulkhead.waiting()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn one_who_gives_up_passes_its_turn_on() {
    let bulkhead = Bulkhead::default();
    assert!(bulkhead.try_enter(1));
    let mut cx = Context::from_waker(Waker::noop());
    let mut first = Box::pin(bulkhead.enter(|| 1, 2, LONG));
    let mut second = Box::pin(bulkhead.enter(|| 1, 2, LONG));
    assert!(first.as_mut().poll(&mut cx).is_pending());
    assert!(second.as_mut().poll(&mut cx).is_pending());
    // The slot is promised to the first, who goes without taking it.
    bulkhead.leave();
    drop(first);
    assert_eq!(second.as_mut().poll(&mut cx), Poll::Ready(Ok(())));
    assert_eq!(bulkhead.waiting(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_higher_bound_lets_waiters_in() {
    let bulkhead = Bulkhead::default();
    let bound = AtomicU32::new(1);
    assert!(bulkhead.try_enter(1));
    let mut waiter = pin!(bulkhead.enter(|| bound.load(Relaxed), 1, LONG));
    assert!(waiter.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    bound.store(2, Relaxed);
    bulkhead.look_again();
    assert_eq!(waiter.await, Ok(()));
}

#[test]
fn threads_at_once_never_pass_the_bound_and_nobody_is_forgotten() {
    let bulkhead = Arc::new(Bulkhead::default());
    let exceeded = Arc::new(AtomicBool::new(false));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (bulkhead, exceeded) = (bulkhead.clone(), exceeded.clone());
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
                runtime.block_on(async {
                    for _ in 0..2_000 {
                        // Forgetting a waiter would end in a timeout.
                        bulkhead.enter(|| 2, 4, LONG).await.unwrap();
                        if bulkhead.in_use() > 2 {
                            exceeded.store(true, SeqCst);
                        }
                        tokio::task::yield_now().await;
                        bulkhead.leave();
                    }
                });
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert!(!exceeded.load(SeqCst));
    assert_eq!((bulkhead.in_use(), bulkhead.waiting()), (0, 0));
}

proptest! {
    #[test]
    fn any_order_of_coming_and_going_keeps_the_bound(max in 1_u32..8, steps in proptest::collection::vec(any::<bool>(), 1..200)) {
        let bulkhead = Bulkhead::default();
        let mut inside = 0;
        for comes in steps {
            if comes {
                let entered = bulkhead.try_enter(max);
                prop_assert_eq!(entered, inside < max);
                inside += u32::from(entered);
            } else if inside > 0 {
                bulkhead.leave();
                inside -= 1;
            }
            prop_assert_eq!(bulkhead.in_use(), inside);
        }
    }
}
