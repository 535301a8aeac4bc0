//! Who is ejected, for how long, and that somebody is always left.

use super::*;
use crate::{InstanceSpec, Policy};
use proptest::prelude::*;
use std::sync::Arc;

fn table(count: usize, policy: EjectionPolicy) -> Table {
    let spec = |index| InstanceSpec::parse(&format!("i{index}"), "http://127.0.0.1:1", 1).unwrap();
    let instances =
        (0..count).map(|index| Arc::new(Instance::new(spec(index), index as u64, Moment(0)))).collect();
    Table { policy: Arc::new(Policy { ejection: policy, ..Policy::default() }), instances, version: 1 }
}

fn policy() -> EjectionPolicy {
    EjectionPolicy { consecutive_failures: 3, base_ms: 1_000, max_ms: 2_500, ..EjectionPolicy::default() }
}

fn at(ms: u64) -> Moment {
    Moment(0).plus_ms(ms)
}

struct Bed {
    table: ArcSwap<Table>,
    ejection: Ejection,
}

impl Bed {
    fn new(count: usize, policy: EjectionPolicy) -> Self {
        let table = table(count, policy);
        let ejection = Ejection::new(at(0), &table.policy.ejection);
        Self { ejection, table: ArcSwap::from_pointee(table) }
    }

    fn table(&self) -> Arc<Table> {
        self.table.load_full()
    }

    fn observe(&self, index: usize, verdict: Verdict, ms: u64) -> u64 {
        let table = self.table();
        self.ejection.observe(&self.table, &table, &table.instances[index], verdict, at(ms))
    }

    fn fail(&self, index: usize, times: u32, ms: u64) -> u64 {
        (0..times).map(|_| self.observe(index, Verdict::Failure, ms)).sum()
    }

    fn ejected(&self, ms: u64) -> Vec<usize> {
        let is_ejected = |index: &usize| self.table().instances[*index].is_ejected(at(ms));
        (0..self.table().instances.len()).filter(is_ejected).collect()
    }
}

#[test]
fn failures_in_a_row_eject_for_a_time_that_grows() {
    let bed = Bed::new(2, policy());
    assert_eq!(bed.fail(0, 2, 0), 0);
    bed.observe(0, Verdict::Success, 0);
    assert_eq!(bed.fail(0, 2, 0), 0);
    assert_eq!(bed.fail(0, 1, 0), 1);
    assert_eq!((bed.ejected(999), bed.ejected(1_000)), (vec![0], vec![]));
    bed.fail(0, 3, 1_000);
    assert_eq!((bed.ejected(2_999), bed.ejected(3_000)), (vec![0], vec![]));
    bed.fail(0, 3, 3_000);
    // Not 3,000: the most is 2,500.
    assert_eq!((bed.ejected(5_499), bed.ejected(5_500)), (vec![0], vec![]));
}

#[test]
fn what_says_nothing_neither_ejects_nor_saves() {
    let bed = Bed::new(2, policy());
    bed.fail(0, 2, 0);
    bed.observe(0, Verdict::Neither, 0);
    assert_eq!(bed.fail(0, 1, 0), 1);
}

#[test]
fn one_who_comes_back_starts_slowly() {
    let bed = Bed::new(2, policy());
    bed.fail(0, 3, 20_000);
    let weight = |ms| bed.table().instances[0].effective_weight(&bed.table().policy, at(ms));
    assert_eq!((weight(21_000), weight(26_000), weight(31_000)), (100, 500, 1_000));
}

#[test]
fn the_last_available_is_never_ejected() {
    let bed = Bed::new(1, policy());
    assert_eq!(bed.fail(0, 100, 0), 0);
    let bed = Bed::new(2, EjectionPolicy { max_percent: 100, ..policy() });
    assert_eq!((bed.fail(0, 3, 0), bed.fail(1, 100, 0)), (1, 0));
    // An unhealthy one does not count as left.
    let bed = Bed::new(3, EjectionPolicy { max_percent: 100, ..policy() });
    bed.table().instances[2].checks.healthy.store(false, Relaxed);
    assert_eq!((bed.fail(0, 3, 0), bed.fail(1, 100, 0)), (1, 0));
}

