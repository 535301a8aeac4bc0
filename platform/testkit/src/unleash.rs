//! An Unleash server for a test, driven by its admin API, and what happens when there is none.

use crate::backend::{TEST_DEADLINE, embedded_only};
use crate::{Answer, Client, FaultProxy, eventually};
use kernel::{OsRandom, Random, Sources};
use serde_json::{Value, json};
use std::future::Future;
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;
use url::Url;

/// The API of an Unleash server that tests may change: `http://host:port/api`.
const UNLEASH: &str = "BANYAN_TEST_UNLEASH";
/// A backend token of it, for its environment `development`.
const TOKEN: &str = "BANYAN_TEST_UNLEASH_TOKEN";
/// An admin token of it.
const ADMIN_TOKEN: &str = "BANYAN_TEST_UNLEASH_ADMIN_TOKEN";
/// The environment that toggles are changed in. Every new server has it.
const ENVIRONMENT: &str = "development";
/// Its look at its toggles, every 10 s, and its writing down of usage, every 5 s, on a busy machine.
const COUNTED_WITHIN: Duration = Duration::from_secs(90);
/// The admin API's path of the toggles of the project that every server has.
const FEATURES: &str = "/api/admin/projects/default/features";

/// An Unleash server that is shared with other tests: this one keeps to toggles and applications that are named by
/// [`TestUnleash::named`]. A change at the server reaches its client API within about a second, usage is to be had from
/// its admin API after 5 s, applications after 20 s.
///
/// Tests that need it are in a module `unleash_server`: by that name `cargo xtask test` knows whether to start one.
pub struct TestUnleash {
    url: Url,
    token: String,
    admin_token: String,
    admin: Client,
    prefix: String,
}

impl TestUnleash {
    /// The API: `http://host:port/api`.
    #[must_use]
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// A token that reads toggles of the environment `development`, and reports usage.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Where it is, for a [`FaultProxy`].
    ///
    /// # Panics
    /// When the host of the URL has no address.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        address(&self.url)
    }

    /// The API as seen through a proxy.
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

    /// A name that no other test uses: letters, digits and `-`.
    #[must_use]
    pub fn named(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    /// Makes a toggle that is on for a percentage of users (0 to 100), by their id.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn create(&self, toggle: &str, percentage: u32) {
        let body = json!({"name": toggle, "type": "release"});
        self.send("POST", FEATURES, Some(&body)).await.expect_status(201);
        let strategies = format!("{}/strategies", in_environment(toggle));
        self.send("POST", &strategies, Some(&rollout(toggle, percentage))).await.expect_status(200);
        self.switch(toggle, true).await;
    }

    /// Changes the percentage of a toggle made by [`Self::create`].
    ///
    /// # Panics
    /// When the server refuses, or there is no such toggle.
    pub async fn roll_out(&self, toggle: &str, percentage: u32) {
        let strategies = format!("{}/strategies", in_environment(toggle));
        let found = self.send("GET", &strategies, None).await.expect_status(200).json();
        let id = found.pointer("/0/id").and_then(Value::as_str).expect("a strategy");
        let body = rollout(toggle, percentage);
        self.send("PUT", &format!("{strategies}/{id}"), Some(&body)).await.expect_status(200);
    }

    /// Turns a toggle on or off for everybody.
    ///
    /// # Panics
    /// When the server refuses, or there is no such toggle.
    pub async fn switch(&self, toggle: &str, on: bool) {
        let path = format!("{}/{}", in_environment(toggle), if on { "on" } else { "off" });
        self.send("POST", &path, None).await.expect_status(200);
    }

    /// How often an application told the server that a toggle was on, and off. What is told before the server
    /// [counts](Self::until_counted) the toggle's usage is lost there.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn usage(&self, toggle: &str, application: &str) -> (u64, u64) {
        let path = format!("/api/admin/client-metrics/features/{toggle}/raw");
        let told = self.send("GET", &path, None).await.expect_status(200).json();
        let rows = told.get("data").and_then(Value::as_array).expect("rows");
        let of = rows.iter().filter(|row| row.get("appName").is_some_and(|name| name == application));
        let sum = |name: &str| of.clone().filter_map(|row| row.get(name)?.as_u64()).sum();
        (sum("yes"), sum("no"))
    }

    /// Waits until the server counts the usage of a toggle. It asks itself every 10 s at most which toggles there are,
    /// and throws away without a word what it is told of one that is younger than its last look.
    ///
    /// # Panics
    /// When the server refuses, or does not count it in time.
    pub async fn until_counted(&self, toggle: &str) {
        let (probe, now) = (self.named("probe"), Sources::system().clock.now());
        let usage = json!({"appName": probe, "instanceId": probe, "environment": ENVIRONMENT, "bucket": {
            "start": now, "stop": now, "toggles": {toggle: {"yes": 1, "no": 0}},
        }});
        eventually("the server counts the toggle", COUNTED_WITHIN, async || {
            let told = self.admin.post("/api/client/metrics").header("authorization", &self.token);
            told.json(&usage).send().await.expect_status(202);
            (self.usage(toggle, &probe).await != (0, 0)).then_some(())
        })
        .await;
    }

    /// An application as the server knows it, with its `instances`; `None` where it has not registered.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn application(&self, name: &str) -> Option<Value> {
        let answer = self.send("GET", &format!("/api/admin/metrics/applications/{name}"), None).await;
        (answer.status != 404).then(|| answer.expect_status(200).json())
    }

    /// Any call of the admin API.
    async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let call = self.admin.call(method, path).header("authorization", &self.admin_token);
        let call = if let Some(body) = body { call.json(body) } else { call };
        call.send().await
    }
}

