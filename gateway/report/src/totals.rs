//! What one process counted of a route since it began, for whoever watches all the time: promotion.

use crate::Recorder;
use crate::class::{Class, believe};
use crate::dropped::unjudged;
use statistics::Histogram;

/// What one process counted of a route since it began. Only grows, but for `different` and `unsure`: what may be real is
/// noise once that is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Totals {
    /// Requests of which the answers of both sides were compared.
    pub compared: u64,
    /// Those of them that really differ, or may do so.
    pub different: u64,
    /// Those of these that may be noise.
    pub unsure: u64,
    /// Requests that were not compared and may differ.
    pub unjudged: u64,
    /// Compared requests that the old side answered with a 5xx, where the answers differ.
    pub old_errors: u64,
    /// Compared requests that the new side answered with a 5xx, where the answers differ.
    pub new_errors: u64,
    /// What the old side took.
    pub old: Histogram,
    /// What the new side took.
    pub new: Histogram,
}

impl Recorder {
    /// What this process counted of a route since it began; `None` where it counted nothing.
    #[must_use]
    pub fn totals(&self, route: &str) -> Option<Totals> {
        self.collect();
        let counts = self.0.book().routes.get(route)?.total.clone();
        let believed = believe(&counts);
        let real = |cause: &_| believed.get(cause).is_none_or(|one| one.class == Class::Real);
        let sure = |cause: &_| believed.get(cause).is_none_or(|one| one.class == Class::Real && one.sure);
        let different = counts.requests_with(real);
        Some(Totals {
            compared: counts.compared,
            different,
            unsure: different.saturating_sub(counts.requests_with(sure)),
            unjudged: unjudged(&counts.dropped),
            old_errors: counts.old_errors,
            new_errors: counts.new_errors,
            old: counts.old,
            new: counts.new,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::harness::{NOON, observed};
    use crate::{Asked, Observed, ReportSettings, Serving, Taken};
    use kernel::Sources;
    use std::time::Duration;

    #[test]
    fn totals_grow_since_the_process_began() {
        let (sources, clock) = Sources::fixed(NOON, 1);
        let recorder = Recorder::new(ReportSettings::default(), &sources).unwrap();
        assert_eq!(recorder.totals("r"), None);
        let tally = recorder.worker();
        for _ in 0..60 {
            tally.equal(&"r".into(), Serving::Old, Duration::ZERO, Duration::ZERO, Asked::Other);
            let broken = Taken { duration: Duration::ZERO, status: 500 };
            recorder.differed(&Observed { new: broken, ..observed("$.a") });
            tally.dropped(&"r".into(), crate::DropCause::Closed);
            tally.dropped(&"r".into(), crate::DropCause::QueueFull);
            clock.advance(Duration::from_secs(3_600));
        }
        let totals = recorder.totals("r").unwrap();
        assert_eq!((totals.compared, totals.different, totals.unsure), (120, 60, 0));
        assert_eq!(totals.unjudged, 60);
        assert_eq!((totals.old_errors, totals.new_errors, totals.new.count()), (0, 60, 120));
    }

    #[test]
    fn what_was_asked_and_answered_is_put_together_for_a_sample_only() {
        let (sources, _) = Sources::fixed(NOON, 1);
        let recorder = Recorder::new(ReportSettings::default(), &sources).unwrap();
        let mut made = 0;
        for asked in [Asked::Same, Asked::Other] {
            recorder.differed_in(Observed { asked, ..observed("$.a") }, || {
                made += 1;
                crate::Exchange::default()
            });
        }
        assert_eq!(made, 1, "of one side asked twice no sample is kept");
    }
}
