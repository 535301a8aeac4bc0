//! Recording presence: awaited while the store answers, never waited for while it does not.

use super::Service;
use super::presence::Presence;
use crate::errors::Failure;
use crate::store::UserStore;
use kernel::{Context, Deadline};
use std::sync::Arc;
use std::time::Duration;

/// How long the one try in the background may take while the store is away.
const PROBE_WAIT_MAX: Duration = Duration::from_secs(2);

impl Service {
    /// The user was seen. Recorded once a second; dropped while the store is away, but for one try at a time. Not
    /// recorded in a dry run: no answer to a change shows it, and a real call of this second must still be recorded.
    pub(crate) async fn see(&self, context: &Context, user_id: i64) {
        if context.is_dry_run() {
            return;
        }
        let second = self.now();
        let Some(claim) = self.presence.claim(user_id, second) else { return };
        if self.presence.is_away() {
            drop(claim);
            self.probe(user_id, second);
            return;
        }
        let wait_max = self.settings.presence_wait();
        let brief = Deadline::after(&*self.sources.clock, wait_max).nearer(context.deadline);
        let brief = Context { deadline: brief, ..context.clone() };
        let touched = tokio::time::timeout(wait_max, self.store.touch(&brief, user_id, second)).await;
        match touched {
            Ok(Ok(_)) => claim.keep(),
            Ok(Err(error)) => self.went_away(&error.to_string()),
            Err(elapsed) => self.went_away(&elapsed.to_string()),
        }
    }

    /// The user was seen, and the caller must know that it is recorded. Whether there is such a user.
    pub(crate) async fn touch(&self, context: &Context, user_id: i64) -> Result<bool, Failure> {
        let second = self.now();
        let claim = if context.is_dry_run() { None } else { self.presence.claim(user_id, second) };
        let found = self.store.touch(context, user_id, second).await?;
        if let Some(claim) = claim {
            claim.keep();
        }
        Ok(found)
    }

    fn went_away(&self, cause: &str) {
        if self.presence.set_away(true) {
            tracing::warn!(cause, "presence is not recorded while the store does not answer");
        }
    }

    fn probe(&self, user_id: i64, second: i64) {
        if self.presence.probe() {
            let probe = Probe(Arc::clone(&self.presence));
            let context = Context::background(&self.sources, PROBE_WAIT_MAX);
            tokio::spawn(probe.run(self.store.clone(), context, user_id, second));
        }
    }
}

/// One try whether the store answers again; ended also when its task is dropped.
struct Probe(Arc<Presence>);

impl Probe {
    async fn run(self, store: UserStore, context: Context, user_id: i64, second: i64) {
        let touched = tokio::time::timeout(PROBE_WAIT_MAX, store.touch(&context, user_id, second)).await;
        if matches!(touched, Ok(Ok(_))) && self.0.set_away(false) {
            tracing::info!("presence is recorded again");
        }
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        self.0.probed();
    }
}
