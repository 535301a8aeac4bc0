//! One test on both engines, and what happens when a server is not there.

use std::future::Future;
use std::time::Duration;
use url::Url;

/// URL of a superuser of a PostgreSQL server that tests may fill: `postgres://name:password@host:port/postgres`.
const POSTGRES: &str = "BANYAN_TEST_POSTGRES";
/// `1` when tests that need a server are to be left out.
const EMBEDDED_ONLY: &str = "BANYAN_TEST_EMBEDDED_ONLY";

/// How long one test may take: a hung one fails instead of holding all others up.
pub(crate) const TEST_DEADLINE: Duration = Duration::from_secs(180);

/// The engine that a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// A file a module in a fresh directory.
    Sqlite,
    /// A schema and a role a module in a fresh database.
    Postgres,
}

impl Backend {
    /// Whether this engine is to be used at all in this run.
    ///
    /// # Panics
    /// When a server is needed and was neither given nor waived.
    #[must_use]
    pub fn wanted(self) -> bool {
        self == Self::Sqlite || decide(std::env::var(POSTGRES).ok().as_deref(), embedded_only())
    }
}

/// Whether tests that need a server are to be left out.
pub(crate) fn embedded_only() -> bool {
    std::env::var(EMBEDDED_ONLY).is_ok_and(|value| value == "1")
}

/// Whether to run a test that needs a server: a missing one fails, unless it was waived.
pub(crate) fn decide(server: Option<&str>, embedded_only: bool) -> bool {
    assert!(
        embedded_only || server.is_some_and(|url| !url.is_empty()),
        "this test needs PostgreSQL: run `cargo xtask test`, or set {POSTGRES} to a superuser's URL, \
         or {EMBEDDED_ONLY}=1 to leave it out"
    );
    !embedded_only
}

/// The superuser's URL.
pub(crate) fn postgres_admin_url() -> Url {
    let text = std::env::var(POSTGRES).unwrap_or_else(|_| panic!("{POSTGRES} is not set"));
    Url::parse(&text).unwrap_or_else(|error| panic!("{POSTGRES} is no URL: {error}"))
}

/// Runs an asynchronous test on one engine, on a runtime of its own; prints `SKIPPED` where the server was waived.
///
/// # Panics
/// When the test fails or takes longer than three minutes, or a server is needed and was neither given nor waived.
pub fn run<F, Running>(backend: Backend, test: F)
where
    F: FnOnce(Backend) -> Running,
    Running: Future<Output = ()>,
{
    if !backend.wanted() {
        eprintln!("SKIPPED: needs PostgreSQL, and only embedded storage was asked for");
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let done = runtime.block_on(async { tokio::time::timeout(TEST_DEADLINE, test(backend)).await });
    done.unwrap_or_else(|_| panic!("the test still runs after {TEST_DEADLINE:?}"));
}

/// Makes two tests of each function, `name::sqlite` and `name::postgres`.
///
/// ```
/// testkit::both_backends! {
///     /// A user who registered is found.
///     async fn finds_a_user(backend: testkit::Backend) {
///         let database = testkit::TestDatabase::new(backend);
///         assert!(!database.url().is_empty());
///     }
/// }
/// ```
#[macro_export]
macro_rules! both_backends {
    ($( $(#[$about:meta])* async fn $name:ident($backend:ident: $kind:ty) $body:block )+) => { $(
        $(#[$about])*
        #[cfg(test)]
        async fn $name($backend: $kind) $body

        #[cfg(test)]
        mod $name {
            #[test]
            fn sqlite() {
                $crate::run($crate::Backend::Sqlite, super::$name);
            }

            #[test]
            fn postgres() {
                $crate::run($crate::Backend::Postgres, super::$name);
            }
        }
    )+ };
}
