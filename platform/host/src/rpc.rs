//! Contracts for other processes, on the admin side: `POST /rpc/{contract}/{operation}`, JSON there and back.
//!
//! The caller's context travels in headers: request id, trace, budget, and the user for whom it asks. Whoever may call
//! the admin side is believed: it is on loopback, or behind its token. A call of a dry run has a mark of its own, signed
//! for the call.

use crate::{AdminExtension, dry_run};
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, ORIGIN};
use actix_web::web::{self, Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use contract::{BoxFuture, CallError};
use identity::DryRunKey;
use kernel::{Context, Deadline, Principal, Problem, RequestId, Sources, TraceContext};
use std::sync::Arc;
use std::time::Duration;

/// What the paths begin with.
pub const RPC_PATH: &str = "/rpc";
/// Most bytes of a call.
const CALL_MAX_BYTES: usize = 1024 * 1024;
/// Longest that a call may take, whatever its caller allows.
const CALL_WITHIN_MAX: Duration = Duration::from_secs(30);

/// Answers calls: context, operation, request.
pub type Dispatch =
    Arc<dyn Fn(Context, String, Bytes) -> BoxFuture<'static, Result<Vec<u8>, CallError>> + Send + Sync>;

/// One contract that other processes may call.
#[derive(Clone)]
pub struct Contract {
    /// Its name on the wire.
    pub name: &'static str,
    /// Answers a call: `<dyn Users>::dispatch`.
    pub dispatch: Dispatch,
}

#[derive(Clone)]
struct Table {
    contracts: Arc<[Contract]>,
    sources: Sources,
    dry_run: Option<DryRunKey>,
}

/// Opens these contracts to other processes; with a key, also for dry runs.
#[must_use]
pub fn contracts(contracts: Vec<Contract>, sources: Sources, dry_run: Option<DryRunKey>) -> AdminExtension {
    let table = Data::new(Table { contracts: contracts.into(), sources, dry_run });
    Arc::new(move |config| {
        let limit = web::PayloadConfig::new(CALL_MAX_BYTES);
        let resource = web::resource(format!("{RPC_PATH}/{{contract}}/{{operation}}")).app_data(limit);
        config.app_data(table.clone()).service(resource.route(web::post().to(call)));
    })
}

/// 200 with the operation's own `Result`; 404 for a contract that is not here; 400 for a call that does not fit.
async fn call(
    request: HttpRequest,
    path: Path<(String, String)>,
    body: Bytes,
    table: Data<Table>,
) -> HttpResponse {
    if !from_a_process(request.headers()) {
        let problem = Problem::forbidden("contracts are for processes of the house, not for browsers");
        return crate::boundary::answer(&problem, "", false);
    }
    let (name, operation) = path.into_inner();
    let Some(contract) = table.contracts.iter().find(|contract| contract.name == name) else {
        return crate::boundary::answer(&Problem::not_found(), "", false);
    };
    let (key, clock) = (table.dry_run.as_ref(), &*table.sources.clock);
    let dry_run = match dry_run::admit(request.headers(), request.method(), request.path(), key, clock) {
        Ok(dry_run) => dry_run,
        Err(problem) => return crate::boundary::answer(&problem, "", false),
    };
    let context = Context { dry_run: dry_run.clone(), ..context_of(request.headers(), &table.sources) };
    let mut answer = dispatched((contract.dispatch)(context, operation, body).await);
    if let Some(dry_run) = dry_run {
        dry_run::tell(answer.headers_mut(), &dry_run);
    }
    answer
}

fn dispatched(answer: Result<Vec<u8>, CallError>) -> HttpResponse {
    match answer {
        Ok(answer) => HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(answer),
        Err(CallError::Mismatch { reason, .. }) => {
            crate::boundary::answer(&Problem::bad_request(reason), "", false)
        }
        Err(CallError::Unavailable { reason, .. }) => {
            crate::boundary::answer(&Problem::unavailable(reason), "", false)
        }
    }
}

/// A page in a browser on this machine reaches loopback too. Browsers say where a POST comes from, and cannot send
/// JSON elsewhere unasked; our own client does neither the one nor needs the other.
fn from_a_process(headers: &HeaderMap) -> bool {
    let json = headers.get(CONTENT_TYPE).is_some_and(|value| value == "application/json");
    json && !headers.contains_key(ORIGIN)
}

/// The context that a process of the house sent with its request.
pub(crate) fn context_of(headers: &HeaderMap, sources: &Sources) -> Context {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (clock, random) = (&*sources.clock, &*sources.random);
    let budget = text("banyan-deadline-ms").and_then(|ms| ms.parse().ok()).map(Duration::from_millis);
    let request_id = text("x-request-id").and_then(RequestId::parse);
    let trace = headers.get("traceparent").and_then(|value| TraceContext::parse(value.as_bytes()));
    Context {
        request_id: request_id.unwrap_or_else(|| RequestId::new(random, clock.now())),
        trace: trace.map_or_else(|| TraceContext::start(random), |trace| trace.child(random)),
        principal: text("banyan-user-id").and_then(|id| id.parse().ok()).map(|user_id| Principal { user_id }),
        deadline: Deadline::after(clock, budget.unwrap_or(CALL_WITHIN_MAX).min(CALL_WITHIN_MAX)),
        dry_run: None,
    }
}
