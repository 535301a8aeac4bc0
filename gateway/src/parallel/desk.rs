//! A worker's part of the parallel run: what it takes in, what waits, and what it asks with. It never leaves its thread.

use crate::http1::Timer;
use crate::http1::forward::buffers::Buffers;
use crate::http1::forward::trusted::TrustedPeers;
use crate::http1::names::is_dry_run_mark;
use crate::http1::record::Record;
use crate::http1::{BlockRandom, ForwardSettings, Http1Settings, RequestHead};
use crate::parallel::judge::Case;
use crate::parallel::question::{Question, is_safe};
use crate::parallel::run::Exchange;
use crate::parallel::seat::{Seat, sit};
use crate::parallel::tap::Passed;
use crate::parallel::{InProcess, Parallel, ParallelSettings, Tap, ToCompare, Writes, recheck};
use bytes::Bytes;
use identity::DryRunKey;
use kernel::{Clock, RequestId};
use report::{DropCause, WorkerTally};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use tokio::sync::mpsc;
use upstream::Pool;

/// What one worker compares with.
pub(crate) struct ParallelDesk {
    pub(crate) parallel: Parallel,
    pub(crate) pool: Pool,
    pub(crate) buffers: Buffers,
    pub(crate) trusted: TrustedPeers,
    pub(crate) forward: ForwardSettings,
    pub(crate) tally: WorkerTally,
    /// By which the judge has differences asked again.
    pub(crate) rechecks: mpsc::Sender<Case>,
    /// Differences that wait to be asked again.
    pub(crate) rechecking: Cell<usize>,
    application: Rc<dyn InProcess>,
    clock: Arc<dyn Clock>,
    random: BlockRandom,
    target_max_bytes: usize,
    waiting: RefCell<VecDeque<Exchange>>,
    under_way: Cell<usize>,
    /// Of tasks that have nothing to do. With those under way they are no more than may be under way.
    idle: RefCell<Vec<Rc<Seat>>>,
    held_bytes: Cell<usize>,
}

impl ParallelDesk {
    /// A worker's desk; what it does in the background runs on this thread and ends with it.
    pub(crate) fn start(
        parallel: &Parallel,
        application: Rc<dyn InProcess>,
        settings: &Http1Settings,
    ) -> Rc<Self> {
        let (rechecks, incoming) = mpsc::channel(parallel.settings().recheck_max);
        let sources = parallel.sources();
        let desk = Rc::new(Self {
            pool: Pool::new(parallel.upstreams()),
            buffers: Buffers::default(),
            trusted: TrustedPeers::new(settings.forward.trusted_peers.clone()),
            forward: settings.forward.clone(),
            tally: parallel.recorder().worker(),
            rechecks,
            rechecking: Cell::default(),
            application,
            clock: sources.clock.clone(),
            random: BlockRandom::new(sources.random.clone()),
            target_max_bytes: settings.target_max_bytes,
            waiting: RefCell::default(),
            under_way: Cell::default(),
            idle: RefCell::default(),
            held_bytes: Cell::default(),
            parallel: parallel.clone(),
        });
        tokio::task::spawn_local(desk.pool.maintain());
        tokio::task::spawn_local(recheck::follow(Rc::downgrade(&desk), incoming));
        desk
    }

    /// Begins to keep an exchange, unless it is clear already that it cannot be compared.
    pub(crate) fn begin(&self, to_compare: ToCompare, head: &RequestHead<'_>) -> Option<Box<Tap>> {
        match self.objection(&to_compare, head) {
            Some(cause) => {
                self.dropped(&to_compare, cause);
                None
            }
            None => Some(Box::new(Tap::new(to_compare, self.settings().body_max_bytes))),
        }
    }

    fn objection(&self, to_compare: &ToCompare, head: &RequestHead<'_>) -> Option<DropCause> {
        // What the client asks as if, the other side must not do for real.
        let is_dry_run = head.fields.iter().any(|field| is_dry_run_mark(field.name));
        if is_dry_run || head.method == "CONNECT" || head.header("upgrade").is_some() {
            return Some(DropCause::NotComparable);
        }
        if is_safe(head.method) {
            return None;
        }
        let compared = &to_compare.compared;
        match compared.writes {
            Writes::Send => None,
            Writes::DryRun
                if self.dry_run_key().is_some() && compared.target(to_compare.other()).knows_dry_run() =>
            {
                None
            }
            Writes::Skip | Writes::DryRun => Some(DropCause::WriteSkipped),
        }
    }

