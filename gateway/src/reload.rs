//! Hot reload: a features file that changes is read again, and holds from the next request on if it is right.
//!
//! A thread of its own looks at the file, reads it, compiles it and swaps it in; no worker ever waits for it. What is
//! wrong is said once, counted, and changes nothing: the last good file stays in force.

mod edit;
mod figures;
mod stamp;
#[cfg(test)]
mod tests;

pub use edit::{Change, Check, Edit, EditError, Edited};

use crate::features::Report;
use crate::parallel::Parallel;
use crate::snapshot::{Current, Snapshot};
use figures::Figures;
use kernel::{Clock, Monotonic};
use serde::Serialize;
use stamp::{Look, Watched};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;
use telemetry::Metrics;
use tokio::sync::oneshot;
use upstream::Upstreams;

/// How often the file is looked at. A change is taken once two looks saw the same, so that a file which is being
/// written is not read half.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Orders that wait for the thread; one more is refused.
const ORDERS_MAX: usize = 8;
/// How long services that the file names no more are kept, for requests that began before.
const KEPT_FOR: Duration = Duration::from_secs(60);

/// Reads and compiles the file, and says what is odd about it.
pub type Load = Box<dyn Fn() -> Result<(Snapshot, Report), Report> + Send>;
/// Gives services whose instances are the registry's business those that it knows. Called before a snapshot is
/// swapped in.
pub type Fill = Box<dyn Fn(&Snapshot) + Send>;

/// Is told of a change of the file that was seen here: what was in force, what is now, and what came of it.
pub type Told = Box<dyn Fn(&Snapshot, &Snapshot, &Result<Reloaded, ReloadError>) + Send>;

/// What is reloaded, and how.
pub struct Reloading {
    /// The file that is watched.
    pub path: PathBuf,
    /// Reads it.
    pub load: Load,
    /// Whether a text would be right in its place.
    pub check: Check,
    /// Completes its services.
    pub fill: Fill,
    /// Told of what was not asked for.
    pub told: Told,
    /// Where it comes into force.
    pub current: Current,
    /// Where its services and legacy upstreams are.
    pub upstreams: Upstreams,
    /// Compares the answers of its routes; `None` where nothing is ever compared.
    pub parallel: Option<Parallel>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// The thread that reloads. Clones order from the same one; it ends with the last of them.
#[derive(Debug, Clone)]
pub struct Reloader {
    orders: SyncSender<Order>,
    thread: Arc<JoinHandle<()>>,
}

/// What the thread is asked for, and where it answers.
enum Order {
    /// To read the file now.
    Reload(oneshot::Sender<Result<Reloaded, ReloadError>>),
    /// To change it.
    Edit(Edit, oneshot::Sender<Result<Edited, EditError>>),
}

/// A file that came into force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reloaded {
    /// How many routes it has.
    pub routes: usize,
    /// How many toggles it has.
    pub toggles: usize,
    /// What is odd about it, a line each.
    pub warnings: Vec<String>,
}

/// Why a file did not come into force. The one before stays.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReloadError {
    /// Something is wrong with it.
    #[error("{0}")]
    Refused(Report),
    /// Too many ask at once.
    #[error("another reload is under way")]
    Busy,
    /// The process is on its way out.
    #[error("nothing is reloaded any more")]
    Stopped,
}

impl Reloader {
    /// Starts the thread. What is in force now came from the file as it is now.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(reloading: Reloading, metrics: &Metrics) -> std::io::Result<Self> {
        let (orders, incoming) = sync_channel(ORDERS_MAX);
        let figures = Arc::<Figures>::default();
        figures.show(metrics);
        let mut work = Work::new(reloading, figures);
        let thread =
            std::thread::Builder::new().name("features".to_owned()).spawn(move || work.run(&incoming))?;
        Ok(Self { orders, thread: Arc::new(thread) })
    }

    /// Reads the file now, changed or not, and says what came of it.
    ///
    /// # Errors
    /// [`ReloadError`]; nothing has changed then.
    pub async fn reload(&self) -> Result<Reloaded, ReloadError> {
        let (reply, answer) = oneshot::channel();
        let refused = if self.thread.is_finished() { ReloadError::Stopped } else { ReloadError::Busy };
        self.orders.try_send(Order::Reload(reply)).map_err(|_| refused)?;
        answer.await.unwrap_or(Err(ReloadError::Stopped))
    }
}