fn in_environment(toggle: &str) -> String {
    format!("{FEATURES}/{toggle}/environments/{ENVIRONMENT}")
}

fn rollout(toggle: &str, percentage: u32) -> Value {
    let parameters = json!({"rollout": percentage.to_string(), "stickiness": "userId", "groupId": toggle});
    json!({"name": "flexibleRollout", "parameters": parameters})
}

fn address(url: &Url) -> SocketAddr {
    let host = url.host_str().expect("a host");
    let port = url.port_or_known_default().expect("a port");
    let mut found = (host, port).to_socket_addrs().expect("an address");
    found.next().expect("an address")
}

/// Runs an asynchronous test with an Unleash server, on a runtime of its own; prints `SKIPPED` where servers were waived.
///
/// # Panics
/// When the test fails or takes longer than three minutes, or the server was neither given nor waived.
pub fn with_unleash<F, Running>(test: F)
where
    F: FnOnce(TestUnleash) -> Running,
    Running: Future<Output = ()>,
{
    let given = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let server = given(UNLEASH);
    if !decide(server.as_deref(), embedded_only()) {
        eprintln!("SKIPPED: needs an Unleash server, and only embedded storage was asked for");
        return;
    }
    let url = server.and_then(|url| Url::parse(&url).ok()).unwrap_or_else(|| panic!("{UNLEASH} is no URL"));
    let wanted = |name: &str| given(name).unwrap_or_else(|| panic!("{name} is not set, and {UNLEASH} is"));
    let unleash = TestUnleash {
        token: wanted(TOKEN),
        admin_token: wanted(ADMIN_TOKEN),
        admin: Client::new(address(&url)),
        prefix: format!("test-{:016x}", OsRandom.next_u64()),
        url,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let done = runtime.block_on(async { tokio::time::timeout(TEST_DEADLINE, test(unleash)).await });
    done.unwrap_or_else(|_| panic!("the test still runs after {TEST_DEADLINE:?}"));
}

/// Whether to run a test that needs an Unleash server: a missing one fails, unless servers were waived.
pub(crate) fn decide(server: Option<&str>, embedded_only: bool) -> bool {
    assert!(
        embedded_only || server.is_some(),
        "this test needs an Unleash server: run `cargo xtask test`, or set {UNLEASH} to http://host:port/api, \
         {TOKEN} and {ADMIN_TOKEN}, or BANYAN_TEST_EMBEDDED_ONLY=1 to leave it out"
    );
    !embedded_only
}
