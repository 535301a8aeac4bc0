//! Runs commands so that none outlives the chore: each in a process group of its own, ended on SIGINT and SIGTERM.

use crate::failure::Failure;
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What runs, and whether a signal came.
#[derive(Default)]
struct State {
    running: Vec<Pid>,
    signals: u32,
}

/// Runs commands, one after the other.
pub(crate) struct Runner {
    state: Arc<Mutex<State>>,
}

impl Runner {
    /// Takes over SIGINT and SIGTERM: the running command is asked to end, and ended at the second signal.
    ///
    /// # Errors
    /// [`Failure::Setup`] when the system allows no handlers.
    pub(crate) fn new() -> Result<Self, Failure> {
        let state = Arc::new(Mutex::new(State::default()));
        let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(|error| Failure::Setup(error.into()))?;
        let shared = state.clone();
        std::thread::spawn(move || {
            for _ in signals.forever() {
                interrupt(&mut lock(&shared));
            }
        });
        Ok(Self { state })
    }

    /// Runs a command to its end; what it says goes to the terminal.
    ///
    /// # Errors
    /// When it cannot be started, does not succeed, or a signal came.
    pub(crate) fn run(&self, command: &mut Command) -> Result<(), Failure> {
        self.output(command).map(drop)
    }

    /// Runs a command to its end; what it says on standard output is the answer.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub(crate) fn read(&self, command: &mut Command) -> Result<String, Failure> {
        let said = self.output(command.stdout(Stdio::piped()))?;
        Ok(String::from_utf8_lossy(&said).into_owned())
    }

    /// To be asked wherever something is waited for.
    ///
    /// # Errors
    /// [`Failure::Interrupted`] once a signal came.
    pub(crate) fn go_on(&self) -> Result<(), Failure> {
        if lock(&self.state).signals > 0 { Err(Failure::Interrupted) } else { Ok(()) }
    }

    /// Whether a command can be started and succeeds; what it says is dropped.
    pub(crate) fn succeeds(&self, command: &mut Command) -> bool {
        let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
        self.output(quiet).is_ok()
    }

    /// Runs a command to its end, and gives what it said on standard output where that is piped.
    fn output(&self, command: &mut Command) -> Result<Vec<u8>, Failure> {
        let started = self.start(command.stdin(Stdio::null()).process_group(0));
        let failed = |source| Failure::Start { command: shown(command), source };
        let child = started.map_err(failed)??;
        let pid = Pid::from_child(&child);
        let ended = child.wait_with_output();
        let mut state = lock(&self.state);
        state.running.retain(|running| *running != pid);
        if state.signals > 0 {
            return Err(Failure::Interrupted);
        }
        let Output { status, stdout, .. } = ended.map_err(failed)?;
        if status.success() { Ok(stdout) } else { Err(Failure::Command { command: shown(command), status }) }
    }

    /// Starts under the lock, so that a signal sees either no child or a child it can end.
    fn start(&self, command: &mut Command) -> std::io::Result<Result<Child, Failure>> {
        let mut state = lock(&self.state);
        if state.signals > 0 {
            return Ok(Err(Failure::Interrupted));
        }
        let child = command.spawn()?;
        state.running.push(Pid::from_child(&child));
        Ok(Ok(child))
    }
}

/// The first signal asks, the next one does not.
fn interrupt(state: &mut State) {
    state.signals += 1;
    let signal = if state.signals == 1 { Signal::TERM } else { Signal::KILL };
    for group in &state.running {
        // The group may have ended at this very moment.
        let _ = kill_process_group(*group, signal);
    }
}

/// Nothing is left half done under this lock, so a panic elsewhere does not matter.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
