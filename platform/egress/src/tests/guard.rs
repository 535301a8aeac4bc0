//! What strangers must not reach is not reached: by address, by name, by redirect, by a name that changes, by proxy.

use super::server::{Script, Server, answer};
use crate::resolver::{GuardedResolver, Looking, Lookup};
use crate::{EgressSettings, PageFetcher, ProxyRules};
use kernel::{Context, Sources};
use reqwest::dns::Resolve;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

/// Answers each lookup with the next list, and the last one for ever.
struct Names {
    answers: Vec<Vec<&'static str>>,
    asked: AtomicUsize,
}

impl Lookup for Names {
    fn lookup(&self, _: String) -> Looking {
        let turn = self.asked.fetch_add(1, SeqCst).min(self.answers.len() - 1);
        let found: Vec<IpAddr> = self.answers[turn].iter().map(|ip| ip.parse().unwrap()).collect();
        Box::pin(async move {
            if found.is_empty() { Err(std::io::Error::other("unknown name")) } else { Ok(found) }
        })
    }
}

fn fetcher(
    answers: &[&[&'static str]],
    allow_private: bool,
    proxy: ProxyRules,
) -> (PageFetcher, Context, Arc<Names>) {
    let sources = Sources::system();
    let names =
        Arc::new(Names { answers: answers.iter().map(|a| a.to_vec()).collect(), asked: AtomicUsize::new(0) });
    let mut settings = EgressSettings { allow_private, proxy, ..EgressSettings::default() };
    settings.limits.total = Duration::from_millis(500);
    let context = Context::background(&sources, Duration::from_secs(60));
    (PageFetcher::with_lookup(settings, sources.clock, names.clone()), context, names)
}

#[tokio::test]
async fn private_addresses_and_names_are_refused_before_any_connection() {
    let server = Server::html("<title>secret</title>").await;
    let port = server.port;
    let (fetcher, context, _) = fetcher(&[&["127.0.0.1", "::1"]], false, ProxyRules::Direct);
    for host in ["127.0.0.1", "2130706433", "[::ffff:127.0.0.1]", "localhost", "intranet.example"] {
        assert_eq!(fetcher.summary(&context, &format!("http://{host}:{port}/")).await, None, "{host}");
    }
    assert_eq!(fetcher.counters().refused.get(), 5);
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn the_same_name_is_reached_when_private_addresses_are_allowed() {
    let server = Server::html("<title>found</title>").await;
    // Were the name asked again to connect, it would be nowhere.
    let (fetcher, context, names) = fetcher(&[&["127.0.0.1"], &[]], true, ProxyRules::Direct);
    let found = fetcher.summary(&context, &format!("http://intranet.example:{}/", server.port)).await;
    assert_eq!(found.unwrap().title.as_deref(), Some("found"));
    assert_eq!(names.asked.load(SeqCst), 1);
}

/// What the connector is given for a name whose lookups answer `answers`, asked twice.
async fn given(answers: &[&[&'static str]]) -> [Option<Vec<String>>; 2] {
    let lookup =
        Arc::new(Names { answers: answers.iter().map(|a| a.to_vec()).collect(), asked: AtomicUsize::new(0) });
    let resolver = GuardedResolver { lookup, allow_private: false };
    let mut given = [None, None];
    for slot in &mut given {
        let resolved = resolver.resolve("rebind.example".parse().unwrap()).await;
        *slot = resolved.ok().map(|found| found.map(|address| address.ip().to_string()).collect());
    }
    given
}

#[tokio::test]
async fn the_connector_gets_public_addresses_only_each_time_it_asks() {
    let public = Some(vec!["8.8.8.8".to_owned()]);
    // A name that turns private between two lookups is refused at the second: there is no check apart from the
    // addresses that are connected to.
    assert_eq!(given(&[&["8.8.8.8"], &["127.0.0.1"]]).await, [public.clone(), None]);
    assert_eq!(given(&[&["127.0.0.1", "8.8.8.8", "::1"]]).await, [public.clone(), public]);
}

#[tokio::test]
async fn a_proxy_is_used_and_its_own_address_may_be_private() {
    let proxy = Server::html("<title>by proxy</title>").await;
    // A name that is unknown here is the proxy's to resolve.
    let (fetcher, context, _) = fetcher(&[&[]], false, ProxyRules::Fixed(proxy.url()));
    let found = fetcher.summary(&context, "http://somewhere.example/").await;
    assert_eq!(found.unwrap().title.as_deref(), Some("by proxy"));
}

#[tokio::test]
async fn behind_a_proxy_private_targets_are_refused_too() {
    let proxy = Server::html("<title>by proxy</title>").await;
    let (fetcher, context, _) = fetcher(&[&["8.8.8.8", "10.0.0.1"]], false, ProxyRules::Fixed(proxy.url()));
    for host in ["10.0.0.1", "[fd00::1]", "intranet.example"] {
        assert_eq!(fetcher.summary(&context, &format!("http://{host}/")).await, None, "{host}");
    }
    assert_eq!((fetcher.counters().refused.get(), proxy.connections()), (3, 0));
}

#[tokio::test]
async fn a_redirect_to_a_private_address_is_refused() {
    let secret = Server::html("<title>secret</title>").await;
    let to = secret.url();
    // The proxy stands in for a public server, which no test can be.
    let public =
        Server::start(move |_| Script::Bytes(answer("302 Found", &format!("location: {to}\r\n"), ""))).await;
    let (fetcher, context, _) = fetcher(&[&["8.8.8.8"]], false, ProxyRules::Fixed(public.url()));
    assert_eq!(fetcher.summary(&context, "http://public.example/").await, None);
    assert_eq!((fetcher.counters().refused.get(), public.connections(), secret.connections()), (1, 1, 0));
}

#[tokio::test]
async fn a_redirect_to_another_scheme_is_refused() {
    let server =
        Server::start(|_| Script::Bytes(answer("302 Found", "location: file:///etc/passwd\r\n", ""))).await;
    let (fetcher, context, _) = fetcher(&[&[]], true, ProxyRules::Direct);
    assert_eq!(fetcher.summary(&context, &server.url()).await, None);
    assert_eq!(fetcher.counters().refused.get(), 1);
}
