//! Both ends over a real socket: `host` answers, `remote` asks.

#![expect(unreachable_pub, reason = "the macro makes public items, here in a private module")]

use crate::{Client, HttpWire, IdentityFollower, RemoteSettings};
use actix_web::HttpServer;
use contract::{BoxFuture, CallError, Context};
use host::{AdminState, Contract};
use identity::{Claims, DryRunKey, KeySet, SigningKey, TokenError, Verifier, VerifierState};
use kernel::{Principal, Sources};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use telemetry::Metrics;

#[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum EchoError {
    Nobody,
    Call(CallError),
}

impl From<CallError> for EchoError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

contract::define! {
    /// Says who asked.
    pub trait Echo as "echo", client EchoClient, error EchoError {
        /// Request id, user and text of the caller.
        query fn say(String) -> (String, i64, String);
        /// Whether the call is a dry run; with `true`, a partial one.
        command fn dry(bool) -> bool;
    }
}

/// How often it was asked for a command.
#[derive(Default)]
struct Local(AtomicUsize);

impl Echo for Local {
    fn say<'a>(
        &'a self,
        context: &'a Context,
        text: String,
    ) -> BoxFuture<'a, Result<(String, i64, String), EchoError>> {
        Box::pin(async move {
            let user = context.principal.ok_or(EchoError::Nobody)?;
            Ok((context.request_id.to_string(), user.user_id, text))
        })
    }

    fn dry<'a>(&'a self, context: &'a Context, partly: bool) -> BoxFuture<'a, Result<bool, EchoError>> {
        Box::pin(async move {
            self.0.fetch_add(1, Relaxed);
            if let Some(dry_run) = context.dry_run.as_ref().filter(|_| partly) {
                dry_run.set_partial();
            }
            Ok(context.is_dry_run())
        })
    }
}

fn key() -> DryRunKey {
    DryRunKey::new("0123456789abcdef").unwrap()
}

struct Other {
    local: Arc<Local>,
    verifier: Verifier,
    settings: RemoteSettings,
    sources: Sources,
}

/// Another process: its admin side, with a token.
async fn other() -> Other {
    let (verifier, sources) = (Verifier::new(), Sources::system());
    let local = Arc::new(Local::default());
    let echo: Arc<dyn Echo> = local.clone();
    let dispatch: host::Dispatch = Arc::new(move |context, operation, body| {
        let echo = echo.clone();
        Box::pin(async move { echo.dispatch(&context, &operation, &body).await })
    });
    let contracts = vec![Contract { name: "echo", dispatch }];
    let token = "0123456789abcdef";
    let state = AdminState {
        metrics: Metrics::new(),
        modules: Arc::new([]),
        sources: sources.clone(),
        names: Arc::new([]),
        token: Some(token.into()),
        descriptions: Vec::new(),
        extensions: vec![
            host::published(verifier.clone()),
            host::contracts(contracts, sources.clone(), Some(key())),
        ],
        open: &[],
    };
    let server =
        HttpServer::new(move || host::admin(state.clone())).workers(1).bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs()[0];
    actix_rt::spawn(server.run());
    let settings = RemoteSettings {
        admin_url: format!("http://{address}"),
        token: Some(token.into()),
        ..RemoteSettings::default()
    };
    Other { local, verifier, settings, sources }
}

impl Other {
    fn wire(&self) -> EchoClient {
        EchoClient::new(Arc::new(HttpWire::new(
            Client::new(self.settings.clone()).unwrap(),
            self.sources.clone(),
            Some(key()),
        )))
    }

    fn context(&self) -> Context {
        Context::background(&self.sources, Duration::from_secs(5))
    }
}

#[actix_rt::test]
async fn a_call_travels_with_its_context() {
    let other = other().await;
    let context = other.context().with_principal(Principal { user_id: 7 });
    let answer = other.wire().say(&context, "hello".into()).await;
    assert_eq!(answer, Ok((context.request_id.to_string(), 7, "hello".into())));
    assert_eq!(other.wire().say(&other.context(), "hello".into()).await, Err(EchoError::Nobody));
}

