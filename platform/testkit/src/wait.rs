//! Waiting for what comes by itself: asked again and again until a deadline, never slept for.

use std::time::Duration;

/// Time between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Asks `look` until it gives something.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let mut asked = 0;
/// let third = testkit::eventually("the third look", std::time::Duration::from_secs(5), async || {
///     asked += 1;
///     (asked == 3).then_some(asked)
/// });
/// assert_eq!(third.await, 3);
/// # });
/// ```
///
/// # Panics
/// With `awaited`, when nothing came within `deadline`.
pub async fn eventually<T>(awaited: &str, deadline: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let found = tokio::time::timeout(deadline, looking).await;
    found.unwrap_or_else(|_| panic!("{awaited} did not come within {deadline:?}"))
}
