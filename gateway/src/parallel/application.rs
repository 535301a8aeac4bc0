//! Asks a module of this process: the worker's application is called with a rebuilt request, as it is for clients.

use crate::http1::{Application, Companions, attach_body, build_request, put_own_fields};
use crate::parallel::desk::ParallelDesk;
use crate::parallel::question::Question;
use crate::parallel::taken::Taken;
use crate::parallel::{Kept, SHADOW_FIELD};
use actix_http::body::{BoxBody, MessageBody};
use actix_http::header::{HeaderName, HeaderValue};
use actix_http::{HttpMessage, Request, Response};
use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use identity::{DRY_RUN_DONE, DRY_RUN_FIELD, Marked};
use kernel::{Context, Deadline, RequestId};
use report::DropCause;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

/// The worker's application, whatever its type.
pub(crate) trait InProcess {
    /// The answer; errors are answers too.
    fn ask(&self, request: Request) -> LocalBoxFuture<'_, Response<BoxBody>>;
}

impl<A: Application> InProcess for A {
    fn ask(&self, request: Request) -> LocalBoxFuture<'_, Response<BoxBody>> {
        self.answer(request).boxed_local()
    }
}

/// Asks the application; the caller keeps the deadline.
pub(crate) async fn ask(
    desk: &ParallelDesk,
    question: &Question,
    module: &Arc<str>,
) -> Result<Taken, DropCause> {
    let request = request(desk, question, module)?;
    let asked = desk.clock().monotonic();
    // A handler that panics takes its answer down, and nothing else.
    let answer = AssertUnwindSafe(desk.application().ask(request)).catch_unwind().await;
    let response = answer.map_err(|_| DropCause::Closed)?;
    let took = desk.clock().monotonic().since(asked);
    let (response, body) = response.into_parts();
    let mut taken = Taken { status: response.status().as_u16(), took, ..Taken::default() };
    put_own_fields(&mut taken.head, response.head());
    if question.is_dry_run() && !was_dry_run(&response) {
        return Err(DropCause::NotComparable);
    }
    if question.is_head() {
        return Ok(taken);
    }
    taken.body = collect(body, desk.settings().body_max_bytes).await?;
    Ok(taken)
}

fn request(desk: &ParallelDesk, question: &Question, module: &Arc<str>) -> Result<Request, DropCause> {
    let companions = Companions { module: Some(module.clone()), remote: question.remote };
    let id = desk.fresh_id();
    let built = question.with_head(desk.target_max_bytes(), |head| {
        let mut request = build_request(head, question.raw.clone(), companions).ok()?;
        mark(desk, question, &mut request, id)?;
        Some(attach_body(request, head.framing, question.body.clone()))
    });
    let request = built.flatten().ok_or(DropCause::NotComparable)?;
    request.extensions_mut().insert(Context {
        request_id: id,
        trace: question.trace.child(desk.random()),
        principal: None,
        deadline: Deadline::after(desk.clock(), desk.settings().deadline()),
        // Said by the mark, once the application has looked at it.
        dry_run: None,
    });
    Ok(request)
}

fn mark(desk: &ParallelDesk, question: &Question, request: &mut Request, id: RequestId) -> Option<()> {
    let id = id.to_string();
    let dry_run = match question.is_dry_run() {
        false => None,
        true => {
            let target = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
            let marked = Marked { request_id: &id, method: request.method().as_str(), target: &target };
            Some(desk.dry_run_key()?.sign(marked, desk.clock().now()))
        }
    };
    let headers = request.headers_mut();
    headers.insert(HeaderName::from_static(SHADOW_FIELD), HeaderValue::from_static("1"));
    headers.insert(HeaderName::from_static("x-request-id"), HeaderValue::from_str(&id).ok()?);
    if let Some(dry_run) = dry_run {
        headers.insert(HeaderName::from_static(DRY_RUN_FIELD), HeaderValue::from_str(&dry_run).ok()?);
    }
    Some(())
}

/// Whether the side says that it rolled everything back, and that the answer is the real one's.
fn was_dry_run(response: &Response<()>) -> bool {
    response.headers().get(DRY_RUN_FIELD).is_some_and(|word| word.as_bytes() == DRY_RUN_DONE.as_bytes())
}

async fn collect(body: BoxBody, max_bytes: usize) -> Result<Bytes, DropCause> {
    let mut body = match body.try_into_bytes() {
        Ok(bytes) if bytes.len() <= max_bytes => return Ok(bytes),
        Ok(_) => return Err(DropCause::OtherTooLarge),
        Err(body) => body,
    };
    let mut kept = Kept::new(max_bytes, 0);
    let mut total = 0;
    while let Some(piece) = poll_fn(|cx| Pin::new(&mut body).poll_next(cx)).await {
        let piece = piece.map_err(|_| DropCause::Closed)?;
        total += piece.len();
        if total > max_bytes {
            return Err(DropCause::OtherTooLarge);
        }
        kept.push(&piece);
    }
    kept.finish().ok_or(DropCause::OtherTooLarge)
}
