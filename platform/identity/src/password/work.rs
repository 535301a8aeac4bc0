//! What the hashing threads do.

use super::{PasswordError, PasswordOptions};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use kernel::{Deadline, Sources};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// RFC 9106, 3.1: 16 bytes are enough for passwords.
const SALT_BYTES: usize = 16;

type Reply<T> = oneshot::Sender<Result<T, PasswordError>>;

/// A task, and when nobody waits for it any more.
pub(super) struct Job {
    pub(super) deadline: Deadline,
    pub(super) task: Task,
}

/// One password to hash or to check.
pub(super) enum Task {
    Hash { password: Zeroizing<String>, reply: Reply<String> },
    Verify { password: Zeroizing<String>, stored: Option<String>, reply: Reply<bool> },
}

impl Job {
    fn is_wanted(&self, sources: &Sources) -> bool {
        let left = match &self.task {
            Task::Hash { reply, .. } => reply.is_closed(),
            Task::Verify { reply, .. } => reply.is_closed(),
        };
        !left && !self.deadline.passed(&*sources.clock)
    }
}

/// Starts the threads; they end when every sender of `jobs` is gone.
pub(super) fn start(
    jobs: Receiver<Job>,
    sources: &Arc<Sources>,
    options: PasswordOptions,
) -> Result<(), PasswordError> {
    let cost = options.cost;
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None).map_err(PasswordError::Cost)?;
    let jobs = Arc::new(Mutex::new(jobs));
    for number in 0..options.threads.max(1) {
        let (jobs, sources, params) = (Arc::clone(&jobs), Arc::clone(sources), params.clone());
        std::thread::Builder::new()
            .name(format!("password-{number}"))
            .spawn(move || run(&jobs, &sources, &Argon2::new(Algorithm::Argon2id, Version::V0x13, params)))
            .map_err(PasswordError::Threads)?;
    }
    Ok(())
}

fn run(jobs: &Mutex<Receiver<Job>>, sources: &Sources, argon2: &Argon2<'_>) {
    // The lock is held while waiting: one thread waits for the queue, the others for it.
    while let Ok(job) = { jobs.lock().unwrap_or_else(PoisonError::into_inner).recv() } {
        if job.is_wanted(sources) {
            work(job.task, sources, argon2);
        }
    }
}

/// Nobody may be waiting any more, so that a reply that cannot be given is no error.
fn work(task: Task, sources: &Sources, argon2: &Argon2<'_>) {
    match task {
        Task::Hash { password, reply } => {
            let _ = reply.send(hash(&password, sources, argon2));
        }
        Task::Verify { password, stored: Some(stored), reply } => {
            let _ = reply.send(verify(&password, &stored, argon2));
        }
        Task::Verify { password, stored: None, reply } => {
            // As much work as for a user who exists, so that the time tells nothing.
            let _ = reply.send(hash(&password, sources, argon2).map(|_| false));
        }
    }
}

fn hash(password: &str, sources: &Sources, argon2: &Argon2<'_>) -> Result<String, PasswordError> {
    let mut salt = [0; SALT_BYTES];
    sources.random.fill(&mut salt);
    let hash: Result<PasswordHash, Error> = argon2.hash_password_with_salt(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|_| PasswordError::Corrupt)
}

fn verify(password: &str, stored: &str, argon2: &Argon2<'_>) -> Result<bool, PasswordError> {
    let stored = PasswordHash::new(stored).map_err(|_| PasswordError::Corrupt)?;
    match argon2.verify_password(password.as_bytes(), &stored) {
        Ok(()) => Ok(true),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(_) => Err(PasswordError::Corrupt),
    }
}
