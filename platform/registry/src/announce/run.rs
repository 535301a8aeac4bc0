//! The announcer: registers until it succeeds, keeps alive, leaves.

use super::calls::Calls;
use super::settings::{AnnounceSettings, Me};
use crate::RegistryError;
use crate::backoff::Backoff;
use crate::limits::{ANNOUNCE_BACKOFF_MAX, ANNOUNCE_BACKOFF_MIN, LEAVE_TIMEOUT};
use crate::tasks::Task;
use kernel::{Clock, Sources, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How announcing fares: for a health page.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct AnnounceState {
    /// Whether the registry knew this instance when it was last heard of.
    pub registered: bool,
    /// When the registry last took a call; milliseconds since the epoch.
    pub last_success: Option<Timestamp>,
    /// Why the last call failed; none when it did not.
    pub error: Option<String>,
}

/// Announces one instance in the background. Dropped without [`leave`](Self::leave), the instance expires.
pub struct Announcer {
    task: Task,
    stop: watch::Sender<bool>,
    state: watch::Receiver<AnnounceState>,
}

impl Announcer {
    /// Starts announcing, on the runtime of the caller, and waits for nothing: a registry that is away is tried again,
    /// with pauses of 200 ms to 5 s, until it takes the registration.
    ///
    /// # Errors
    /// For settings with which it could never succeed, and [`RegistryError::NoRuntime`].
    pub fn start(settings: AnnounceSettings, sources: Sources) -> Result<Self, RegistryError> {
        let me = settings.me()?;
        let calls = Calls::new(&settings, &sources)?;
        tokio::runtime::Handle::try_current().map_err(RegistryError::NoRuntime)?;
        let (stop, stopped) = watch::channel(false);
        let (report, state) = watch::channel(AnnounceState::default());
        let max = ANNOUNCE_BACKOFF_MAX.min(me.heartbeat());
        let backoff = Backoff::new(ANNOUNCE_BACKOFF_MIN.min(max), max, sources.random);
        let run = Run { me, calls, backoff, report, clock: sources.clock };
        Ok(Self { task: Task::spawn(run.until(stopped)), stop, state })
    }

    /// How it fares.
    #[must_use]
    pub fn state(&self) -> AnnounceState {
        self.state.borrow().clone()
    }

    /// Tells whenever the state changes.
    #[must_use]
    pub fn states(&self) -> watch::Receiver<AnnounceState> {
        self.state.clone()
    }

    /// Stops the heartbeat and takes the instance out, within three seconds in all. Gateways hear of it
    /// within a second: called before draining, it keeps new requests away.
    ///
    /// # Errors
    /// When the registry could not be told; the instance expires then.
    pub async fn leave(mut self) -> Result<(), RegistryError> {
        // Fails only when the task has ended.
        let _ = self.stop.send(true);
        let within_ms = LEAVE_TIMEOUT.as_millis();
        let late = |_| RegistryError::TimedOut { what: "leaving the registry", within_ms };
        tokio::time::timeout(LEAVE_TIMEOUT, self.task.ended()).await.map_err(late)?;
        match &self.state.borrow().error {
            Some(detail) => Err(RegistryError::NotLeft { detail: detail.clone() }),
            None => Ok(()),
        }
    }
}

/// What the task owns.
struct Run {
    me: Me,
    calls: Calls,
    backoff: Backoff,
    report: watch::Sender<AnnounceState>,
    clock: Arc<dyn Clock>,
}

impl Run {
    /// Announces until `stopped`, then leaves.
    async fn until(mut self, mut stopped: watch::Receiver<bool>) {
        loop {
            let pause = tokio::select! {
                pause = self.beat() => pause,
                _ = stopped.changed() => break,
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = stopped.changed() => break,
            }
        }
        // Also where nothing is known to have arrived: a registration that was cut off may have.
        let left = self.calls.leave(&self.me).await;
        let registered = left.is_err() && self.report.borrow().registered;
        self.tell(left, registered);
    }

    /// One call; how long to wait for the next.
    async fn beat(&mut self) -> Duration {
        let was_registered = self.report.borrow().registered;
        let told = match was_registered {
            true => self.calls.keep_alive(&self.me).await,
            false => self.calls.register(&self.me).await,
        };
        let is_forgotten = matches!(told, Err(RegistryError::Unknown { .. }));
        let registered = told.is_ok() || (was_registered && !is_forgotten);
        let pause = match &told {
            Ok(()) => {
                self.backoff.reset();
                self.me.heartbeat()
            }
            Err(_) if was_registered && is_forgotten => Duration::ZERO,
            Err(_) => self.backoff.pause(),
        };
        self.tell(told, registered);
        pause
    }

    /// Writes the state down, and logs what is new in it.
    fn tell(&self, told: Result<(), RegistryError>, registered: bool) {
        let error = told.err().map(|error| error.line());
        let before = self.report.borrow().clone();
        let (service, id) = (&self.me.service, &self.me.registration.id);
        if let Some(error) = error.as_ref().filter(|error| Some(*error) != before.error.as_ref()) {
            tracing::warn!(
                service,
                instance = id,
                error,
                "the registry did not take a call of this instance"
            );
        } else if registered && error.is_none() && (!before.registered || before.error.is_some()) {
            tracing::info!(service, instance = id, "this instance is registered");
        }
        let last_success = if error.is_none() { Some(self.clock.now()) } else { before.last_success };
        self.report.send_replace(AnnounceState { registered, last_success, error });
    }
}
