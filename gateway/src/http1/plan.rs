//! From the bytes of a head to what is to be done: parse, decide, build. No waiting.

use crate::http1::exchange::Observer;
use crate::http1::record::{Record, ServedBy};
use crate::http1::request::{self, Companions};
use crate::http1::route::{Asked, Router, Verdict};
use crate::http1::worker::{Application, Worker};
use crate::http1::{Framing, Refusal, head};
use actix_http::Request;
use bytes::Bytes;
use kernel::Problem;
use std::net::SocketAddr;

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
    /// The loop itself.
    Problem(Problem),
}

impl Plan {
    /// Makes the plan for the head in `raw`.
    ///
    /// # Errors
    /// Why the request is refused.
    pub(crate) fn make<A: Application, R: Router, O: Observer>(
        raw: &Bytes,
        record: &mut Record,
        remote: Option<SocketAddr>,
        worker: &Worker<A, R, O>,
    ) -> Result<Self, Refusal> {
        let mut slots = head::field_slots();
        let head = head::parse(raw, &mut slots, worker.settings.target_max_bytes)?;
        record.take_head(&head, raw, worker);
        let client = worker.trusted.client(&head, remote);
        let routed = worker.router.route(&Asked { head: &head, client });
        record.set_cookie = routed.set_cookie;
        let work = match routed.verdict {
            Verdict::Problem(problem) => Work::Problem(problem),
            Verdict::InProcess { route, module } => {
                record.route = Some(route);
                record.module.clone_from(&module);
                record.served_by = ServedBy::Monolith;
                Work::Application(request::build(&head, raw, Companions { module, remote })?)
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
