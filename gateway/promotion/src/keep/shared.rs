//! States in a Redis that gateways share: one hash, a field a route, changed by a script that compares versions.

use super::{ROUTES_MAX, States};
use crate::{KeepError, State};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, AsyncTypedCommands, Script};
use std::sync::LazyLock;
use std::time::Duration;

static PUT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("put.lua")));

/// For making a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(300);
/// For one answer.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(300);
/// For one call in all.
const CALL_TIMEOUT: Duration = CONNECT_TIMEOUT.saturating_add(ANSWER_TIMEOUT);

/// Where the Redis is.
#[derive(Clone)]
pub struct SharedRedis {
    /// `redis://[user:password@]host[:port][/database]`.
    pub url: String,
    /// What the names of all keys begin with.
    pub prefix: String,
}

/// The URL may hold a password.
impl std::fmt::Debug for SharedRedis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedRedis").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// The line to a Redis; made again after every error.
pub(super) struct Line {
    client: redis::Client,
    connection: Option<MultiplexedConnection>,
    key: String,
}

impl Line {
    pub(super) fn new(redis: SharedRedis) -> Result<Self, KeepError> {
        let refused = |_| KeepError::Setting("the URL of the Redis of promotions cannot be".to_owned());
        let client = redis::Client::open(redis.url).map_err(refused)?;
        Ok(Self { client, connection: None, key: format!("{{{}:promotion}}:states", redis.prefix) })
    }

    pub(super) async fn all(&mut self) -> Result<States, KeepError> {
        let key = self.key.clone();
        let held = self.call(async |connection| connection.hgetall(&key).await).await?;
        let states =
            held.into_iter().take(ROUTES_MAX).map(|(route, state)| match serde_json::from_str(&state) {
                Ok(state) => Ok((route, state)),
                Err(source) => Err(KeepError::Malformed { route, source }),
            });
        states.collect()
    }

    pub(super) async fn put(&mut self, route: &str, expected: u64, state: &State) -> Result<bool, KeepError> {
        let malformed = |source| KeepError::Malformed { route: route.to_owned(), source };
        let text = serde_json::to_string(state).map_err(malformed)?;
        let mut script = PUT.key(&self.key);
        script.arg(route).arg(expected).arg(text).arg(ROUTES_MAX);
        self.call(async |connection| script.invoke_async(connection).await).await
    }

    async fn call<T>(
        &mut self,
        call: impl AsyncFnOnce(&mut MultiplexedConnection) -> redis::RedisResult<T>,
    ) -> Result<T, KeepError> {
        let answer = tokio::time::timeout(CALL_TIMEOUT, async {
            // Taken out, so that it is gone after an error, and after a time-out in the middle of an answer.
            let mut connection = match self.connection.take() {
                Some(connection) => connection,
                None => connect(&self.client).await?,
            };
            let answer = call(&mut connection).await?;
            self.connection = Some(connection);
            Ok(answer)
        });
        answer.await.unwrap_or(Err(KeepError::TimedOut { within_ms: CALL_TIMEOUT.as_millis() }))
    }
}

async fn connect(client: &redis::Client) -> Result<MultiplexedConnection, KeepError> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(Some(ANSWER_TIMEOUT));
    Ok(client.get_multiplexed_async_connection_with_config(&config).await?)
}
