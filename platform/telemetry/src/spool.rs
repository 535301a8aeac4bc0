//! Access lines on their way out: each worker writes into a buffer of its own, and one thread empties all of them, some
//! times a second or as soon as one is well filled. A request pays for a copy, not for waking a thread.

use std::io::{self, Write};
use std::mem;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a line waits at most for others to be written with it.
const GATHER: Duration = Duration::from_millis(100);
/// A buffer that holds so much is written at once, bytes.
const WELL_FILLED_BYTES: usize = 64 * 1024;
/// Buffers that have grown beyond this are given back to the system, bytes.
const KEEP_BYTES: usize = 256 * 1024;

/// The thread and the buffers that it empties. When it is dropped, what waits is written.
pub(crate) struct Spool {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// One worker's buffer.
pub(crate) struct Lines {
    shared: Arc<Shared>,
    pending: Arc<Mutex<Vec<u8>>>,
}

/// What the workers and the thread share.
pub(crate) struct Shared {
    bell: Mutex<Bell>,
    rung: Condvar,
    dropped: AtomicU64,
    buffer_max_bytes: usize,
}

struct Bell {
    call: Call,
    buffers: Vec<Arc<Mutex<Vec<u8>>>>,
}

/// What the thread is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Call {
    Wait,
    /// There is something to be written, soon.
    Gather,
    WriteNow,
    End,
}

