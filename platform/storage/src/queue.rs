//! The bounded queue between those who ask and the threads that work: one lock, held for a few instructions, and a
//! wake-up only when a thread sleeps.

use crate::job::Task;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A bounded queue of units of work, first in, first out.
pub(crate) struct Queue {
    state: Mutex<State>,
    filled: Condvar,
    max: usize,
}

struct State {
    waiting: VecDeque<Task>,
    /// Threads asleep, or more: a spurious wake-up counts twice, which costs one needless wake-up later.
    asleep: usize,
    closed: bool,
}

/// Why a unit of work was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// As many as may wait are waiting.
    Full,
    /// The store is closed.
    Closed,
}

impl Queue {
    /// A queue in which at most `max` may wait. Its space is taken now, not on the way of a request.
    pub(crate) fn new(max: usize) -> Self {
        let state = State { waiting: VecDeque::with_capacity(max), asleep: 0, closed: false };
        Self { state: Mutex::new(state), filled: Condvar::new(), max }
    }

    /// Adds a unit of work.
    pub(crate) fn push(&self, task: Task) -> Result<(), Refusal> {
        let mut state = self.lock();
        if state.closed {
            return Err(Refusal::Closed);
        }
        if state.waiting.len() >= self.max {
            return Err(Refusal::Full);
        }
        state.waiting.push_back(task);
        // Waking costs a system call: not when the threads are busy and will look anyway.
        let wake = state.asleep > 0;
        state.asleep = state.asleep.saturating_sub(1);
        drop(state);
        if wake {
            self.filled.notify_one();
        }
        Ok(())
    }

    /// The next unit of work; sleeps while there is none. `None` once the queue is closed and empty.
    pub(crate) fn pop(&self) -> Option<Task> {
        let mut state = self.lock();
        loop {
            if let Some(task) = state.waiting.pop_front() {
                return Some(task);
            }
            if state.closed {
                return None;
            }
            state.asleep += 1;
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next unit of work, if there is one.
    pub(crate) fn try_pop(&self) -> Option<Task> {
        self.lock().waiting.pop_front()
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Takes nothing more; what waits is still handed out.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    /// No code that may panic runs under the lock, so a poisoned one is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AnyConnection;
    use crate::StorageError;
    use crate::job::{Job, Kind, Outcome};
    use std::sync::Arc;

    struct Nothing;

    impl Job for Nothing {
        fn is_abandoned(&self) -> bool {
            false
        }
        fn run(&mut self, _: &mut AnyConnection) -> Outcome {
            Outcome::Done
        }
        fn answer(self: Box<Self>) {}
        fn refuse(self: Box<Self>, _: StorageError) {}
    }

    fn task() -> Task {
        Task { job: Box::new(Nothing), kind: Kind::Read }
    }

    #[test]
    fn a_full_queue_refuses_and_a_closed_one_is_still_emptied() {
        let queue = Queue::new(2);
        queue.push(task()).unwrap();
        queue.push(task()).unwrap();
        assert_eq!(queue.push(task()), Err(Refusal::Full));
        queue.close();
        assert_eq!(queue.push(task()), Err(Refusal::Closed));
        assert_eq!(queue.len(), 2);
        assert!(queue.pop().is_some() && queue.pop().is_some());
        assert!(queue.pop().is_none() && queue.try_pop().is_none());
    }

    #[test]
    fn nothing_is_lost_between_many_who_push_and_many_who_pop() {
        const EACH: usize = 2_000;
        let queue = Arc::new(Queue::new(3 * EACH));
        let takers: Vec<_> = (0..3)
            .map(|_| {
                let queue = queue.clone();
                std::thread::spawn(move || std::iter::from_fn(|| queue.pop()).count())
            })
            .collect();
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| (0..EACH).for_each(|_| queue.push(task()).unwrap()));
            }
        });
        queue.close();
        assert_eq!(takers.into_iter().map(|taker| taker.join().unwrap()).sum::<usize>(), 3 * EACH);
    }
}
