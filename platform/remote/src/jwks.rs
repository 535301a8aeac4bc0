//! Follows the keys that issuers of tokens publish (RFC 7517), so that tokens of others can be verified without asking
//! anybody at a request. What was known last goes on holding while an issuer is away.

mod fetch;
mod settings;
#[cfg(test)]
mod tests;

pub use settings::JwksSettings;

use crate::RemoteError;
use fetch::Source;
use identity::{ClaimVerifier, TokenKeys};
use kernel::{Random, Sources};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The most doublings: beyond, the bound holds in any case.
const DOUBLINGS_MAX: u32 = 20;

/// How the following goes.
#[derive(Debug, Default)]
pub struct JwksFigures {
    /// Looks that brought other keys.
    pub changed: AtomicU64,
    /// Looks that brought the same keys.
    pub unchanged: AtomicU64,
    /// Looks that came to nothing for one issuer or more.
    pub failed: AtomicU64,
}

/// Keeps a verifier up to date. Dropping it ends that; the verifier goes on with what it knows.
pub struct JwksFollower {
    verifier: ClaimVerifier,
    figures: Arc<JwksFigures>,
    looked: watch::Receiver<bool>,
    task: JoinHandle<()>,
}

impl JwksFollower {
    /// Reads the file, if one is named, and starts to ask the issuers, on the tokio runtime that this is called on.
    ///
    /// # Errors
    /// Settings that can never work, and a file that holds no keys.
    pub fn start(settings: &JwksSettings, sources: &Sources) -> Result<Self, RemoteError> {
        settings.check()?;
        let verifier = ClaimVerifier::new(settings.rules());
        let fixed = settings.file_keys()?;
        verifier.publish(fixed.clone());
        let sources_of_keys =
            settings.urls.iter().map(|url| Source::new(settings, url)).collect::<Result<_, _>>()?;
        let figures = Arc::<JwksFigures>::default();
        let (told, looked) = watch::channel(false);
        let follower = Following {
            settings: settings.clone(),
            verifier: verifier.clone(),
            figures: figures.clone(),
            random: sources.random.clone(),
            fixed,
            sources: sources_of_keys,
            failures: 0,
            told,
        };
        Ok(Self { verifier, figures, looked, task: tokio::spawn(follower.run()) })
    }

    /// Verifies by the keys that are known.
    #[must_use]
    pub fn verifier(&self) -> &ClaimVerifier {
        &self.verifier
    }

    /// How it goes.
    #[must_use]
    pub fn figures(&self) -> &Arc<JwksFigures> {
        &self.figures
    }

    /// Waits until every issuer was asked once, whatever came of it.
    pub async fn looked(&self) {
        // An error means that it has ended: then there is nothing to wait for.
        let _ = self.looked.clone().wait_for(|looked| *looked).await;
    }
}

impl Drop for JwksFollower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Following {
    settings: JwksSettings,
    verifier: ClaimVerifier,
    figures: Arc<JwksFigures>,
    random: Arc<dyn Random>,
    /// Of the file.
    fixed: TokenKeys,
    sources: Vec<Source>,
    failures: u32,
    told: watch::Sender<bool>,
}

impl Following {
    async fn run(mut self) {
        while !self.sources.is_empty() {
            let failed = self.look().await;
            self.told.send_replace(true);
            self.failures = if failed { self.failures.saturating_add(1) } else { 0 };
            let pause = self.pause();
            let least = if failed { pause } else { pause.min(self.settings.refresh_min()) };
            tokio::time::sleep(least).await;
            // Sooner when a token names a key that is not known. Whoever sends tokens can name any: hence the least pause.
            let _ = tokio::time::timeout(pause - least, self.verifier.unknown_key()).await;
        }
        self.told.send_replace(true);
    }

    /// Asks every issuer; says whether one of them did not tell its keys.
    async fn look(&mut self) -> bool {
        let mut failed = false;
        let mut keys = self.fixed.clone();
        for source in &mut self.sources {
            failed |= !source.look(&self.settings).await;
            keys = keys.and(source.keys());
        }
        let changed = self.verifier.publish(keys);
        let counter = match (failed, changed) {
            (true, _) => &self.figures.failed,
            (false, true) => &self.figures.changed,
            (false, false) => &self.figures.unchanged,
        };
        counter.fetch_add(1, Relaxed);
        failed
    }

    /// Up to a tenth, or after a failure up to a half, is taken off at random, so that gateways do not ask all at once.
    fn pause(&self) -> Duration {
        let settings = &self.settings;
        let (ms, percent_min) = if self.failures == 0 {
            (settings.refresh_ms, 90)
        } else {
            let doublings = (self.failures - 1).min(DOUBLINGS_MAX);
            let doubled = settings.retry_first_ms.saturating_mul(1 << doublings);
            (doubled.min(settings.retry_max_ms).min(settings.refresh_ms), 50)
        };
        let least = ms.saturating_mul(percent_min) / 100;
        Duration::from_millis(least + self.random.next_u64() % (ms - least + 1))
    }
}
