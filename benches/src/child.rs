//! A child process that says where it listens, is asked to stop when it has been measured, and never outlives this one.

use crate::cores::Cores;
use crate::error::BenchError;
use kernel::{Clock, Deadline, Monotonic, SystemClock};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child as Process, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long it may take to say where it listens.
const START_DEADLINE: Duration = Duration::from_secs(20);
/// How long it may take to exit once it was asked to.
const STOP_DEADLINE: Duration = Duration::from_secs(40);
/// How long a program of others may take to exit before it is killed.
const DISMISS_DEADLINE: Duration = Duration::from_secs(2);
/// How long a command that ends by itself may take.
const COMMAND_DEADLINE: Duration = Duration::from_secs(120);
/// Between two looks at whether it has exited.
const POLL: Duration = Duration::from_millis(2);
/// Lines of standard output that wait to be looked at; later ones are dropped.
const LINES_MAX: usize = 64;
/// How much of what it said last is kept for an error, bytes.
const SAID_MAX_BYTES: usize = 4096;

/// The end of what a process said on standard error.
type Said = Arc<Mutex<Vec<u8>>>;

/// A running child. Dropping it kills it.
pub(crate) struct Child {
    process: Process,
    program: String,
    started: Monotonic,
    output: Receiver<String>,
    said: Said,
}

impl Child {
    /// Starts `command` with its output read by threads of ours, as a collector of logs would.
    pub(crate) fn start(command: &mut Command, clock: &SystemClock) -> Result<Self, BenchError> {
        Self::start_with(command, clock, |command| command.spawn().map_err(BenchError::system("start it")))
    }

    /// The same on the proxy's core, without the threads that read.
    pub(crate) fn start_on_proxy_core(
        command: &mut Command,
        cores: Cores,
        clock: &SystemClock,
    ) -> Result<Self, BenchError> {
        Self::start_with(command, clock, |command| {
            cores.on_proxy_core(|| command.spawn().map_err(BenchError::system("start it")))
        })
    }

    fn start_with(
        command: &mut Command,
        clock: &SystemClock,
        spawn: impl FnOnce(&mut Command) -> Result<Process, BenchError>,
    ) -> Result<Self, BenchError> {
        let program = command.get_program().to_string_lossy();
        let program = program.rsplit('/').next().unwrap_or_default().to_owned();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let started = clock.monotonic();
        let mut process = spawn(command).map_err(|error| {
            let (what, said) = ("did not start".to_owned(), error.to_string());
            BenchError::Child { program: program.clone(), what, said }
        })?;
        let (sender, output) = sync_channel(LINES_MAX);
        if let Some(stream) = process.stdout.take() {
            std::thread::spawn(move || hand_on(stream, &sender));
        }
        let said = Said::default();
        if let Some(stream) = process.stderr.take() {
            let said = said.clone();
            std::thread::spawn(move || keep_end(stream, &said));
        }
        Ok(Self { process, program, started, output, said })
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// When it was started.
    pub(crate) fn started(&self) -> Monotonic {
        self.started
    }

    /// Waits for a line on standard output of which `read` makes something.
    pub(crate) fn wait_for<T>(&mut self, read: impl Fn(&str) -> Option<T>) -> Result<T, BenchError> {
        loop {
            match self.output.recv_timeout(START_DEADLINE) {
                Ok(line) => {
                    if let Some(found) = read(&line) {
                        return Ok(found);
                    }
                }
                Err(_) => return Err(self.failed("did not say where it listens")),
            }
        }
    }

    /// Asks it to finish what is in flight and waits until it has.
    ///
    /// # Errors
    /// When it does not exit in time, or not with 0.
    pub(crate) fn stop(mut self, clock: &SystemClock) -> Result<(), BenchError> {
        kill_process(Pid::from_child(&self.process), Signal::TERM)
            .map_err(BenchError::system(format!("stop {}", self.program)))?;
        self.finish(STOP_DEADLINE, clock)
    }

    /// Asks it to stop, and gives it a moment, whatever it then says of itself: for programs of others.
    pub(crate) fn dismiss(&mut self, clock: &SystemClock) {
        // It may be gone already.
        let _ = kill_process(Pid::from_child(&self.process), Signal::TERM);
        self.exit(DISMISS_DEADLINE, clock);
    }

    /// Runs a command that ends by itself.
    ///
    /// # Errors
    /// With what it said, when it does not succeed.
    pub(crate) fn run(command: &mut Command, clock: &SystemClock) -> Result<(), BenchError> {
        Self::start(command, clock)?.finish(COMMAND_DEADLINE, clock)
    }

    fn finish(&mut self, within: Duration, clock: &SystemClock) -> Result<(), BenchError> {
        match self.exit(within, clock) {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(self.failed(&format!("ended with {status}"))),
            None => Err(self.failed("did not end in time")),
        }
    }

    fn exit(&mut self, within: Duration, clock: &SystemClock) -> Option<ExitStatus> {
        let deadline = Deadline::after(clock, within);
        while !deadline.passed(clock) {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Some(status);
            }
            std::thread::sleep(POLL);
        }
        None
    }

    /// The failure of this program, with what it said last.
    pub(crate) fn failed(&self, what: &str) -> BenchError {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        BenchError::Child {
            program: self.program.clone(),
            what: what.to_owned(),
            said: String::from_utf8_lossy(&said).into_owned(),
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Nothing to be done when it is gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Hands lines on as long as there is room, and reads to the end in any case: the child must never wait.
fn hand_on(stream: impl Read, lines: &SyncSender<String>) {
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        let _ = lines.try_send(line);
    }
}

/// Keeps the last of what comes.
fn keep_end(mut stream: impl Read, said: &Said) {
    let mut chunk = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = stream.read(&mut chunk) {
        let new = chunk.get(..read).unwrap_or_default();
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend_from_slice(new);
        let too_many = said.len().saturating_sub(SAID_MAX_BYTES);
        said.drain(..too_many);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn the_line_that_is_waited_for_is_found_among_others() {
        let clock = SystemClock::new();
        let mut child =
            Child::start(&mut shell("echo one; echo port=7; exec cat /dev/zero"), &clock).unwrap();
        let port: u16 = child.wait_for(|line| line.strip_prefix("port=")?.parse().ok()).unwrap();
        assert_eq!(port, 7);
    }

    #[test]
    fn a_child_that_fails_is_an_error_with_its_own_words() {
        let clock = SystemClock::new();
        let error = Child::run(&mut shell("echo no such port >&2; exit 2"), &clock).unwrap_err().to_string();
        assert!(error.contains("exit status: 2"), "{error}");
        let mut child = Child::start(&mut shell("exit 0"), &clock).unwrap();
        assert!(child.wait_for(|_| Some(())).is_err());
    }

    #[test]
    fn a_child_is_asked_to_stop_and_must_exit_well() {
        let clock = SystemClock::new();
        let start = |script| {
            let mut child = Child::start(&mut shell(script), &clock).unwrap();
            child.wait_for(|line| (line == "ready").then_some(())).unwrap();
            child
        };
        let well = start("trap 'exit 0' TERM; echo ready; while :; do sleep 0.01; done");
        assert!(well.stop(&clock).is_ok());
        let badly = start("trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done");
        assert!(badly.stop(&clock).unwrap_err().to_string().contains("exit status: 3"));
    }
}
