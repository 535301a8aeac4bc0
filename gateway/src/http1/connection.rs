//! The loop of one connection: read a head, decide, read the body, answer, again. Nothing here runs in a task of its
//! own, so a request costs one read, one write and no hop.

mod receive;

use self::receive::Stuck;
use crate::http1::answer;
use crate::http1::exchange::{CLIENT_LEFT, Observer};
use crate::http1::forward::{Arrival, End, Job, Kept, Session, Tools};
use crate::http1::plan::{Plan, Work};
use crate::http1::record::{Outcome, Record};
use crate::http1::request::attach_body;
use crate::http1::response::{self, Connection as Keeping, Envelope, delivery};
use crate::http1::route::Router;
use crate::http1::stop::StopSwitch;
use crate::http1::timer::Timer;
use crate::http1::wire::{SocketOf, Wire};
use crate::http1::worker::{Application, Worker};
use crate::http1::{Framing, Refusal, ServedBy, Verdict, field_slots, head};
use actix_http::body::{BoxBody, MessageBody};
use actix_http::{HttpMessage, Request, Response};
use bytes::{Buf, Bytes};
use futures_util::FutureExt;
use kernel::Problem;
use report::DropCause;
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use tokio::io::{AsyncRead, AsyncWrite};
use upstream::Admitted;

/// Memory for answers that a connection keeps between requests.
const OUT_KEEP_BYTES: usize = 32 * 1024;

/// What becomes of the connection after an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// The next request.
    Keep,
    /// Close: nothing is owed to the client.
    Close,
    /// Close, but let the client read its answer first.
    Linger,
}

/// Serves one connection until it ends. `socket` finds what is below it, if bytes may pass by the process.
pub(crate) async fn serve<IO, A, R, O>(
    io: IO,
    socket: SocketOf<IO>,
    remote: Option<SocketAddr>,
    worker: Rc<Worker<A, R, O>>,
) where
    IO: AsyncRead + AsyncWrite + Unpin,
    A: Application,
    R: Router,
    O: Observer,
{
    let mut timer = Timer::new(worker.clock.clone(), worker.waits.shortest());
    timer.set_after(worker.waits.head);
    let _listed = Listed::enter(worker.stop.clone()).await;
    let remote_text = remote.map(|remote| remote.to_string().into());
    let wire = Wire::new(io, socket, timer, worker.waits);
    let mut connection =
        Connection { wire, remote, remote_text, worker, out: Vec::new(), vouched: Kept::default() };
    loop {
        match connection.exchange().await {
            Next::Keep => {}
            Next::Close => return connection.wire.finish().await,
            Next::Linger => {
                let max_bytes = connection.worker.settings.linger_max_bytes;
                return connection.wire.linger(max_bytes).await;
            }
        }
    }
}

/// A connection's entry in the list of those to be woken at the stop.
struct Listed {
    stop: Rc<StopSwitch>,
    key: u64,
}

impl Listed {
    async fn enter(stop: Rc<StopSwitch>) -> Self {
        let key = poll_fn(|cx| Poll::Ready(stop.enter(cx.waker()))).await;
        Self { stop, key }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.stop.leave(self.key);
    }
}

struct Connection<IO, A, R, O> {
    wire: Wire<IO>,
    remote: Option<SocketAddr>,
    /// The same as text.
    remote_text: Option<Box<str>>,
    worker: Rc<Worker<A, R, O>>,
    /// The answer being written; its memory serves every request of the connection.
    out: Vec<u8>,
    /// What upstreams were told last of the client.
    vouched: Kept,
}

