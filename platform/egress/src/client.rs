//! The two HTTP clients: one that connects to where the URL says and guards every name, one that goes through a proxy.

use crate::error::FetchError;
use crate::is_global;
use crate::resolver::{GuardedResolver, Lookup};
use crate::settings::{EgressSettings, ProxyRules};
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{Client, ClientBuilder, Proxy, header, redirect};
use std::sync::Arc;
use url::{Host, Url};

/// Says who fetches, as RFC 9110, 10.1.5 asks.
const USER_AGENT: &str = concat!("banyan-link-preview/", env!("CARGO_PKG_VERSION"));
const ACCEPT: header::HeaderValue = header::HeaderValue::from_static("text/html,application/xhtml+xml");

/// The clients, and the rules by which one of them is chosen.
pub(crate) struct Clients {
    direct: Client,
    proxied: Client,
    rules: Option<Matcher>,
    lookup: Arc<dyn Lookup>,
    allow_private: bool,
}

impl Clients {
    /// Makes the clients. Reads the trusted certificates from disk: some milliseconds.
    pub(crate) fn new(settings: &EgressSettings, lookup: Arc<dyn Lookup>) -> Result<Self, reqwest::Error> {
        let allow_private = settings.allow_private;
        let guard = GuardedResolver { lookup: lookup.clone(), allow_private };
        let direct = || base(settings).no_proxy().dns_resolver(Arc::new(guard_of(&guard)));
        let proxied = || match &settings.proxy {
            // Without a word about proxies the client reads the environment by itself.
            ProxyRules::Environment => Ok(base(settings)),
            ProxyRules::Direct => Ok(base(settings).no_proxy()),
            ProxyRules::Fixed(url) => Ok(base(settings).proxy(Proxy::all(url.as_str())?)),
        };
        Ok(Self {
            direct: build(&|| Ok(direct()))?,
            proxied: build(&proxied)?,
            rules: rules(&settings.proxy),
            lookup,
            allow_private,
        })
    }

    /// The client for one hop.
    ///
    /// # Errors
    /// [`FetchError::Private`] when a proxy would be asked for a name that is private as seen from here.
    pub(crate) async fn of(&self, url: &Url) -> Result<&Client, FetchError> {
        if !self.is_proxied(url) {
            return Ok(&self.direct);
        }
        if !self.allow_private && self.is_private_name(url).await {
            return Err(FetchError::Private);
        }
        Ok(&self.proxied)
    }

    fn is_proxied(&self, url: &Url) -> bool {
        self.rules
            .as_ref()
            .zip(url.as_str().parse().ok())
            .is_some_and(|(rules, uri)| rules.intercept(&uri).is_some())
    }

    async fn is_private_name(&self, url: &Url) -> bool {
        let Some(Host::Domain(name)) = url.host() else { return false };
        match self.lookup.lookup(name.to_owned()).await {
            Ok(found) => found.into_iter().any(|address| !is_global(address)),
            // Behind a proxy the names of the world are often unknown.
            Err(_) => false,
        }
    }
}

fn guard_of(guard: &GuardedResolver) -> GuardedResolver {
    GuardedResolver { lookup: guard.lookup.clone(), allow_private: guard.allow_private }
}

fn rules(proxy: &ProxyRules) -> Option<Matcher> {
    match proxy {
        ProxyRules::Environment => Some(Matcher::from_env()),
        ProxyRules::Direct => None,
        ProxyRules::Fixed(url) => Some(Matcher::builder().all(url).build()),
    }
}

fn base(settings: &EgressSettings) -> ClientBuilder {
    Client::builder()
        .user_agent(USER_AGENT)
        .default_headers([(header::ACCEPT, ACCEPT)].into_iter().collect())
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(settings.limits.connect)
        .timeout(settings.limits.total)
        .pool_max_idle_per_host(0)
        .http1_only()
}

/// Builds a client; on a machine without any trusted certificates one that cannot do https, but still http.
fn build(builder: &dyn Fn() -> Result<ClientBuilder, reqwest::Error>) -> Result<Client, reqwest::Error> {
    builder()?.build().or_else(|error| {
        tracing::warn!(error = %error, "no trusted certificates: https pages will not be fetched");
        builder()?.tls_certs_only([]).build()
    })
}
