//! What would be passed on of a request that is there as a whole, for tests that let others read it.

use crate::http1::RequestHead;
use crate::http1::forward::passage::Passage;
use crate::http1::forward::request_head::{self, Telling};
use crate::http1::forward::vouch::Client;
use kernel::{RequestId, SeededRandom, Timestamp, TraceContext};

/// Head and body as an upstream would get them; `body` as it came.
pub(in crate::http1) fn forwarded(head: &RequestHead<'_>, body: &[u8]) -> Vec<u8> {
    let random = SeededRandom::new(1);
    let telling = Telling {
        client: Client { peer: None, trusted: false, secure: false },
        kept: None,
        request_id: RequestId::new(&random, Timestamp(0)),
        trace: TraceContext::start(&random),
        trace_is_theirs: false,
        host: head.host,
        via: true,
        expects_continue: false,
    };
    let mut out = Vec::new();
    let mut draft = request_head::write(&mut out, head, &telling);
    request_head::finish(&mut out, &mut draft, ("up:1", ""), None);
    let mut passage = Passage::upload(head.framing);
    let taken = passage.take(body, &mut out).unwrap_or_else(|_| panic!("we have read this body"));
    assert_eq!((taken.used, passage.is_done()), (body.len(), true));
    out
}
