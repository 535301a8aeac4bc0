//! What the module does without being asked.

use crate::Service;
use crate::settings::UsersSettings;
use host::Job;
use kernel::Context;
use std::sync::Arc;

/// Users who were not seen for a while go offline.
pub(crate) fn all(service: &Arc<Service>, settings: UsersSettings) -> Vec<Job> {
    let service = Arc::clone(service);
    let run = move |context: Context| {
        let service = Arc::clone(&service);
        Box::pin(async move { Ok(service.sweep(&context).await?) }) as host::JobFuture
    };
    vec![Job { name: "users.presence_sweep", every: settings.sweep_every(), run: Arc::new(run) }]
}