    /// Takes in an exchange whose client has been served.
    pub(crate) fn offer(self: &Rc<Self>, tap: Tap, raw: Bytes, record: &Record, remote: Option<SocketAddr>) {
        let (to_compare, kept) = tap.finish();
        let Passed { sent, request_body: body, answer } = match kept {
            Ok(passed) => passed,
            Err(cause) => return self.dropped(&to_compare, cause),
        };
        let question = Question {
            is_safe: is_safe(record.method()),
            raw,
            sent,
            body,
            remote,
            request_id: record.request_id,
            trace: record.trace,
            trace_is_theirs: record.trace_is_theirs,
            to_compare,
        };
        self.enqueue(Exchange::new(question, answer));
    }

    fn enqueue(self: &Rc<Self>, exchange: Exchange) {
        let (settings, held) = (self.settings(), self.held_bytes.get() + exchange.bytes);
        let mut waiting = self.waiting.borrow_mut();
        if held > settings.memory_max_bytes || waiting.len() >= settings.queue_max {
            return self.dropped(&exchange.question.to_compare, DropCause::QueueFull);
        }
        self.held_bytes.set(held);
        if self.under_way.get() < settings.concurrent_max {
            let under_way = UnderWay::begin(self);
            let seat = self.idle.borrow_mut().pop().unwrap_or_else(|| {
                let seat = Rc::<Seat>::default();
                tokio::task::spawn_local(sit(seat.clone(), self.timer()));
                seat
            });
            seat.give(under_way, exchange);
        } else {
            self.parallel.figures().waiting.inc();
            waiting.push_back(exchange);
        }
    }

    /// Asks for one exchange, and then for those that wait.
    pub(crate) async fn work(&self, first: Exchange, timer: &mut Timer) {
        let mut next = Some(first);
        while let Some(exchange) = next {
            let bytes = exchange.bytes;
            self.run(exchange, timer).await;
            self.held_bytes.set(self.held_bytes.get() - bytes);
            next = self.waiting.borrow_mut().pop_front();
            if next.is_some() {
                self.parallel.figures().waiting.dec();
            }
        }
    }

    /// Counts an exchange that is not compared.
    pub(crate) fn dropped(&self, to_compare: &ToCompare, cause: DropCause) {
        self.tally.dropped(&to_compare.compared.route, cause);
        to_compare.compared.figures.dropped(cause);
    }

    /// A timer for questions, one at a time.
    pub(crate) fn timer(&self) -> Timer {
        Timer::new(self.clock.clone(), self.settings().deadline())
    }

    pub(crate) fn settings(&self) -> &ParallelSettings {
        self.parallel.settings()
    }

    pub(crate) fn application(&self) -> &dyn InProcess {
        &*self.application
    }

    pub(crate) fn dry_run_key(&self) -> Option<&DryRunKey> {
        self.parallel.dry_run()
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn random(&self) -> &BlockRandom {
        &self.random
    }

    pub(crate) fn fresh_id(&self) -> RequestId {
        RequestId::new(&self.random, self.clock.now())
    }

    pub(crate) fn target_max_bytes(&self) -> usize {
        self.target_max_bytes
    }
}

/// A task that asks; counted until it has nothing more to do, however it ends.
pub(crate) struct UnderWay(Rc<ParallelDesk>);

impl UnderWay {
    fn begin(desk: &Rc<ParallelDesk>) -> Self {
        desk.under_way.set(desk.under_way.get() + 1);
        desk.parallel.figures().under_way.inc();
        Self(desk.clone())
    }

    pub(crate) fn desk(&self) -> &ParallelDesk {
        &self.0
    }

    /// The task has nothing to do, and waits on its seat.
    pub(crate) fn end(self, seat: Rc<Seat>) {
        self.0.idle.borrow_mut().push(seat);
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.set(self.0.under_way.get() - 1);
        self.0.parallel.figures().under_way.dec();
    }
}
