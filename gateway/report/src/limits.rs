//! What decides a verdict: of each route's `comparison`.

use serde::{Deserialize, Serialize};

/// What decides the verdict on a route.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Compared requests without which nothing is said.
    pub enough: u64,
    /// The share of requests that may really differ, 0 to 1.
    pub allowed_difference: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { enough: 1000, allowed_difference: 0.001 }
    }
}
