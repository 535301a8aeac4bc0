//! The machine's clock, as the product sees it.

use crate::SOON;
use kernel::Sources;
use testkit::eventually;

/// Epoch seconds.
#[must_use]
pub fn now_s() -> i64 {
    Sources::system().clock.now().seconds()
}

/// Waits until the clock shows a later second than now, so that a time stamp that moves is seen to move.
pub async fn next_second() {
    let before = now_s();
    eventually("the next second", SOON, async || (now_s() > before).then_some(())).await;
}