#[test]
fn an_interval_without_ejection_is_forgiven() {
    let bed = Bed::new(2, policy());
    bed.fail(0, 3, 0);
    bed.observe(1, Verdict::Success, 10_000);
    bed.fail(0, 3, 10_001);
    assert_eq!((bed.ejected(11_000), bed.ejected(11_001)), (vec![0], vec![]));
}

#[test]
fn who_fails_clearly_more_often_than_the_others_is_ejected_at_the_end_of_the_interval() {
    let bed = Bed::new(5, EjectionPolicy { consecutive_failures: 0, ..policy() });
    for round in 0..200 {
        for index in 0..5 {
            let fails = index == 3 && round % 2 == 0;
            bed.observe(index, if fails { Verdict::Failure } else { Verdict::Success }, 9_999);
        }
    }
    assert_eq!(bed.ejected(9_999), Vec::<usize>::new());
    assert_eq!(bed.observe(0, Verdict::Success, 10_000), 1);
    assert_eq!(bed.ejected(10_000), [3]);
}

#[test]
fn what_happened_in_one_interval_does_not_count_in_the_next() {
    let bed = Bed::new(5, EjectionPolicy { consecutive_failures: 0, ..policy() });
    for verdict in [Verdict::Failure, Verdict::Success] {
        for index in 0..5 {
            let verdict = if index == 3 { verdict } else { Verdict::Success };
            (0..100).for_each(|_| {
                bed.observe(index, verdict, 0);
            });
        }
        let found = outliers::find(&bed.table()).len();
        assert_eq!(found, usize::from(verdict == Verdict::Failure));
    }
}

#[test]
fn without_enough_requests_nobody_is_compared() {
    let bed = Bed::new(5, EjectionPolicy { consecutive_failures: 0, ..policy() });
    for index in 0..5 {
        (0..99).for_each(|_| {
            bed.observe(index, if index == 3 { Verdict::Failure } else { Verdict::Success }, 0);
        });
    }
    assert_eq!(bed.observe(3, Verdict::Neither, 10_000), 0);
}

#[test]
fn switched_off_it_ejects_nobody() {
    let bed = Bed::new(3, EjectionPolicy { enabled: false, ..policy() });
    assert_eq!(bed.fail(0, 100, 0), 0);
}

#[test]
fn threads_at_once_keep_the_bound() {
    for _ in 0..100 {
        let bed = Bed::new(4, policy());
        std::thread::scope(|scope| {
            (0..4).for_each(|index| {
                let bed = &bed;
                scope.spawn(move || bed.fail(index, 3, 0));
            });
        });
        assert_eq!(bed.ejected(0).len(), 2);
    }
}

proptest! {
    #[test]
    fn somebody_is_always_left_and_the_share_is_kept(
        count in 1_usize..10,
        max_percent in 0_u32..=100,
        events in proptest::collection::vec((0_usize..10, 0_u8..3, 0_u64..800), 1..300),
    ) {
        let bed = Bed::new(count, EjectionPolicy { max_percent, consecutive_failures: 2, ..policy() });
        let mut ms = 0;
        for (index, verdict, passed_ms) in events {
            ms += passed_ms;
            let verdict = match verdict { 0 => Verdict::Success, 1 => Verdict::Neither, _ => Verdict::Failure };
            bed.observe(index % count, verdict, ms);
            let ejected = bed.ejected(ms).len();
            prop_assert!(ejected < count);
            prop_assert!(ejected <= (count * max_percent as usize / 100).max(1));
            prop_assert!(max_percent > 0 || ejected == 0);
        }
    }
}