impl<IO, A, R, O> Connection<IO, A, R, O>
where
    IO: AsyncRead + AsyncWrite + Unpin,
    A: Application,
    R: Router,
    O: Observer,
{
    /// One request and its answer; and then, out of the client's way, the same question to the other side.
    async fn exchange(&mut self) -> Next {
        if self.await_request().await.is_err() {
            return Next::Close;
        }
        let mut record = Record::start(&self.worker);
        let mut plan = match self.plan_at_once(&mut record) {
            Some(plan) => plan,
            None => match self.read_head().await {
                Ok(end) => {
                    record = Record::start(&self.worker);
                    self.plan(end, &mut record)
                }
                Err(Stuck::Gone) => return Next::Close,
                Err(Stuck::Refused(refusal)) => Err(refusal),
            },
        };
        let next = match self.pass_on(&mut plan, &mut record).await {
            Some(next) => next,
            None => self.answer(plan, &mut record).await,
        };
        if let (Some(tap), Some(parallel)) = (record.tap.take(), &self.worker.parallel) {
            parallel.offer(*tap, Bytes::copy_from_slice(&record.head), &record, self.remote);
        }
        self.worker.desk.buffers.give_output(record.head);
        next
    }

    /// The plan for a request whose head has come whole with the first bytes, as nearly all do.
    fn plan_at_once(&mut self, record: &mut Record) -> Option<Result<Plan, Refusal>> {
        let (input, settings) = (&self.wire.input, &self.worker.settings);
        let mut slots = field_slots();
        let head = head::parse_front(input, &mut slots, settings.target_max_bytes)?;
        let end = head.raw.len();
        if end > settings.head_max_bytes {
            return None;
        }
        let plan = Plan::make(&head, self.arrival(input.len() > end), record, &self.worker);
        record.head = self.worker.desk.buffers.output();
        record.head.extend_from_slice(head.raw);
        drop(slots);
        self.wire.input.advance(end);
        Some(plan)
    }

    /// The plan for a request whose head, so long, came in parts, or is not as it should be.
    fn plan(&mut self, end: usize, record: &mut Record) -> Result<Plan, Refusal> {
        let input = self.wire.input.split_to(end);
        record.head.extend_from_slice(&input);
        let mut slots = field_slots();
        let head = head::parse(&input, &mut slots, self.worker.settings.target_max_bytes)?;
        Plan::make(&head, self.arrival(!self.wire.input.is_empty()), record, &self.worker)
    }

    fn arrival(&self, body_begun: bool) -> Arrival<'_> {
        Arrival { remote: self.remote, body_begun, kept: Some(&self.vouched) }
    }

    /// Passes the request on, if that is the plan; `None` when somebody here is to answer. What is known of a request that
    /// is passed on is large: it stays where it is.
    async fn pass_on(&mut self, plan: &mut Result<Plan, Refusal>, record: &mut Record) -> Option<Next> {
        while let Ok(Plan { work: Work::Forward(job), keep, .. }) = plan {
            match self.forward(record, job, *keep).await {
                Ok(next) => return Some(next),
                Err(verdict) => {
                    let arrival = self.arrival(!self.wire.input.is_empty());
                    *plan = Plan::again(verdict, arrival, record, &self.worker);
                }
            }
        }
        None
    }

    /// The answer of the application, or of the loop itself.
    async fn answer(&mut self, plan: Result<Plan, Refusal>, record: &mut Record) -> Next {
        match plan {
            Err(refusal) => self.refuse(record, refusal).await,
            Ok(Plan { work: Work::Application(request), framing, keep, expects_continue }) => {
                let asked = self.read_body(framing, expects_continue).await;
                self.apply_with(record, request, framing, asked, keep).await
            }
            Ok(Plan { work: Work::Problem(problem), framing, keep, expects_continue }) => {
                let skipped = !expects_continue && self.skip_body(framing);
                self.tell(record, &problem, keep, skipped).await
            }
            // Was passed on.
            Ok(Plan { work: Work::Forward(_), .. }) => Next::Close,
        }
    }

    /// Passes the request on to an upstream; gives who is to answer instead when there is none to be had.
    async fn forward(&mut self, record: &mut Record, job: &mut Job, keep: bool) -> Result<Next, Verdict> {
        let worker = self.worker.clone();
        let tools = Tools {
            desk: &worker.desk,
            clock: &*worker.clock,
            random: &worker.random,
            date: &worker.date,
            stop: &worker.stop,
            waits: &worker.waits,
        };
        let mut session = Session::new(&mut self.wire, &mut self.out, record, tools, job, keep);
        let end = session.run().await;
        session.end();
        Ok(match end {
            End::Fallback(verdict) => return Err(verdict),
            End::ClientLeft => self.client_left(record),
            End::Refused(refusal) => self.refuse(record, refusal).await,
            End::Problem { problem, whole } => self.tell(record, &problem, keep, whole).await,
            End::Sent { status, body_bytes, complete, keep } => {
                let next = self.after(record, Outcome { status, body_bytes, complete }, keep);
                if complete { next } else { Next::Close }
            }
        })
    }

    async fn apply_with(
        &mut self,
        record: &mut Record,
        request: Request,
        framing: Framing,
        body: Result<Bytes, Stuck>,
        keep: bool,
    ) -> Next {
        match body {
            Ok(body) => {
                record.request_body_bytes = body.len() as u64;
                if let Some(tap) = &mut record.tap {
                    tap.take_request_body(body.clone());
                }
                let request = attach_body(request, framing, body);
                request.extensions_mut().insert(record.context(&self.worker));
                self.apply(record, request, keep).await
            }
            Err(Stuck::Refused(refusal)) => self.refuse(record, refusal).await,
            Err(Stuck::Gone) => self.client_left(record),
        }
    }

    /// Lets the application answer, within the request's budget.
    async fn apply(&mut self, record: &mut Record, request: Request, keep: bool) -> Next {
        let worker = self.worker.clone();
        let Some(admission) =
            worker.shedding.as_ref().map_or(Some(None), |limit| limit.try_enter().map(Some))
        else {
            let problem = Problem::unavailable("too many requests at once");
            return self.tell(record, &problem, keep, true).await;
        };
        let began = worker.clock.monotonic();
        self.wire.timer.set(began.plus(worker.waits.request));
        // A handler that panics takes its request down, not the connection and what is pipelined behind.
        let mut answer = pin!(AssertUnwindSafe(worker.application.answer(request)).catch_unwind());
        let timer = &mut self.wire.timer;
        let answer = poll_fn(|cx| match answer.as_mut().poll(cx) {
            Poll::Ready(answer) => Poll::Ready(answer.map_err(|_| panicked(record))),
            Poll::Pending => timer.poll_expired(cx).map(|()| Err(out_of_time())),
        })
        .await;
        if let Some(admission) = admission {
            let took = worker.clock.monotonic().since(began);
            admission.finish(if answer.is_ok() { Admitted::Answered(took) } else { Admitted::Dropped });
        }
        match answer {
            Ok(response) if !response.status().is_informational() => {
                if let Some(tap) = &mut record.tap {
                    let took = worker.clock.monotonic().since(began);
                    tap.take_head(response.status().as_u16(), took, |kept| {
                        response::put_own_fields(kept, response.head());
                    });
                }
                self.respond(record, response, keep).await
            }
            Ok(_) => {
                tracing::error!(request_id = %record.request_id, "a handler answered with an interim status");
                self.tell(record, &Problem::internal(), keep, true).await
            }
            Err(problem) => self.tell(record, &problem, keep, true).await,
        }
    }

    async fn respond(&mut self, record: &mut Record, response: Response<BoxBody>, keep: bool) -> Next {
        let (response, body) = response.into_parts();
        let answer = response.head();
        let delivery = delivery(answer, body.size(), record.is_head, record.version);
        let wanted = answer.connection_type() != actix_http::ConnectionType::Close;
        let keep = keep && wanted && delivery != response::Delivery::UntilClose && self.may_keep();
        let envelope = self.envelope(record, keep);
        response::put_head(&mut self.out, answer, delivery, &envelope);
        let waits = &self.worker.waits;
        let sent =
            answer::send(&mut self.wire, waits, &mut self.out, body, delivery, record.tap.as_deref_mut())
                .await;
        let (status, body_bytes, complete) = (answer.status.as_u16(), sent.body_bytes, sent.complete);
        let next = self.after(record, Outcome { status, body_bytes, complete }, keep);
        if complete { next } else { Next::Close }
    }

    /// Answers with a problem. Without `whole`, bytes of the request may still be on their way.
    async fn tell(&mut self, record: &Record, problem: &Problem, keep: bool, whole: bool) -> Next {
        let keep = keep && whole && self.may_keep();
        let envelope = self.envelope(record, keep);
        let body_bytes = response::put_problem(&mut self.out, problem, record.is_head, &envelope);
        let complete = self.wire.send(&self.out, &[]).await.is_ok();
        let next = self.after(record, Outcome { status: problem.status, body_bytes, complete }, keep);
        match next {
            Next::Close if complete && !whole => Next::Linger,
            next => next,
        }
    }

    async fn refuse(&mut self, record: &Record, refusal: Refusal) -> Next {
        self.tell(record, &refusal.problem(), false, false).await
    }

    fn client_left(&mut self, record: &mut Record) -> Next {
        if let Some(tap) = &mut record.tap {
            tap.fail(DropCause::ClientLeft);
        }
        self.after(record, Outcome { status: CLIENT_LEFT, body_bytes: 0, complete: false }, false)
    }

    /// Tells the observer, makes ready for the next request, and says whether there will be one.
    fn after(&mut self, record: &Record, outcome: Outcome, keep: bool) -> Next {
        let now = record.finish(&self.worker, self.remote_text.as_deref(), outcome);
        self.wire.timer.set(now.plus(self.worker.waits.idle));
        self.out.clear();
        self.out.shrink_to(OUT_KEEP_BYTES);
        match keep && outcome.complete {
            true => Next::Keep,
            false if self.wire.input.is_empty() => Next::Close,
            false => Next::Linger,
        }
    }

    fn may_keep(&self) -> bool {
        !self.worker.stop.is_stopping()
    }

    fn envelope<'r>(&self, record: &'r Record, keep: bool) -> Envelope<'r> {
        let told = self.worker.desk.settings.served_by && record.served_by != ServedBy::Gateway;
        Envelope {
            served_by: told.then_some(&record.served_by),
            set_cookie: record.set_cookie.as_deref(),
            date: self.worker.date.text(self.worker.clock.now()),
            request_id: record.request_id,
            connection: Keeping::new(keep, record.version),
        }
    }
}

fn panicked(record: &Record) -> Problem {
    // What it panicked with may hold a secret; the panic hook decides about that.
    tracing::error!(request_id = %record.request_id, "a handler panicked");
    Problem::internal()
}

fn out_of_time() -> Problem {
    Problem::new(504, "gateway timeout").detail("the answer did not come in time")
}
