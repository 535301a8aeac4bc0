//! Who asks: tasks that are kept, so that an exchange makes none of its own. One that has nothing to do waits on its seat.

use crate::http1::Timer;
use crate::parallel::desk::UnderWay;
use crate::parallel::run::Exchange;
use std::cell::Cell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// Where a task takes what it is to do. It does not keep the desk: without exchanges, the worker's end is the desk's.
#[derive(Default)]
pub(crate) struct Seat {
    task: Cell<Option<(UnderWay, Exchange)>>,
    waker: Cell<Option<Waker>>,
}

impl Seat {
    /// Gives who sits here something to do.
    pub(crate) fn give(&self, under_way: UnderWay, exchange: Exchange) {
        self.task.set(Some((under_way, exchange)));
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    async fn next(&self) -> (UnderWay, Exchange) {
        poll_fn(|cx| match self.task.take() {
            Some(task) => Poll::Ready(task),
            None => {
                self.waker.set(Some(cx.waker().clone()));
                Poll::Pending
            }
        })
        .await
    }
}

/// Asks for one exchange after the other, until the worker ends.
pub(crate) async fn sit(seat: Rc<Seat>, mut timer: Timer) {
    loop {
        let (under_way, exchange) = seat.next().await;
        under_way.desk().work(exchange, &mut timer).await;
        under_way.end(seat.clone());
    }
}