/// What the thread does.
struct Work {
    reloading: Reloading,
    watched: Watched,
    figures: Arc<Figures>,
    /// When services that are named no more are let go of.
    let_go_at: Option<Monotonic>,
}

impl Work {
    fn new(reloading: Reloading, figures: Arc<Figures>) -> Self {
        let watched = Watched::new(&reloading.path);
        Self { reloading, watched, figures, let_go_at: None }
    }

    fn run(&mut self, orders: &Receiver<Order>) {
        loop {
            match orders.recv_timeout(LOOK_EVERY) {
                // Whoever asked may have left.
                Ok(Order::Reload(reply)) => drop(reply.send(self.reload())),
                Ok(Order::Edit(edit, reply)) => drop(reply.send(self.edit(edit))),
                Err(RecvTimeoutError::Timeout) => self.look(),
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.let_go();
        }
    }

    /// Looks whether the file has changed.
    fn look(&mut self) {
        match self.watched.look() {
            Look::Same => {}
            Look::Changed => {
                let before = self.reloading.current.load_full();
                let reloaded = self.reload();
                (self.reloading.told)(&before, &self.reloading.current.load(), &reloaded);
            }
            Look::Gone => {
                self.figures.refuse();
                tracing::error!(file = %self.reloading.path.display(), "the features file is gone; what it said stays in force");
            }
        }
    }

    /// Reads the file and brings it into force.
    fn reload(&mut self) -> Result<Reloaded, ReloadError> {
        self.watched.seen();
        let file = self.reloading.path.display();
        match (self.reloading.load)() {
            Ok((snapshot, warnings)) => {
                let reloaded = Reloaded::new(&snapshot, &warnings);
                tracing::info!(file = %file, routes = reloaded.routes, toggles = reloaded.toggles, "features reloaded");
                for warning in &reloaded.warnings {
                    tracing::warn!(reason = warning, "features");
                }
                self.swap(snapshot);
                self.figures.take();
                Ok(reloaded)
            }
            Err(report) => {
                self.figures.refuse();
                for reason in report.to_string().lines() {
                    tracing::error!(reason, "features refused; the last good ones stay in force");
                }
                Err(ReloadError::Refused(report))
            }
        }
    }

    fn swap(&mut self, snapshot: Snapshot) {
        let mut snapshot = snapshot.bind(&self.reloading.upstreams);
        if let Some(parallel) = &self.reloading.parallel {
            snapshot = snapshot.compare_by(parallel);
        }
        (self.reloading.fill)(&snapshot);
        self.reloading.current.store(Arc::new(snapshot));
        self.let_go_at = Some(self.reloading.clock.monotonic().plus(KEPT_FOR));
    }

    /// Lets go of services that are named no more, once no request can still be on its way to them.
    fn let_go(&mut self) {
        if self.let_go_at.is_some_and(|at| self.reloading.clock.monotonic() >= at) {
            self.let_go_at = None;
            let current = self.reloading.current.load();
            current.release_others(&self.reloading.upstreams);
            if let Some(parallel) = &self.reloading.parallel {
                current.release_others(parallel.upstreams());
            }
        }
    }
}

impl Reloaded {
    fn new(snapshot: &Snapshot, warnings: &Report) -> Self {
        Self {
            routes: snapshot.features.routes.len(),
            toggles: snapshot.features.toggles.features.len(),
            warnings: warnings.to_string().lines().map(str::to_owned).collect(),
        }
    }
}
