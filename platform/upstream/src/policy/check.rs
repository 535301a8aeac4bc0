//! Which policies make sense. A number that would stop all traffic is refused by its name.

use super::Policy;
use crate::InvalidPolicy;

/// The longest time that any setting may name: thirty days. Keeps sums of times within their types.
const TIME_MAX_MS: u64 = 30 * 24 * 3_600_000;
/// The highest count that any setting may name.
const COUNT_MAX: u32 = 1_000_000;

impl Policy {
    /// Refuses numbers with which the service could not be asked, by the setting's name.
    ///
    /// # Errors
    /// [`InvalidPolicy`]: the setting and what it must be.
    pub fn check(&self) -> Result<(), InvalidPolicy> {
        self.check_times()?;
        self.check_percents()?;
        self.check_counts()?;
        self.check_health()
    }

    fn check_times(&self) -> Result<(), InvalidPolicy> {
        let from_one = [
            ("timeouts.connect_ms", self.timeouts.connect_ms),
            ("timeouts.first_byte_ms", self.timeouts.first_byte_ms),
            ("timeouts.idle_ms", self.timeouts.idle_ms),
            ("health.interval_ms", self.health.interval_ms),
            ("health.timeout_ms", self.health.timeout_ms),
            ("ejection.base_ms", self.ejection.base_ms),
            ("ejection.max_ms", self.ejection.max_ms),
            ("ejection.interval_ms", self.ejection.interval_ms),
            ("breaker.window_ms", self.breaker.window_ms),
            ("breaker.open_ms", self.breaker.open_ms),
            ("shedding_limit.window_ms", self.shedding_limit.window_ms),
        ];
        let from_zero = [
            ("timeouts.total_ms", self.timeouts.total_ms),
            ("slow_start_ms", self.slow_start_ms),
            ("bulkhead.wait_ms", self.bulkhead.wait_ms),
            ("retry.backoff_base_ms", self.retry.backoff_base_ms),
            ("retry.backoff_max_ms", self.retry.backoff_max_ms),
        ];
        let outside = from_one.iter().find(|(_, ms)| !(1..=TIME_MAX_MS).contains(ms));
        if let Some((setting, _)) = outside.or_else(|| from_zero.iter().find(|(_, ms)| *ms > TIME_MAX_MS)) {
            return Err(InvalidPolicy { setting, must: "be at least 1 and at most thirty days" });
        }
        Ok(())
    }

    fn check_percents(&self) -> Result<(), InvalidPolicy> {
        let percents = [
            ("slow_start_min_percent", self.slow_start_min_percent, 1),
            ("panic_percent", self.panic_percent, 0),
            ("ejection.max_percent", self.ejection.max_percent, 0),
            ("breaker.failure_percent", self.breaker.failure_percent, 1),
        ];
        match percents.into_iter().find(|(_, percent, min)| !(*min..=100).contains(percent)) {
            Some((setting, _, 0)) => Err(InvalidPolicy { setting, must: "be 0 to 100" }),
            Some((setting, ..)) => Err(InvalidPolicy { setting, must: "be 1 to 100" }),
            None => Ok(()),
        }
    }

    fn check_counts(&self) -> Result<(), InvalidPolicy> {
        let from_one = [
            ("breaker.volume_min", self.breaker.volume_min),
            ("bulkhead.connections_max", self.bulkhead.connections_max),
            ("retry.attempts_max", self.retry.attempts_max),
            ("health.unhealthy_after", self.health.unhealthy_after),
            ("health.healthy_after", self.health.healthy_after),
            ("shedding_limit.initial", self.shedding_limit.initial),
            ("shedding_limit.min", self.shedding_limit.min),
            ("shedding_limit.max", self.shedding_limit.max),
        ];
        let from_zero = [
            ("bulkhead.waiting_max", self.bulkhead.waiting_max),
            ("retry.budget_percent", self.retry.budget_percent),
            ("retry.budget_min_per_s", self.retry.budget_min_per_s),
            ("retry.budget_burst", self.retry.budget_burst),
        ];
        let outside = from_one.iter().find(|(_, count)| !(1..=COUNT_MAX).contains(count));
        if let Some((setting, _)) = outside.or_else(|| from_zero.iter().find(|(_, count)| *count > COUNT_MAX))
        {
            return Err(InvalidPolicy { setting, must: "be at least 1 and at most a million" });
        }
        if self.shedding_limit.min > self.shedding_limit.max {
            return Err(InvalidPolicy {
                setting: "shedding_limit.min",
                must: "not be above shedding_limit.max",
            });
        }
        // Probes are counted in ten bits.
        if !(1..=1_000).contains(&self.breaker.probes) {
            return Err(InvalidPolicy { setting: "breaker.probes", must: "be 1 to 1000" });
        }
        Ok(())
    }

    fn check_health(&self) -> Result<(), InvalidPolicy> {
        let health = &self.health;
        if health.status_min > health.status_max {
            return Err(InvalidPolicy {
                setting: "health.status_min",
                must: "not be above health.status_max",
            });
        }
        if health.jitter_percent > 90 {
            return Err(InvalidPolicy { setting: "health.jitter_percent", must: "be 0 to 90" });
        }
        let Some(path) = &health.path else { return Ok(()) };
        // It goes into a request line as it is.
        if !path.starts_with('/') || !path.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidPolicy { setting: "health.path", must: "start with / and hold no space" });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Policy)) -> &'static str {
        let mut policy = Policy::default();
        change(&mut policy);
        policy.check().unwrap_err().setting
    }

    #[test]
    fn the_default_makes_sense() {
        Policy::default().check().unwrap();
    }

    #[test]
    fn a_number_that_stops_all_traffic_is_refused_by_name() {
        assert_eq!(refused(|policy| policy.timeouts.connect_ms = 0), "timeouts.connect_ms");
        assert_eq!(refused(|policy| policy.bulkhead.connections_max = 0), "bulkhead.connections_max");
        assert_eq!(refused(|policy| policy.breaker.probes = 0), "breaker.probes");
        assert_eq!(refused(|policy| policy.shedding_limit.max = 1), "shedding_limit.min");
        assert_eq!(refused(|policy| policy.breaker.failure_percent = 0), "breaker.failure_percent");
        assert_eq!(refused(|policy| policy.breaker.failure_percent = 101), "breaker.failure_percent");
        assert_eq!(refused(|policy| policy.retry.backoff_max_ms = u64::MAX), "retry.backoff_max_ms");
    }

    #[test]
    fn a_health_path_cannot_break_out_of_its_request_line() {
        assert_eq!(
            refused(|policy| policy.health.path = Some("/x HTTP/1.1\r\nhost: y".into())),
            "health.path"
        );
        assert_eq!(refused(|policy| policy.health.path = Some("health".into())), "health.path");
    }
}
