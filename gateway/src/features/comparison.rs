//! How the answers of a route's two sides are compared, as the file says.

use crate::features::model::UpstreamId;
use crate::parallel::Writes;
use compare::Rules;
use report::Limits;
use std::sync::Arc;
use std::time::Duration;

/// After how long a difference is asked again, where the file says nothing.
pub(super) const RECHECK: Duration = Duration::from_millis(250);
/// The longest time after which a difference may be asked again.
pub(super) const RECHECK_MAX: Duration = Duration::from_secs(60);
/// Share of exchanges that are asked for noise, where the file says nothing.
pub(super) const NOISE_SAMPLE: f64 = 0.05;

/// How the answers of a route are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What counts as a difference: the rules of the route, and those for all routes.
    pub rules: Arc<Rules>,
    /// How many rules of its own the route has; for people.
    pub rule_count: usize,
    /// What is done with requests that change something.
    pub writes: Writes,
    /// After how long a difference is asked again; zero: it counts at once.
    pub recheck: Duration,
    /// A second instance of the old side, to find out how it differs from itself. `None`: the serving side is asked
    /// again.
    pub noise: Option<UpstreamId>,
    /// Share of compared exchanges, 0 to 1, of which one side is asked again.
    pub noise_sample: f64,
    /// What decides the verdict.
    pub limits: Limits,
}

impl Default for Comparison {
    fn default() -> Self {
        Self {
            rules: Arc::default(),
            rule_count: 0,
            writes: Writes::default(),
            recheck: RECHECK,
            noise: None,
            noise_sample: NOISE_SAMPLE,
            limits: Limits::default(),
        }
    }
}
