//! A contract's calls over HTTP, to `host::contracts` on the other side.

use crate::{Client, RemoteError, dry_run};
use contract::{BoxFuture, CallError, Context, Wire};
use host::RPC_PATH;
use identity::{DRY_RUN_FIELD, DryRunKey};
use kernel::Sources;
use reqwest::header::CONTENT_TYPE;

/// Carries calls to another process.
#[derive(Clone)]
pub struct HttpWire {
    client: Client,
    sources: Sources,
    dry_run: Option<DryRunKey>,
}

impl HttpWire {
    /// A wire over this client. Dry runs go over it with a key only.
    #[must_use]
    pub fn new(client: Client, sources: Sources, dry_run: Option<DryRunKey>) -> Self {
        Self { client, sources, dry_run }
    }

    async fn ask(&self, context: &Context, path: &str, request: Vec<u8>) -> Result<Vec<u8>, RemoteError> {
        let left = context.deadline.remaining(&*self.sources.clock);
        let mut call = self
            .client
            .post(path)
            .header(CONTENT_TYPE, "application/json")
            .header("x-request-id", context.request_id.to_string())
            .header("traceparent", context.trace.child(&*self.sources.random).to_string())
            .header("banyan-deadline-ms", left.as_millis().to_string())
            .body(request);
        if let Some(principal) = context.principal {
            call = call.header("banyan-user-id", principal.user_id.to_string());
        }
        if context.is_dry_run() {
            let mark = dry_run::mark(self.dry_run.as_ref(), context, path, &*self.sources.clock)?;
            call = call.header(DRY_RUN_FIELD, mark);
        }
        let response = self.client.send(call).await?;
        if let Some(dry_run) = &context.dry_run {
            dry_run::look(dry_run, &response)?;
        }
        self.client.body(response).await
    }
}

impl Wire for HttpWire {
    fn call<'a>(
        &'a self,
        context: &'a Context,
        contract: &'static str,
        operation: &'static str,
        request: Vec<u8>,
    ) -> BoxFuture<'a, Result<Vec<u8>, CallError>> {
        Box::pin(async move {
            if let Some(dry_run) = &context.dry_run {
                // The other process counts anew with each call: whether it writes is not known here.
                dry_run.writes(contract);
            }
            let path = format!("{RPC_PATH}/{contract}/{operation}");
            let left = context.deadline.remaining(&*self.sources.clock);
            let unavailable =
                |reason: String| CallError::Unavailable { contract: contract.to_owned(), reason };
            match tokio::time::timeout(left, self.ask(context, &path, request)).await {
                Ok(Ok(answer)) => Ok(answer),
                Ok(Err(RemoteError::Status { status: status @ (400 | 404) })) => Err(CallError::Mismatch {
                    contract: contract.to_owned(),
                    operation: operation.to_owned(),
                    reason: format!("the other side answered {status}"),
                }),
                Ok(Err(error)) => Err(unavailable(error.to_string())),
                Err(_) => Err(unavailable("no answer in time".to_owned())),
            }
        })
    }
}
