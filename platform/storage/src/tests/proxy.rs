//! A TCP proxy that a test can cut or freeze: a database that goes away, or accepts and never answers.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// Passes everything on.
    Whole,
    /// Closes what is open, and what comes.
    Cut,
    /// Keeps what is open, takes what comes, and passes nothing on.
    Frozen,
}

struct State {
    line: Line,
    open: Vec<TcpStream>,
}

/// A proxy in front of a server. Its threads end with the connections.
pub(super) struct Proxy {
    pub(super) port: u16,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Proxy {
    pub(super) fn start(server: (String, u16), line: Line) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new((Mutex::new(State { line, open: Vec::new() }), Condvar::new()));
        let shared = state.clone();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                accept(client.unwrap(), &server, &shared);
            }
        });
        Self { port, state }
    }

    pub(super) fn turn(&self, line: Line) {
        let mut state = self.state.0.lock().unwrap();
        state.line = line;
        if line == Line::Cut {
            for stream in state.open.drain(..) {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
        self.state.1.notify_all();
    }
}

fn accept(client: TcpStream, server: &(String, u16), shared: &Arc<(Mutex<State>, Condvar)>) {
    let mut state = shared.0.lock().unwrap();
    if state.line == Line::Cut {
        return;
    }
    let upstream = TcpStream::connect((server.0.as_str(), server.1)).unwrap();
    for (from, to) in [(&client, &upstream), (&upstream, &client)] {
        let (from, to, shared) = (from.try_clone().unwrap(), to.try_clone().unwrap(), shared.clone());
        std::thread::spawn(move || pass_on(from, to, &shared));
    }
    state.open.extend([client, upstream]);
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, shared: &(Mutex<State>, Condvar)) {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        let state = shared.0.lock().unwrap();
        drop(shared.1.wait_while(state, |state| state.line == Line::Frozen).unwrap());
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}
