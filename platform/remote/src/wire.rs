//! A contract's calls over HTTP, to `host::contracts` on the other side.

use crate::{Client, RemoteError};
use contract::{BoxFuture, CallError, Context, Wire};
use host::RPC_PATH;
use kernel::Sources;
use reqwest::header::CONTENT_TYPE;

/// Carries calls to another process.
#[derive(Clone)]
pub struct HttpWire {
    client: Client,
    sources: Sources,
}

impl HttpWire {
    /// A wire over this client.
    #[must_use]
    pub fn new(client: Client, sources: Sources) -> Self {
        Self { client, sources }
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
        let response = self.client.send(call).await?;
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