impl Spool {
    /// Starts the thread. Each buffer takes `buffer_max_bytes`; a line that does not fit is dropped and counted.
    pub(crate) fn start(buffer_max_bytes: usize, sink: impl Write + Send + 'static) -> io::Result<Self> {
        let bell = Mutex::new(Bell { call: Call::Wait, buffers: Vec::new() });
        let shared =
            Arc::new(Shared { bell, rung: Condvar::new(), dropped: AtomicU64::new(0), buffer_max_bytes });
        let of_thread = shared.clone();
        let thread =
            thread::Builder::new().name("access-log".to_owned()).spawn(move || of_thread.write_all(sink))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    pub(crate) fn shared(&self) -> Arc<Shared> {
        self.shared.clone()
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.shared.ring(Call::End);
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// A buffer for one worker.
    pub(crate) fn lines(self: &Arc<Self>) -> Lines {
        let pending = Arc::<Mutex<Vec<u8>>>::default();
        lock(&self.bell).buffers.push(pending.clone());
        Lines { shared: self.clone(), pending }
    }

    /// Lines that found their buffer full.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Relaxed)
    }

    fn ring(&self, call: Call) {
        let mut bell = lock(&self.bell);
        if call > bell.call {
            bell.call = call;
            self.rung.notify_one();
        }
    }

    /// The thread.
    fn write_all(&self, mut sink: impl Write) {
        let mut text = Vec::new();
        loop {
            let (buffers, call) = self.wait();
            for buffer in &buffers {
                mem::swap(&mut *lock(buffer), &mut text);
                // What cannot be written has nobody else to be told to.
                let _ = sink.write_all(&text).and_then(|()| sink.flush());
                text.clear();
                text.shrink_to(KEEP_BYTES);
            }
            if call == Call::End {
                return;
            }
        }
    }

    /// Waits until something is to be written; gives the buffers. Those of workers that are gone come a last time.
    fn wait(&self) -> (Vec<Arc<Mutex<Vec<u8>>>>, Call) {
        let bell = self.rung.wait_while(lock(&self.bell), |bell| bell.call == Call::Wait);
        let bell = bell.unwrap_or_else(PoisonError::into_inner);
        let waited = self.rung.wait_timeout_while(bell, GATHER, |bell| bell.call == Call::Gather);
        let (mut bell, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let call = mem::replace(&mut bell.call, Call::Wait);
        let buffers = bell.buffers.clone();
        bell.buffers.retain(|buffer| Arc::strong_count(buffer) > 2);
        (buffers, call)
    }
}

impl Lines {
    /// Appends what `write` writes, which is one line.
    pub(crate) fn push(&self, write: impl FnOnce(&mut Vec<u8>)) {
        let mut pending = lock(&self.pending);
        let before = pending.len();
        write(&mut pending);
        let after = pending.len();
        if after > self.shared.buffer_max_bytes {
            pending.truncate(before);
            self.shared.dropped.fetch_add(1, Relaxed);
            return;
        }
        drop(pending);
        if before == 0 {
            self.shared.ring(Call::Gather);
        } else if before < WELL_FILLED_BYTES && after >= WELL_FILLED_BYTES {
            self.shared.ring(Call::WriteNow);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    /// Says what it is given, and then stays in the call until it may leave.
    struct Held {
        written: SyncSender<Vec<u8>>,
        may_leave: Receiver<()>,
    }

    impl Write for Held {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.written.send(bytes.to_vec());
            let _ = self.may_leave.recv();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn spool(buffer_max_bytes: usize) -> (Spool, Receiver<Vec<u8>>, SyncSender<()>) {
        let ((written, seen), (let_go, may_leave)) = (sync_channel(100), sync_channel(100));
        let spool = Spool::start(buffer_max_bytes, Held { written, may_leave }).unwrap();
        (spool, seen, let_go)
    }

    fn write(lines: &Lines, line: &str) {
        lines.push(|out| out.extend_from_slice(line.as_bytes()));
    }

    fn all(seen: &Receiver<Vec<u8>>) -> String {
        String::from_utf8(seen.try_iter().flatten().collect()).unwrap()
    }

    #[test]
    fn lines_of_all_workers_come_out_whole_and_in_their_order() {
        let (spool, seen, let_go) = spool(1 << 20);
        drop(let_go);
        let shared = spool.shared();
        let workers = (0..4).map(|worker| {
            let lines = shared.lines();
            thread::spawn(move || (0..5_000).for_each(|line| write(&lines, &format!("{worker} {line}\n"))))
        });
        workers.collect::<Vec<_>>().into_iter().for_each(|worker| worker.join().unwrap());
        drop(spool);
        let text = all(&seen);
        for worker in 0..4 {
            let prefix = format!("{worker} ");
            let lines = text.lines().filter_map(|line| line.strip_prefix(&prefix)?.parse::<u32>().ok());
            assert!(lines.eq(0..5_000), "of worker {worker}");
        }
        assert_eq!(text.lines().count(), 20_000);
        assert_eq!(shared.dropped(), 0);
    }

    #[test]
    fn a_line_alone_comes_out_without_another() {
        let (spool, seen, let_go) = spool(1 << 20);
        let lines = spool.shared().lines();
        for line in ["first\n", "second\n"] {
            write(&lines, line);
            assert_eq!(seen.recv().unwrap(), line.as_bytes());
            let_go.send(()).unwrap();
        }
    }

    #[test]
    fn what_does_not_fit_while_nobody_reads_is_dropped_whole_and_counted() {
        let (spool, seen, let_go) = spool(10);
        let shared = spool.shared();
        let lines = shared.lines();
        write(&lines, "under way\n");
        assert_eq!(seen.recv().unwrap(), b"under way\n");
        ["12345\n", "123\n", "1\n", "too long\n"].iter().for_each(|line| write(&lines, line));
        assert_eq!(shared.dropped(), 2);
        drop(let_go);
        drop(spool);
        assert_eq!(all(&seen), "12345\n123\n");
    }

    #[test]
    fn the_last_lines_of_a_worker_that_ends_are_written_and_its_buffer_is_forgotten() {
        let (spool, seen, let_go) = spool(1 << 20);
        let shared = spool.shared();
        let lines = shared.lines();
        write(&lines, "last\n");
        drop(lines);
        assert_eq!(seen.recv().unwrap(), b"last\n");
        let others = shared.lines();
        write(&others, "other\n");
        let_go.send(()).unwrap();
        assert_eq!(seen.recv().unwrap(), b"other\n");
        assert_eq!(lock(&shared.bell).buffers.len(), 1);
    }
}
