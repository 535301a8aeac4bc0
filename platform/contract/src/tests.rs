//! A contract called over a wire that ends in its own dispatcher: both ends come from one definition.

#![expect(unreachable_pub, reason = "the macro makes public items, here in a private module")]

use crate::{BoxFuture, CallError, Context, Kind, Wire};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug, Serialize, Deserialize)]
pub struct Add {
    left: i64,
    right: i64,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum SumError {
    Overflow,
    Call(CallError),
}

impl From<CallError> for SumError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

crate::define! {
    /// Adds.
    pub trait Sums as "sums", client SumsClient, error SumError {
        /// The sum of two numbers.
        query fn add(Add) -> i64;
        /// Forgets everything.
        command fn forget(()) -> ();
    }
}

struct Local;

impl Sums for Local {
    fn add<'a>(&'a self, _: &'a Context, request: Add) -> BoxFuture<'a, Result<i64, SumError>> {
        Box::pin(async move { request.left.checked_add(request.right).ok_or(SumError::Overflow) })
    }

    fn forget<'a>(&'a self, _: &'a Context, (): ()) -> BoxFuture<'a, Result<(), SumError>> {
        Box::pin(async { Ok(()) })
    }
}

struct Loopback {
    target: Arc<dyn Sums>,
    up: bool,
}

impl Wire for Loopback {
    fn call<'a>(
        &'a self,
        context: &'a Context,
        contract: &'static str,
        operation: &'static str,
        request: Vec<u8>,
    ) -> BoxFuture<'a, Result<Vec<u8>, CallError>> {
        Box::pin(async move {
            if !self.up {
                return Err(CallError::Unavailable { contract: contract.into(), reason: "cut".into() });
            }
            self.target.dispatch(context, operation, &request).await
        })
    }
}

fn context() -> Context {
    Context::background(&kernel::Sources::system(), Duration::from_secs(1))
}

fn client(up: bool) -> SumsClient {
    SumsClient::new(Arc::new(Loopback { target: Arc::new(Local), up }))
}

#[tokio::test]
async fn an_answer_and_an_error_of_the_module_travel_whole() {
    let client = client(true);
    assert_eq!(client.add(&context(), Add { left: 2, right: 3 }).await, Ok(5));
    assert_eq!(client.add(&context(), Add { left: i64::MAX, right: 1 }).await, Err(SumError::Overflow));
    assert_eq!(client.forget(&context(), ()).await, Ok(()));
}

#[tokio::test]
async fn a_cut_wire_is_an_error_of_the_call() {
    let error = client(false).add(&context(), Add { left: 2, right: 3 }).await;
    assert!(matches!(error, Err(SumError::Call(CallError::Unavailable { .. }))), "{error:?}");
}

#[tokio::test]
async fn an_unknown_operation_and_a_strange_body_are_mismatches() {
    let local: Arc<dyn Sums> = Arc::new(Local);
    for (operation, body) in [("multiply", "{}"), ("add", "{\"left\": \"two\"}")] {
        let error = local.dispatch(&context(), operation, body.as_bytes()).await;
        assert!(matches!(error, Err(CallError::Mismatch { .. })), "{error:?}");
    }
}

#[tokio::test]
async fn a_late_contract_answers_once_it_is_bound() {
    let late = crate::Late::<dyn Sums>::unbound();
    let early = late.add(&context(), Add { left: 1, right: 1 }).await;
    assert!(matches!(early, Err(SumError::Call(CallError::Unavailable { .. }))), "{early:?}");
    assert!(late.bind(Arc::new(Local)));
    assert!(!late.bind(Arc::new(Local)));
    assert_eq!(late.add(&context(), Add { left: 1, right: 1 }).await, Ok(2));
}

#[test]
fn the_operations_are_listed_with_their_kind() {
    let kinds: Vec<_> = <dyn Sums>::OPERATIONS.iter().map(|o| (o.name, o.kind)).collect();
    assert_eq!(kinds, [("add", Kind::Query), ("forget", Kind::Command)]);
    assert_eq!(<dyn Sums>::NAME, "sums");
}
