//! How connections learn that the server stops: a flag of the worker, read for nothing, and a list of the tasks to
//! be woken. Nothing of it is shared between workers or touched by a request.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::task::Waker;

/// A worker's open connections and whether they are to end.
#[derive(Default)]
pub(crate) struct StopSwitch {
    stopping: Cell<bool>,
    next_key: Cell<u64>,
    waiting: RefCell<HashMap<u64, Waker>>,
}

impl StopSwitch {
    /// Whether the server stops.
    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.get()
    }

    /// Stops: every connection is woken; idle ones close after their grace, the others after their request.
    pub(crate) fn stop(&self) {
        self.stopping.set(true);
        let waiting = std::mem::take(&mut *self.waiting.borrow_mut());
        waiting.into_values().for_each(Waker::wake);
    }

    /// Enters a connection by the waker of its task, which stays the same for its whole life.
    pub(crate) fn enter(&self, waker: &Waker) -> u64 {
        let key = self.next_key.get();
        self.next_key.set(key.wrapping_add(1));
        self.waiting.borrow_mut().insert(key, waker.clone());
        key
    }

    /// Forgets a connection.
    pub(crate) fn leave(&self, key: u64) {
        self.waiting.borrow_mut().remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use std::task::Wake;

    #[derive(Default)]
    struct Counted(AtomicUsize);

    impl Wake for Counted {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    #[test]
    fn who_is_still_there_is_woken_once() {
        let (switch, counted) = (StopSwitch::default(), Arc::new(Counted::default()));
        let waker = Waker::from(counted.clone());
        let (first, _second) = (switch.enter(&waker), switch.enter(&waker));
        switch.leave(first);
        assert!(!switch.is_stopping());
        switch.stop();
        switch.stop();
        assert!(switch.is_stopping());
        assert_eq!(counted.0.load(Relaxed), 1);
    }
}
