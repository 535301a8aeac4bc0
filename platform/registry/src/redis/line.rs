//! The calls to Redis: three scripts over one connection, which is made again after every error.

use super::keys::member;
use super::listed::{Listed, value};
use super::{Keys, RedisUrl};
use crate::RegistryError;
use crate::instance::Checked;
use crate::limits::{REDIS_ANSWER_TIMEOUT, REDIS_CONNECT_TIMEOUT, REDIS_DIRECTORY_TTL, REDIS_INSTANCES_MAX};
use kernel::Random;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, FromRedisValue, Script, ScriptInvocation};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

static LOOK: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("look.lua")));
static ANNOUNCE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("announce.lua")));
static LEAVE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("leave.lua")));

/// For one call in all: connecting, the script's hash, the script itself.
const CALL_TIMEOUT: Duration = REDIS_CONNECT_TIMEOUT.saturating_add(REDIS_ANSWER_TIMEOUT);

/// The line to a Redis. For one user at a time.
pub(crate) struct Line {
    client: redis::Client,
    connection: Option<MultiplexedConnection>,
    keys: Keys,
    random: Arc<dyn Random>,
}

impl Line {
    /// Nothing is connected yet.
    ///
    /// # Errors
    /// [`RegistryError::Redis`] or [`RegistryError::Setting`] for a URL or a prefix that cannot be.
    pub(crate) fn new(url: &RedisUrl, prefix: &str, random: Arc<dyn Random>) -> Result<Self, RegistryError> {
        Ok(Self { client: url.client()?, connection: None, keys: Keys::new(prefix)?, random })
    }

    /// What is there; without instances when epoch and version are the `known` ones.
    pub(super) async fn look(&mut self, known: (&str, &str)) -> Result<Listed, RegistryError> {
        let mut call = LOOK.key(&self.keys.index);
        call.key(&self.keys.meta).arg(known.0).arg(known.1).arg(&self.keys.instances);
        call.arg(self.epoch()).arg(millis(REDIS_DIRECTORY_TTL)).arg(REDIS_INSTANCES_MAX);
        self.call::<Vec<Vec<u8>>>(&call).await.map(Listed::read)
    }

    /// Makes an instance known, or lets it live on.
    ///
    /// # Errors
    /// [`RegistryError::Full`], [`RegistryError::Redis`] or [`RegistryError::TimedOut`].
    pub(crate) async fn announce(&mut self, service: &str, checked: &Checked) -> Result<(), RegistryError> {
        let member = member(service, &checked.id);
        let mut call = ANNOUNCE.key(&self.keys.index);
        call.key(&self.keys.meta).key(format!("{}{member}", self.keys.instances));
        call.arg(member).arg(value(checked)).arg(millis(checked.ttl));
        call.arg(self.epoch()).arg(millis(REDIS_DIRECTORY_TTL)).arg(REDIS_INSTANCES_MAX);
        match self.call::<bool>(&call).await? {
            true => Ok(()),
            false => Err(RegistryError::Full { what: "instances", max: REDIS_INSTANCES_MAX }),
        }
    }

    /// Takes an instance out; one that is not there, or runs elsewhere by now, is left alone.
    ///
    /// # Errors
    /// [`RegistryError::Redis`] or [`RegistryError::TimedOut`].
    pub(crate) async fn leave(&mut self, service: &str, checked: &Checked) -> Result<(), RegistryError> {
        let member = member(service, &checked.id);
        let mut call = LEAVE.key(&self.keys.index);
        call.key(&self.keys.meta).key(format!("{}{member}", self.keys.instances));
        call.arg(member).arg(value(checked));
        self.call::<bool>(&call).await.map(|_| ())
    }

    /// Calls a script. A connection that was idle may have been closed by the other side: such a call is made once
    /// more over a new one, which is harmless, since each script may be called any number of times.
    async fn call<T: FromRedisValue>(&mut self, call: &ScriptInvocation<'_>) -> Result<T, RegistryError> {
        let reused = self.connection.is_some();
        match self.call_once(call).await {
            Err(RegistryError::Redis(error)) if reused && error.is_connection_dropped() => {
                self.call_once(call).await
            }
            answer => answer,
        }
    }

    async fn call_once<T: FromRedisValue>(
        &mut self,
        call: &ScriptInvocation<'_>,
    ) -> Result<T, RegistryError> {
        let answer = tokio::time::timeout(CALL_TIMEOUT, async {
            // Taken out, so that it is gone after an error, and after a time-out in the middle of an answer.
            let mut connection = match self.connection.take() {
                Some(connection) => connection,
                None => connect(&self.client).await?,
            };
            let answer = call.invoke_async(&mut connection).await?;
            self.connection = Some(connection);
            Ok(answer)
        });
        let within_ms = CALL_TIMEOUT.as_millis();
        answer.await.unwrap_or(Err(RegistryError::TimedOut { what: "a call to Redis", within_ms }))
    }

    /// Random, for the case that there is no meta yet.
    fn epoch(&self) -> String {
        format!("{:016x}", self.random.next_u64())
    }
}

async fn connect(client: &redis::Client) -> Result<MultiplexedConnection, RegistryError> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(REDIS_CONNECT_TIMEOUT))
        .set_response_timeout(Some(REDIS_ANSWER_TIMEOUT));
    Ok(client.get_multiplexed_async_connection_with_config(&config).await?)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
