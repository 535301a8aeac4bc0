//! A TCP proxy that cuts or hangs the line to a server, by method calls.

use std::net::{SocketAddr, TcpListener as StdListener};
use std::thread::JoinHandle;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;

/// Bytes taken from one side at a time.
const BUFFER_BYTES: usize = 16 * 1024;
/// Connections that may wait to be accepted.
const BACKLOG: u32 = 128;

/// What happens to bytes and connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Everything passes.
    Passing,
    /// Connections are accepted and kept, and nothing passes.
    Hung,
    /// Connections are closed and new ones refused.
    Cut,
}

/// Where the switch stands.
#[derive(Debug, Clone, Copy)]
struct Switch {
    mode: Mode,
    /// How often the line was cut: a connection of before a cut ends, also when the line was healed at once.
    cuts: u64,
}

/// The line to a server, with a switch in it. Runs on a thread of its own; dropping it cuts the line.
pub struct FaultProxy {
    address: SocketAddr,
    switch: Option<watch::Sender<Switch>>,
    thread: Option<JoinHandle<()>>,
}

impl FaultProxy {
    /// Listens on a free loopback port and passes everything on to `target`.
    ///
    /// # Panics
    /// When no port can be had.
    #[must_use]
    pub fn start(target: SocketAddr) -> Self {
        let listener = StdListener::bind("127.0.0.1:0").expect("a port");
        listener.set_nonblocking(true).expect("a socket");
        let address = listener.local_addr().expect("an address");
        let (sender, switch) = watch::channel(Switch { mode: Mode::Passing, cuts: 0 });
        let thread = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(serve(listener, target, switch));
        });
        Self { address, switch: Some(sender), thread: Some(thread) }
    }

    /// Where to connect instead of to the target.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes all connections, and refuses new ones.
    pub fn cut(&self) {
        self.set(Mode::Cut);
    }

    /// Keeps all connections, accepts new ones, and passes nothing on.
    pub fn hang(&self) {
        self.set(Mode::Hung);
    }

    /// Passes everything on again; what was held back while hung comes first.
    pub fn heal(&self) {
        self.set(Mode::Passing);
    }

    fn set(&self, mode: Mode) {
        if let Some(sender) = &self.switch {
            sender.send_modify(|switch| {
                switch.mode = mode;
                switch.cuts += u64::from(mode == Mode::Cut);
            });
        }
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        drop(self.switch.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Accepts until the switch is gone. While cut there is no listener, so that connecting is refused.
async fn serve(listener: StdListener, target: SocketAddr, mut switch: watch::Receiver<Switch>) {
    let address = listener.local_addr().expect("an address");
    let mut listener = Some(TcpListener::from_std(listener).expect("a listener"));
    loop {
        let now = *switch.borrow_and_update();
        match now.mode {
            Mode::Cut => listener = None,
            Mode::Passing | Mode::Hung if listener.is_none() => listener = Some(listen_again(address)),
            Mode::Passing | Mode::Hung => {}
        }
        tokio::select! {
            changed = switch.changed() => if changed.is_err() { return },
            client = accept(listener.as_ref()) => {
                let line = Line { switch: switch.clone(), cuts: now.cuts };
                tokio::spawn(connect(client, target, line));
            }
        }
    }
}

/// The same port again: connections of before may still linger on it.
fn listen_again(address: SocketAddr) -> TcpListener {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("an option");
    socket.bind(address).expect("the port of before");
    socket.listen(BACKLOG).expect("a listener")
}

/// The next client; never, while there is no listener.
async fn accept(listener: Option<&TcpListener>) -> TcpStream {
    if let Some(listener) = listener
        && let Ok((client, _)) = listener.accept().await
    {
        return client;
    }
    std::future::pending().await
}

/// The switch as one connection sees it.
#[derive(Clone)]
struct Line {
    switch: watch::Receiver<Switch>,
    /// The cuts before this connection was made.
    cuts: u64,
}

impl Line {
    /// Waits while the line hangs; whether it passes afterwards.
    async fn open(&mut self) -> bool {
        let cuts = self.cuts;
        let stands = self.switch.wait_for(|switch| switch.mode != Mode::Hung || switch.cuts != cuts).await;
        stands.is_ok_and(|switch| switch.mode == Mode::Passing && switch.cuts == cuts)
    }
}

/// Carries one connection both ways until one side closes or the line is cut.
async fn connect(client: TcpStream, target: SocketAddr, mut line: Line) {
    if !line.open().await {
        return;
    }
    let Ok(server) = TcpStream::connect(target).await else { return };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = carry(from_client, to_server, line.clone()) => {}
        () = carry(from_server, to_client, line) => {}
    }
}

/// Carries one direction.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut line: Line) {
    let mut buffer = vec![0; BUFFER_BYTES];
    while line.open().await {
        let read = tokio::select! {
            read = from.read(&mut buffer) => read,
            _ = line.switch.changed() => continue,
        };
        let Some(bytes) = read.ok().filter(|count| *count > 0).and_then(|count| buffer.get(..count)) else {
            return;
        };
        if !line.open().await || to.write_all(bytes).await.is_err() {
            return;
        }
    }
}
