//! A thread that reads and writes in PostgreSQL over a connection of its own, which it makes when it is needed and
//! makes anew when it was cut.

use super::connect::{Away, Login, Purpose};
use super::gate::Gate;
use crate::job::{Kind, Outcome, Task};
use crate::metrics::count;
use crate::queue::Queue;
use crate::shared::Shared;
use crate::{AnyConnection, StorageError, transaction};
use diesel::connection::SimpleConnection;
use kernel::Monotonic;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// A connection that stood idle for longer is looked at before it is used: a firewall or a restart may have cut it.
const IDLE_TRUSTED: Duration = Duration::from_secs(1);

/// A thread that reads and writes.
pub(super) struct Worker {
    shared: Arc<Shared>,
    gate: Arc<Gate>,
    queue: Arc<Queue>,
    login: Login,
    link: Option<Link>,
}

struct Link {
    connection: AnyConnection,
    used: Monotonic,
    cuts: u64,
}

impl Worker {
    pub(super) fn new(shared: Arc<Shared>, gate: Arc<Gate>, queue: Arc<Queue>) -> Result<Self, StorageError> {
        let login = Login::new(shared.module(), &shared.settings, &shared.secrets, Purpose::Work)?;
        Ok(Self { shared, gate, queue, login, link: None })
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(&mut self) {
        // After a panic of our own code the connection may be anywhere.
        self.disconnect();
        while let Some(task) = self.queue.pop() {
            let Some(task) = self.shared.unless_abandoned(task) else { continue };
            if let Err((reason, pause)) = self.be_connected() {
                self.shared.refuse(task, reason);
                self.let_others_work(pause);
                continue;
            }
            match task.kind {
                Kind::Read => self.read(task),
                Kind::Write | Kind::DryRun => self.write(task),
            }
            self.put_right();
        }
        self.disconnect();
    }

    fn read(&mut self, mut task: Task) {
        let Some(link) = &mut self.link else { return };
        let outcome = task.job.run(&mut link.connection);
        self.shared.counters.ran(outcome);
        task.job.answer();
    }

    fn write(&mut self, mut task: Task) {
        if let Err(reason) = self.begin() {
            self.shared.refuse(task, reason);
            return;
        }
        let Some(link) = &mut self.link else { return };
        let connection = &mut link.connection;
        let outcome = task.job.run(connection);
        self.shared.counters.ran(outcome);
        let balanced = transaction::depth(connection) == Some(1);
        // A caller that has gone cannot be told, so nothing is done that it would not know of.
        if outcome != Outcome::Done || !balanced || task.job.is_abandoned() {
            transaction::roll_back_to(connection, 0);
            self.shared.answer_rolled_back(task, outcome);
            return;
        }
        let ended = match task.kind {
            Kind::DryRun => {
                count(&self.shared.counters.dry_runs);
                transaction::discard(connection)
            }
            Kind::Read | Kind::Write => transaction::commit(connection),
        };
        match ended {
            Ok(()) => task.job.answer(),
            Err(error) => task.job.refuse(error.into()),
        }
    }

    /// Begins a transaction; over a new connection when this one turns out to be cut, as nothing was done yet.
    fn begin(&mut self) -> Result<(), String> {
        let mut attempts = 0;
        loop {
            let Some(link) = &mut self.link else { return Err("not connected".into()) };
            let Err(error) = transaction::begin(&mut link.connection) else { return Ok(()) };
            self.put_right();
            attempts += 1;
            if self.link.is_some() || attempts > 1 {
                return Err(error.to_string());
            }
            self.be_connected().map_err(|(reason, _)| reason)?;
        }
    }

    /// Connects, unless it is connected. The error says why not, and after an attempt of its own for how long nobody
    /// should try.
    fn be_connected(&mut self) -> Result<(), (String, Option<Duration>)> {
        self.look_at_link();
        if self.link.is_some() {
            return Ok(());
        }
        let clock = &*self.shared.sources.clock;
        self.gate.enter(clock.monotonic()).map_err(|reason| (reason, None))?;
        let counters = &self.shared.counters;
        match self.connect() {
            Ok(connection) => {
                if self.gate.reached() {
                    tracing::info!(module = self.shared.module(), "the database is back");
                }
                count(&counters.connects);
                counters.connected.fetch_add(1, Relaxed);
                self.link = Some(Link { connection, used: clock.monotonic(), cuts: self.gate.cuts() });
                Ok(())
            }
            Err(reason) => {
                count(&counters.connect_failures);
                let (news, pause) = self.gate.failed(clock.monotonic(), reason.clone());
                let module = self.shared.module();
                if news {
                    tracing::warn!(module, reason, "cannot connect to the database");
                } else {
                    tracing::debug!(module, reason, "still cannot connect to the database");
                }
                Err((reason, Some(pause)))
            }
        }
    }

    fn connect(&self) -> Result<AnyConnection, String> {
        if !self.gate.is_migrated() {
            super::migrate(&self.shared.migrations, &self.shared.settings, &self.shared.secrets)
                .map_err(|error| error.to_string())?;
            self.gate.migrated();
        }
        self.login.connect().map_err(|away| match away {
            Away::ForNow(reason) | Away::UntilSetUp(reason) => reason,
        })
    }

    /// Drops the connection if there is reason to doubt it and it does not answer.
    fn look_at_link(&mut self) {
        let (now, cuts) = (self.shared.sources.clock.monotonic(), self.gate.cuts());
        let Some(link) = &mut self.link else { return };
        let doubtful = link.cuts != cuts || now.since(link.used) >= IDLE_TRUSTED;
        link.used = now;
        link.cuts = cuts;
        if doubtful && link.connection.batch_execute("SELECT 1").is_err() {
            self.disconnect();
        }
    }

    /// Leaves no transaction open, and no connection that cannot be trusted.
    fn put_right(&mut self) {
        if let Some(link) = &mut self.link
            && !transaction::roll_back_to(&mut link.connection, 0)
        {
            self.gate.cut();
            self.disconnect();
        }
    }

    fn disconnect(&mut self) {
        if self.link.take().is_some() {
            self.shared.counters.connected.fetch_sub(1, Relaxed);
        }
    }

    /// While other threads are connected, one that cannot connect must not answer in their place.
    fn let_others_work(&self, pause: Option<Duration>) {
        if self.shared.counters.connected.load(Relaxed) > 0 {
            std::thread::sleep(pause.unwrap_or(IDLE_TRUSTED));
        }
    }
}
