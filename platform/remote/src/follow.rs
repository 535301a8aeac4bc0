//! Follows the keys and revocations of the process that signs tokens. What was known last goes on holding while it is
//! away: tokens verify, and revoked ones stay revoked.

use crate::{Client, RemoteError};
use host::{Job, PUBLISHED_PATH};
use identity::{Verifier, VerifierState};
use reqwest::StatusCode;
use reqwest::header::{ETAG, HeaderValue, IF_NONE_MATCH};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Keeps a verifier up to date from another process.
pub struct IdentityFollower {
    client: Client,
    verifier: Verifier,
    /// The tag of what was published last. Only the job takes this lock.
    tag: Mutex<Option<HeaderValue>>,
}

impl IdentityFollower {
    /// Will keep this verifier up to date.
    #[must_use]
    pub fn new(client: Client, verifier: Verifier) -> Arc<Self> {
        Arc::new(Self { client, verifier, tag: Mutex::new(None) })
    }

    /// Looks once; `true` when there was something new.
    ///
    /// # Errors
    /// [`RemoteError`] when there was no answer that can be used; then nothing changed.
    pub async fn look(&self) -> Result<bool, RemoteError> {
        let mut tag = self.tag.lock().await;
        let mut request = self.client.get(PUBLISHED_PATH);
        if let Some(tag) = &*tag {
            request = request.header(IF_NONE_MATCH, tag);
        }
        let response = self.client.send(request).await?;
        if response.status() == StatusCode::NOT_MODIFIED {
            return Ok(false);
        }
        let new_tag = response.headers().get(ETAG).cloned();
        let body = self.client.body(response).await?;
        self.verifier.publish(VerifierState::from_published(&body)?);
        *tag = new_tag;
        Ok(true)
    }

    /// The looking, as a job.
    #[must_use]
    pub fn job(self: &Arc<Self>) -> Job {
        let (follower, every) = (self.clone(), self.client.follow_every());
        let run = move |_| -> host::JobFuture {
            let follower = follower.clone();
            Box::pin(async move { Ok(follower.look().await.map(drop)?) })
        };
        Job { name: "identity.follow", every, run: Arc::new(run) }
    }
}