#[actix_rt::test]
async fn a_dry_run_goes_on_in_the_other_process_and_what_it_says_comes_back() {
    let other = other().await;
    assert_eq!(other.wire().dry(&other.context(), false).await, Ok(false));
    let whole = other.context().as_dry_run();
    assert_eq!(other.wire().dry(&whole, false).await, Ok(true));
    assert!(!whole.dry_run.unwrap().is_partial());
    let partial = other.context().as_dry_run();
    assert_eq!(other.wire().dry(&partial, true).await, Ok(true));
    assert!(partial.dry_run.unwrap().is_partial());
    let twice = other.context().as_dry_run();
    for _ in 0..2 {
        assert_eq!(other.wire().dry(&twice, false).await, Ok(true));
    }
    assert!(twice.dry_run.unwrap().is_partial(), "the second cannot see the first");
}

#[actix_rt::test]
async fn a_dry_run_is_never_a_real_call() {
    let other = other().await;
    for key in [None, Some(DryRunKey::new("another key, long enough").unwrap())] {
        let client = Client::new(other.settings.clone()).unwrap();
        let wire = EchoClient::new(Arc::new(HttpWire::new(client, other.sources.clone(), key)));
        let answer = wire.dry(&other.context().as_dry_run(), false).await;
        assert!(matches!(answer, Err(EchoError::Call(CallError::Unavailable { .. }))), "{answer:?}");
        assert_eq!(other.local.0.swap(0, Relaxed), 0, "nothing was executed");
        assert_eq!(wire.dry(&other.context(), false).await, Ok(false), "the others go on");
        assert_eq!(other.local.0.swap(0, Relaxed), 1);
    }
}

#[actix_rt::test]
async fn a_wrong_token_and_a_dead_address_are_said() {
    let mut other = other().await;
    other.settings.token = Some("another-token-123".into());
    let refused = other.wire().say(&other.context(), String::new()).await;
    assert!(matches!(refused, Err(EchoError::Call(CallError::Unavailable { .. }))), "{refused:?}");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    other.settings.admin_url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let dead = other.wire().say(&other.context(), String::new()).await;
    assert!(matches!(dead, Err(EchoError::Call(CallError::Unavailable { .. }))), "{dead:?}");
}

#[actix_rt::test]
async fn keys_and_revocations_are_followed() {
    let other = other().await;
    let key = SigningKey::generate(&*other.sources.random).unwrap();
    let now = other.sources.clock.now();
    let claims = Claims {
        user_id: 7,
        token_id: other.sources.random.uuid(now),
        issued_at: now.seconds(),
        expires_at: now.seconds() + 60,
        generation: 0,
    };
    let token = key.sign(&claims).unwrap();
    let mut state = VerifierState { keys: KeySet::new(vec![key.public().clone()]), ..Default::default() };
    other.verifier.publish(state.clone());

    let mine = Verifier::new();
    let follower = IdentityFollower::new(Client::new(other.settings.clone()).unwrap(), mine.clone());
    assert_eq!(mine.verify(&token, now), Err(TokenError::Invalid));
    assert!(follower.look().await.unwrap());
    assert_eq!(mine.verify(&token, now).unwrap().principal.user_id, 7);
    assert!(!follower.look().await.unwrap());
    state.revoked.insert(claims.token_id);
    other.verifier.publish(state);
    assert!(follower.look().await.unwrap());
    assert_eq!(mine.verify(&token, now), Err(TokenError::Revoked));
}

#[actix_rt::test]
async fn a_page_in_a_browser_cannot_call() {
    let other = other().await;
    let client = Client::new(other.settings.clone()).unwrap();
    let call = || client.post("/rpc/echo/say").body("\"hello\"");
    for (request, status) in [
        (call().header("content-type", "application/json"), 200),
        (call().header("content-type", "text/plain"), 403),
        (call(), 403),
        (call().header("content-type", "application/json").header("origin", "http://evil.test"), 403),
    ] {
        assert_eq!(client.send(request).await.unwrap().status().as_u16(), status);
    }
}

#[test]
fn what_is_no_address_is_refused_and_tokens_are_not_shown() {
    for url in ["", "127.0.0.1:9090", "https://x", "http://user@x", "ftp://x"] {
        let settings = RemoteSettings { admin_url: url.into(), ..RemoteSettings::default() };
        assert!(Client::new(settings).is_err(), "{url}");
    }
    let settings = RemoteSettings { token: Some("hunter22".into()), ..RemoteSettings::default() };
    assert!(!format!("{settings:?}").contains("hunter22"));
}
