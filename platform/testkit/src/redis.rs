//! A Redis for a test, and what happens when there is none.

use crate::FaultProxy;
use crate::backend::{TEST_DEADLINE, embedded_only};
use kernel::{OsRandom, Random};
use std::future::Future;
use std::net::{SocketAddr, ToSocketAddrs};
use url::Url;

/// URL of a Redis that tests may write to: `redis://host:port[/database]`.
const REDIS: &str = "BANYAN_TEST_REDIS";

/// A Redis that is shared with other tests: this one keeps to keys that begin with its prefix.
pub struct TestRedis {
    url: Url,
    prefix: String,
}

impl TestRedis {
    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Where it is, for a [`FaultProxy`].
    ///
    /// # Panics
    /// When the host of the URL has no address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        let host = self.url.host_str().expect("a host");
        let mut found = (host, self.url.port().unwrap_or(6379)).to_socket_addrs().expect("an address");
        found.next().expect("an address")
    }

    /// Where it is as seen through a proxy.
    ///
    /// # Panics
    /// Never for a URL with a host.
    #[must_use]
    pub fn url_through(&self, proxy: &FaultProxy) -> String {
        let mut url = self.url.clone();
        url.set_ip_host(proxy.address().ip()).expect("a host");
        url.set_port(Some(proxy.address().port())).expect("a port");
        url.into()
    }

    /// What this test's keys begin with: letters, digits and `-`, never used before.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }
}

/// Runs an asynchronous test with a Redis, on a runtime of its own; prints `SKIPPED` where servers were waived.
///
/// # Panics
/// When the test fails or takes longer than three minutes, or Redis was neither given nor waived.
pub fn with_redis<F, Running>(test: F)
where
    F: FnOnce(TestRedis) -> Running,
    Running: Future<Output = ()>,
{
    let given = std::env::var(REDIS).ok().filter(|url| !url.is_empty());
    if !decide(given.as_deref(), embedded_only()) {
        eprintln!("SKIPPED: needs Redis, and only embedded storage was asked for");
        return;
    }
    let url = given.and_then(|url| Url::parse(&url).ok()).unwrap_or_else(|| panic!("{REDIS} is no URL"));
    let prefix = format!("test-{:016x}", OsRandom.next_u64());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let running = async { tokio::time::timeout(TEST_DEADLINE, test(TestRedis { url, prefix })).await };
    runtime.block_on(running).unwrap_or_else(|_| panic!("the test still runs after {TEST_DEADLINE:?}"));
}

/// Whether to run a test that needs Redis: a missing one fails, unless servers were waived.
pub(crate) fn decide(server: Option<&str>, embedded_only: bool) -> bool {
    assert!(
        embedded_only || server.is_some(),
        "this test needs Redis: run `cargo xtask test`, or set {REDIS} to redis://host:port, \
         or BANYAN_TEST_EMBEDDED_ONLY=1 to leave it out"
    );
    !embedded_only
}
