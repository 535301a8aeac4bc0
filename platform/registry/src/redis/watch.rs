//! Looks into Redis again and again, and tells the hub.

use super::Line;
use super::hold::Hold;
use crate::RegistryError;
use crate::backoff::Backoff;
use crate::hub::{Hub, Key};
use crate::limits::{REDIS_BACKOFF_MAX, REDIS_READ_ALL_EVERY};
use kernel::{Monotonic, Sources};
use std::sync::Arc;
use std::time::Duration;

/// What the last look came to.
struct Watch {
    line: Line,
    hold: Hold,
    epoch: String,
    version: String,
    /// Whether a look failed since the last one that did not.
    was_away: bool,
    /// When the whole list was read last.
    read_all: Option<Monotonic>,
}

/// Looks every `poll` until it is dropped; less often while Redis is away.
pub(crate) async fn watch(hub: Arc<Hub>, key: Key, line: Line, poll: Duration, sources: Sources) {
    let mut watch = Watch {
        line,
        hold: Hold::default(),
        epoch: String::new(),
        version: String::new(),
        was_away: false,
        read_all: None,
    };
    let mut backoff = Backoff::new(poll.min(REDIS_BACKOFF_MAX), REDIS_BACKOFF_MAX, sources.random.clone());
    loop {
        let pause = match watch.look(&hub, &key, sources.clock.monotonic()).await {
            Ok(()) => {
                backoff.reset();
                poll
            }
            Err(error) => {
                watch.was_away = true;
                hub.failed(&key, &error);
                backoff.pause()
            }
        };
        tokio::time::sleep(pause).await;
    }
}

impl Watch {
    async fn look(&mut self, hub: &Hub, key: &Key, now: Monotonic) -> Result<(), RegistryError> {
        let is_due = self.read_all.is_none_or(|last| now.since(last) >= REDIS_READ_ALL_EVERY);
        let all = is_due || self.was_away;
        let known = if all { ("", "") } else { (self.epoch.as_str(), self.version.as_str()) };
        let listed = self.line.look(known).await?;
        let is_same = !all && listed.epoch == self.epoch && listed.version == self.version;
        if is_same {
            match self.hold.expire(now) {
                true => hub.publish(key, self.hold.services(), 0),
                false => hub.confirmed(key),
            }
            return Ok(());
        }
        let forgot = self.was_away || listed.epoch != self.epoch;
        self.hold.take(listed.instances, forgot, now);
        self.hold.expire(now);
        hub.publish(key, self.hold.services(), listed.refused);
        if all {
            self.read_all = Some(now);
        }
        (self.epoch, self.version, self.was_away) = (listed.epoch, listed.version, false);
        Ok(())
    }
}
