//! From the bytes of a head to what is to be done: parse, decide, build. No waiting.

use crate::http1::exchange::Observer;
use crate::http1::forward::{Arrival, Job};
use crate::http1::record::Record;
use crate::http1::request::{self, Companions};
use crate::http1::route::{Asked, Router, Verdict};
use crate::http1::worker::{Application, Worker};
use crate::http1::{Framing, Refusal, RequestHead, ServedBy, head, reader};
use actix_http::Request;
use bytes::Bytes;
use kernel::Problem;
use report::DropCause;

/// What is to be done with a request whose head has come.
pub(crate) struct Plan {
    pub(crate) work: Work,
    pub(crate) framing: Framing,
    pub(crate) keep: bool,
    pub(crate) expects_continue: bool,
}

/// Who answers.
pub(crate) enum Work {
    /// The worker's application, once it has the body.
    Application(Request),
    /// An upstream.
    Forward(Job),
    /// The loop itself.
    Problem(Problem),
}

impl Plan {
    /// Makes the plan for a request whose head has come.
    ///
    /// # Errors
    /// Why the request is refused.
    pub(crate) fn make<A: Application, R: Router, O: Observer>(
        head: &RequestHead<'_>,
        arrival: Arrival<'_>,
        record: &mut Record,
        worker: &Worker<A, R, O>,
    ) -> Result<Self, Refusal> {
        record.take_head(head, worker);
        let client = worker.desk.trusted.client(head, arrival.remote);
        let routed = worker.router.route(&Asked { head, client, at: record.started_at });
        record.set_cookie = routed.set_cookie;
        if let Some(to_compare) = routed.compare {
            record.tap = worker.parallel.as_ref().and_then(|parallel| parallel.begin(to_compare, head));
        }
        record.side = routed.side;
        Self::of(routed.verdict, head, arrival, record, worker)
    }

    /// Makes another plan for the same head, after the first could not be carried out. Nothing is compared then: the side
    /// that would be asked is the one that answers.
    ///
    /// # Errors
    /// Why the request is refused.
    pub(crate) fn again<A: Application, R: Router, O: Observer>(
        verdict: Verdict,
        arrival: Arrival<'_>,
        record: &mut Record,
        worker: &Worker<A, R, O>,
    ) -> Result<Self, Refusal> {
        if let Some(tap) = &mut record.tap {
            tap.fail(DropCause::NotComparable);
        }
        // The other side answers: that says nothing of either.
        record.side = None;
        let raw = std::mem::take(&mut record.head);
        let mut slots = reader::field_slots();
        let head = head::parse(&raw, &mut slots, worker.settings.target_max_bytes);
        let plan = head.and_then(|head| Self::of(verdict, &head, arrival, record, worker));
        drop(slots);
        record.head = raw;
        plan
    }

    fn of<A: Application, R: Router, O: Observer>(
        verdict: Verdict,
        head: &RequestHead<'_>,
        arrival: Arrival<'_>,
        record: &mut Record,
        worker: &Worker<A, R, O>,
    ) -> Result<Self, Refusal> {
        let work = match verdict {
            Verdict::Problem(problem) => Work::Problem(problem),
            Verdict::InProcess { route, module } => {
                record.route = Some(route);
                record.module.clone_from(&module);
                record.served_by = ServedBy::Monolith;
                let companions = Companions { module, remote: arrival.remote };
                Work::Application(request::build(head, Bytes::copy_from_slice(head.raw), companions)?)
            }
            Verdict::Forward(forward) => {
                record.route = Some(forward.route.clone());
                let job = Job::new(forward, head, arrival, record, &worker.desk);
                if job.draft.dry_run {
                    no_dry_run(job, record, worker)
                } else {
                    if let Some(tap) = &mut record.tap {
                        job.sent(head).into_iter().for_each(|sent| tap.take_sent(sent));
                    }
                    Work::Forward(job)
                }
            }
        };
        Ok(Self {
            work,
            framing: head.framing,
            keep: head.keep_alive,
            expects_continue: head.expects_continue,
        })
    }
}

/// A client that asks for a dry run never gets a real one: what is outside of this process may not know the mark, and the
/// platform's own services count none but the gateway's.
fn no_dry_run<A, R, O>(job: Job, record: &mut Record, worker: &Worker<A, R, O>) -> Work {
    worker.desk.buffers.give_output(job.head);
    if let Some(tap) = &mut record.tap {
        tap.fail(DropCause::NotComparable);
    }
    Work::Problem(Problem::forbidden("a request with a dry-run mark is not passed on"))
}
