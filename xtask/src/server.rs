//! A private server: a child process on a free port, asked until it answers, stopped when dropped.

use crate::failure::Failure;
use crate::runner::{Runner, shown};
use kernel::{Deadline, SystemClock};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long a server may take to stop before it is killed.
const STOP_DEADLINE: Duration = Duration::from_secs(10);
/// Between two looks at whether it answers, or has stopped.
const POLL: Duration = Duration::from_millis(50);
/// How long connecting and each step of one question whether it answers may take.
const ASK_DEADLINE: Duration = Duration::from_secs(2);
/// Another program may take the free port first: how often to look for another one.
const ATTEMPTS: u32 = 3;

/// How to start a server, and how to see that it answers.
pub(crate) struct Recipe<'a> {
    /// Its name for people.
    pub(crate) name: &'static str,
    /// What it says goes here.
    pub(crate) log: PathBuf,
    /// How long it may take until it answers.
    pub(crate) start_deadline: Duration,
    /// The signal that asks it to stop at once.
    pub(crate) stop: Signal,
    /// The command that serves on a port of the loopback interface.
    pub(crate) command: &'a dyn Fn(u16) -> Command,
    /// Whether it answers on that port.
    pub(crate) answers: &'a dyn Fn(u16) -> bool,
}

impl Recipe<'_> {
    /// Starts it on a free port and waits until it answers.
    ///
    /// # Errors
    /// With the server's own words, when it does not answer in time.
    pub(crate) fn start(&self, runner: &Runner) -> Result<Server, Failure> {
        for _ in 0..ATTEMPTS {
            let mut server = self.spawn()?;
            if self.waited_for(runner, &mut server)? {
                return Ok(server);
            }
        }
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        Err(Failure::Wanted(format!("the private {} did not start; it said:\n{log}", self.name)))
    }

    /// In a process group of its own: a terminal's interrupt is not for it.
    fn spawn(&self) -> Result<Server, Failure> {
        let log = std::fs::File::create(&self.log).map_err(Failure::file(&self.log))?;
        let errors = log.try_clone().map_err(Failure::file(&self.log))?;
        let port = free_port()?;
        let mut command = (self.command)(port);
        command.stdin(Stdio::null()).stdout(log).stderr(errors).process_group(0);
        let started = command.spawn();
        let child = started.map_err(|source| Failure::Start { command: shown(&command), source })?;
        Ok(Server { child, port, stop: self.stop })
    }

    /// Whether it answers within its deadline; not, as soon as it has exited.
    fn waited_for(&self, runner: &Runner, server: &mut Server) -> Result<bool, Failure> {
        let clock = SystemClock::new();
        let deadline = Deadline::after(&clock, self.start_deadline);
        while !deadline.passed(&clock) && server.runs() {
            runner.go_on()?;
            // Another program may answer where this one found the port taken, and exited.
            if (self.answers)(server.port) && server.runs() {
                return Ok(true);
            }
            std::thread::sleep(POLL);
        }
        Ok(false)
    }
}

/// A running server; asked to stop when dropped, and killed when it does not.
pub(crate) struct Server {
    child: Child,
    port: u16,
    stop: Signal,
}

impl Server {
    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let clock = SystemClock::new();
        let deadline = Deadline::after(&clock, STOP_DEADLINE);
        if self.runs() {
            // It may exit at this very moment; then there is nothing to stop.
            let _ = kill_process(Pid::from_child(&self.child), self.stop);
        }
        while !deadline.passed(&clock) && self.runs() {
            std::thread::sleep(POLL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command that gets `signal` (INT, TERM) when this process is gone without having stopped it; `more` are further
/// arguments of setpriv.
pub(crate) fn ending_with_us(signal: &str, more: &[&str], program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", signal]).args(more).arg("--").arg(program);
    command
}

/// A new folder for a server's files, gone with everything in it when dropped.
pub(crate) fn folder(name: &str) -> Result<tempfile::TempDir, Failure> {
    let folder = tempfile::Builder::new().prefix(&format!("banyan-{name}-")).tempdir();
    folder.map_err(Failure::file(std::env::temp_dir()))
}

/// Whether a server on loopback answers `question` with what begins like `answer`.
pub(crate) fn says(port: u16, question: &[u8], answer: &[u8]) -> bool {
    let asked = || -> std::io::Result<Vec<u8>> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut stream = TcpStream::connect_timeout(&address, ASK_DEADLINE)?;
        stream.set_read_timeout(Some(ASK_DEADLINE))?;
        stream.write_all(question)?;
        let mut said = vec![0; answer.len()];
        stream.read_exact(&mut said)?;
        Ok(said)
    };
    asked().is_ok_and(|said| said == answer)
}

fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(Failure::file("a free port"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe<'a>(
        log: &Path,
        command: &'a dyn Fn(u16) -> Command,
        answers: &'a dyn Fn(u16) -> bool,
    ) -> Recipe<'a> {
        let start_deadline = Duration::from_secs(20);
        Recipe { name: "thing", log: log.join("log"), start_deadline, stop: Signal::TERM, command, answers }
    }

    #[test]
    fn one_that_exits_is_reported_with_what_it_said() {
        let folder = folder("test").unwrap();
        let says = |_| {
            let mut command = Command::new("sh");
            command.args(["-c", "echo no disk >&2; exit 3"]);
            command
        };
        let failure = recipe(folder.path(), &says, &|_| false).start(&Runner::new().unwrap()).err().unwrap();
        assert!(failure.to_string().contains("thing did not start; it said:\nno disk"), "{failure}");
    }

    #[test]
    fn only_the_right_answer_counts() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let peer = std::thread::spawn(move || {
            for answer in ["+PONG\r\n", "-LOADING\r\n", ""] {
                let (mut stream, _) = listener.accept().unwrap();
                stream.read_exact(&mut [0; 4]).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        assert!(says(port, b"PING", b"+PONG"));
        assert!(!says(port, b"PING", b"+PONG"));
        assert!(!says(port, b"PING", b"+PONG"));
        peer.join().unwrap();
        assert!(!says(port, b"PING", b"+PONG"), "nobody listens");
    }

    #[test]
    fn one_that_answers_is_stopped_when_dropped() {
        let folder = folder("test").unwrap();
        let sleeps = |_| {
            let mut command = Command::new("sleep");
            command.arg("1000");
            command
        };
        let server = recipe(folder.path(), &sleeps, &|_| true).start(&Runner::new().unwrap()).unwrap();
        let pid = Pid::from_child(&server.child);
        drop(server);
        assert!(rustix::process::test_kill_process(pid).is_err(), "it still runs");
    }
}
