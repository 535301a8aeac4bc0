//! People who read the chat without pause, each on a connection of his own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use testkit::Client;
use tokio::task::JoinHandle;

/// How many read at once: few enough that the other side keeps up in a debug build.
const READERS: usize = 4;

/// A request, and the status that it must have.
pub(crate) type Read = (String, u16);

/// Readers under way.
pub(crate) struct Readers {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicUsize>,
    tasks: Vec<JoinHandle<()>>,
}

impl Readers {
    /// Each asks for all of this, again and again.
    pub(crate) fn start(client: &Client, reads: &[Read]) -> Self {
        let (stop, answered) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let read = |_| {
            let (client, reads) = (client.clone(), reads.to_vec());
            let (stop, answered) = (stop.clone(), answered.clone());
            tokio::spawn(async move {
                for (path, status) in reads.iter().cycle() {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let _ = client.get(path).send().await.expect_status(*status);
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            })
        };
        let tasks = (0..READERS).map(read).collect();
        Self { stop, answered, tasks }
    }

    /// Ends it; how many requests were answered, each as it must be.
    pub(crate) async fn stop(self) -> usize {
        self.stop.store(true, Ordering::SeqCst);
        for task in self.tasks {
            task.await.unwrap();
        }
        self.answered.load(Ordering::SeqCst)
    }
}
