//! A child process with what it says captured, that does not outlive its test.

use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::watch;

/// The lines of one stream, as far as they have come.
#[derive(Clone)]
struct Lines {
    text: Arc<Mutex<Vec<String>>>,
    /// How many there are; closed when the stream has ended.
    count: watch::Receiver<usize>,
}

impl Lines {
    /// Reads `stream` to its end on a thread of its own, so that the child never waits for its reader.
    fn follow(stream: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let (sender, count) = watch::channel(0);
        let kept = text.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                kept.lock().unwrap().push(String::from_utf8_lossy(&line).into_owned());
                sender.send_modify(|count| *count += 1);
            }
        });
        Self { text, count }
    }

    fn all(&self) -> Vec<String> {
        self.text.lock().unwrap().clone()
    }

    /// The first line that `wanted` accepts; `None` when the stream ended without it.
    async fn first(&self, wanted: impl Fn(&str) -> bool) -> Option<String> {
        let mut count = self.count.clone();
        loop {
            let open = count.has_changed().is_ok();
            count.mark_unchanged();
            if let Some(line) = self.all().into_iter().find(|line| wanted(line)) {
                return Some(line);
            }
            if !open || count.changed().await.is_err() {
                return self.all().into_iter().find(|line| wanted(line));
            }
        }
    }

    /// Waits for the end of the stream.
    async fn ended(&self) {
        let mut count = self.count.clone();
        while count.changed().await.is_ok() {}
    }
}

/// A running child. Dropping it kills it (SIGKILL) and waits until it is gone.
pub struct Process {
    pid: Pid,
    output: Lines,
    errors: Lines,
    exit: watch::Receiver<Option<ExitStatus>>,
    reaper: Option<JoinHandle<()>>,
}

impl Process {
    /// Starts `command` with nothing on its standard input.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", command.get_program().display()));
        let output = Lines::follow(child.stdout.take().expect("piped"));
        let errors = Lines::follow(child.stderr.take().expect("piped"));
        let pid = Pid::from_child(&child);
        let (sender, exit) = watch::channel(None);
        let reaper = std::thread::spawn(move || {
            let status = child.wait().expect("a child of ours");
            sender.send_replace(Some(status));
        });
        Self { pid, output, errors, exit, reaper: Some(reaper) }
    }

    /// What came on standard output so far, without line ends.
    #[must_use]
    pub fn stdout(&self) -> Vec<String> {
        self.output.all()
    }

    /// What came on standard error so far, without line ends.
    #[must_use]
    pub fn stderr(&self) -> Vec<String> {
        self.errors.all()
    }

    /// The first line on standard output that `wanted` accepts, already there or still to come.
    ///
    /// # Panics
    /// With everything on standard error, when none came within `deadline` or before the stream ended.
    pub async fn stdout_line(&self, deadline: Duration, wanted: impl Fn(&str) -> bool) -> String {
        let line = tokio::time::timeout(deadline, self.output.first(wanted)).await;
        line.ok().flatten().unwrap_or_else(|| self.fail("the expected line on standard output", deadline))
    }

    /// The first line on standard error that `wanted` accepts, already there or still to come.
    ///
    /// # Panics
    /// As [`Process::stdout_line`].
    pub async fn stderr_line(&self, deadline: Duration, wanted: impl Fn(&str) -> bool) -> String {
        let line = tokio::time::timeout(deadline, self.errors.first(wanted)).await;
        line.ok().flatten().unwrap_or_else(|| self.fail("the expected line on standard error", deadline))
    }

    /// Waits until it has exited and everything it said is here.
    ///
    /// # Panics
    /// When it still runs after `deadline`.
    pub async fn wait(&self, deadline: Duration) -> ExitStatus {
        let mut exit = self.exit.clone();
        let wait = async {
            let status = exit.wait_for(Option::is_some).await.expect("the reaper reports").expect("some");
            self.output.ended().await;
            self.errors.ended().await;
            status
        };
        let status = tokio::time::timeout(deadline, wait).await;
        status.unwrap_or_else(|_| self.fail("the end of the process", deadline))
    }

    /// Whether it has not exited yet.
    #[must_use]
    pub fn running(&self) -> bool {
        self.exit.borrow().is_none()
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// SIGTERM: asks it to finish.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// SIGKILL: it gets no chance to finish anything.
    pub fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        if self.running() {
            // It may exit at this very moment, and then there is nobody to tell.
            let _ = kill_process(self.pid, signal);
        }
    }

    fn fail(&self, awaited: &str, deadline: Duration) -> ! {
        let state = if self.running() { "it still runs" } else { "it has exited" };
        panic!(
            "{awaited} did not come within {deadline:?} ({state})\n-- standard output --\n{}\n-- standard error --\n{}",
            self.stdout().join("\n"),
            self.stderr().join("\n")
        )
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if let Some(reaper) = self.reaper.take() {
            let _ = reaper.join();
        }
    }
}
