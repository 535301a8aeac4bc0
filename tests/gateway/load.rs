//! Clients on keep-alive connections that ask without pause, and note who answered and what was lost.

use crate::kit::side;
use blackbox::SOON;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::{Answer, Call, Client, eventually};
use tokio::task::JoinHandle;

/// Between two requests of one client: bounds the load.
const PACE: Duration = Duration::from_millis(10);

#[derive(Default)]
struct Notes {
    sides: BTreeMap<String, usize>,
    lost: Vec<String>,
}

impl Notes {
    fn take<E: std::fmt::Debug>(&mut self, answer: Result<Answer, E>, wanted: u16) {
        match answer {
            Ok(answer) if answer.status == wanted => *self.sides.entry(side(&answer)).or_default() += 1,
            Ok(answer) => self.lost.push(format!("{} {}", answer.status, answer.text())),
            Err(error) => self.lost.push(format!("{error:?}")),
        }
    }
}

/// Clients under way.
pub(crate) struct Load {
    notes: Arc<Mutex<Notes>>,
    stop: Arc<AtomicBool>,
    clients: Vec<JoinHandle<()>>,
}

impl Load {
    pub(crate) fn new() -> Self {
        Self { notes: Arc::default(), stop: Arc::default(), clients: Vec::new() }
    }

    /// One more client, whose `number`th request is `call`; anything but `status` is a loss.
    pub(crate) fn client(
        &mut self,
        client: Client,
        status: u16,
        call: impl Fn(&Client, usize) -> Call + Send + 'static,
    ) {
        let (notes, stop) = (self.notes.clone(), self.stop.clone());
        self.clients.push(tokio::spawn(async move {
            for number in 0.. {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let answer = call(&client, number).try_send().await;
                notes.lock().unwrap().take(answer, status);
                tokio::time::sleep(PACE).await;
            }
        }));
    }

    /// What each side has answered so far.
    pub(crate) fn sides(&self) -> BTreeMap<String, usize> {
        self.notes.lock().unwrap().sides.clone()
    }

    /// Waits for `count` more answers; what each side gave of them.
    pub(crate) async fn more(&self, count: usize) -> BTreeMap<String, usize> {
        let before = self.sides();
        let grown = |now: BTreeMap<String, usize>| -> BTreeMap<String, usize> {
            let more = now.into_iter().map(|(side, n)| (side.clone(), n - before.get(&side).unwrap_or(&0)));
            more.filter(|(_, n)| *n > 0).collect()
        };
        eventually("more answers", SOON, async || {
            let more = grown(self.sides());
            (more.values().sum::<usize>() >= count).then_some(more)
        })
        .await
    }

    /// Waits until `count` answers in a row came from sides that `wanted` accepts, and no other.
    pub(crate) async fn only(&self, count: usize, wanted: impl Fn(&str) -> bool) {
        eventually("one side alone", SOON, async || {
            self.more(count).await.keys().all(|side| wanted(side)).then_some(())
        })
        .await;
    }

    /// Ends it; how many were answered. None may be lost.
    pub(crate) async fn stop(self) -> usize {
        self.stop.store(true, Ordering::SeqCst);
        for client in self.clients {
            client.await.unwrap();
        }
        let notes = self.notes.lock().unwrap();
        assert!(notes.lost.is_empty(), "{} lost, such as {:?}", notes.lost.len(), notes.lost.first());
        notes.sides.values().sum()
    }
}
