//! What the module does without being asked.

use crate::settings::TokensSettings;
use crate::{Service, errors::Failure};
use host::Job;
use kernel::Context;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// Time between two cleanings.
const CLEAN_EVERY: Duration = Duration::from_secs(60);

/// Reads keys and revocations again; forgets what no token needs any more.
pub(crate) fn all(service: &Arc<Service>, settings: TokensSettings) -> Vec<Job> {
    vec![
        job("tokens.refresh", settings.refresh_every(), service, |service, context| async move {
            service.refresh(&context).await
        }),
        job(
            "tokens.clean",
            CLEAN_EVERY,
            service,
            |service, context| async move { service.clean(&context).await },
        ),
    ]
}

fn job<F>(
    name: &'static str,
    every: Duration,
    service: &Arc<Service>,
    run: impl Fn(Arc<Service>, Context) -> F + Send + Sync + 'static,
) -> Job
where
    F: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let service = Arc::clone(service);
    let run = move |context| {
        let work = run(Arc::clone(&service), context);
        Box::pin(async move { Ok(work.await?) }) as host::JobFuture
    };
    Job { name, every, run: Arc::new(run) }
}
