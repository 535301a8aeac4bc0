//! What the hashing threads do.

use super::memory::Memory;
use super::{PasswordError, PasswordOptions};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
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
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(Params::DEFAULT_OUTPUT_LEN))
        .map_err(PasswordError::Cost)?;
    let jobs = Arc::new(Mutex::new(jobs));
    for number in 0..options.threads.max(1) {
        let jobs = Arc::clone(&jobs);
        let mut worker =
            Worker { sources: Arc::clone(sources), params: params.clone(), memory: Memory::default() };
        std::thread::Builder::new()
            .name(format!("password-{number}"))
            .spawn(move || worker.run(&jobs))
            .map_err(PasswordError::Threads)?;
    }
    Ok(())
}

struct Worker {
    sources: Arc<Sources>,
    /// What new hashes cost.
    params: Params,
    memory: Memory,
}

impl Worker {
    fn run(&mut self, jobs: &Mutex<Receiver<Job>>) {
        while let Some(job) = self.next(jobs) {
            if job.is_wanted(&self.sources) {
                self.work(job.task);
            }
        }
    }

    /// The next job, or `None` when there will be no more. Who has to wait for it gives the memory back before.
    fn next(&mut self, jobs: &Mutex<Receiver<Job>>) -> Option<Job> {
        if let Ok(jobs) = jobs.try_lock()
            && let Ok(job) = jobs.try_recv()
        {
            return Some(job);
        }
        self.memory.release();
        // The lock is held while waiting: one thread waits for the queue, the others for the lock.
        jobs.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
    }

    /// Nobody may be waiting any more, so that a reply that cannot be given is no error.
    fn work(&mut self, task: Task) {
        match task {
            Task::Hash { password, reply } => {
                let _ = reply.send(self.hash(&password));
            }
            Task::Verify { password, stored: Some(stored), reply } => {
                let _ = reply.send(self.verify(&password, &stored));
            }
            Task::Verify { password, stored: None, reply } => {
                // As much work as for a user who exists, so that the time tells nothing.
                let _ = reply.send(self.hash(&password).map(|_| false));
            }
        }
    }

    fn hash(&mut self, password: &str) -> Result<String, PasswordError> {
        let mut salt = [0; SALT_BYTES];
        self.sources.random.fill(&mut salt);
        let mut output = [0; Params::DEFAULT_OUTPUT_LEN];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        self.digest(&argon2, password, &salt, &mut output)?;
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params).map_err(|_| PasswordError::Corrupt)?,
            salt: Some(Salt::new(&salt).map_err(|_| PasswordError::Corrupt)?),
            hash: Some(Output::new(&output).map_err(|_| PasswordError::Corrupt)?),
        };
        Ok(hash.to_string())
    }

    fn verify(&mut self, password: &str, stored: &str) -> Result<bool, PasswordError> {
        let Stored { argon2, salt, expected } = Stored::read(stored).ok_or(PasswordError::Corrupt)?;
        let mut output = [0; Output::MAX_LENGTH];
        let output = output.get_mut(..expected.len()).ok_or(PasswordError::Corrupt)?;
        self.digest(&argon2, password, &salt, output)?;
        Ok(crate::same_secret(output, expected.as_bytes()))
    }

    fn digest(
        &mut self,
        argon2: &Argon2<'_>,
        password: &str,
        salt: &[u8],
        output: &mut [u8],
    ) -> Result<(), PasswordError> {
        let memory = self.memory.blocks(argon2.params().block_count());
        argon2
            .hash_password_into_with_memory(password.as_bytes(), salt, output, memory)
            .map_err(|_| PasswordError::Corrupt)
    }
}

/// A stored hash, with the cost that it was made at.
struct Stored {
    argon2: Argon2<'static>,
    salt: Salt,
    expected: Output,
}

impl Stored {
    fn read(text: &str) -> Option<Self> {
        let hash = PasswordHash::new(text).ok()?;
        let algorithm = Algorithm::try_from(hash.algorithm.as_str()).ok()?;
        let version = hash.version.map_or(Ok(Version::default()), Version::try_from).ok()?;
        let argon2 = Argon2::new(algorithm, version, Params::try_from(&hash).ok()?);
        Some(Self { argon2, salt: hash.salt?, expected: hash.hash? })
    }
}
