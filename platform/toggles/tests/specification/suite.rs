//! The suites as they are written.

use kernel::Sources;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use toggles::{ClientFeatures, Context, CurrentTime, RemoteAddress, Variant};
use unleash_types::client_features::Context as Written;

/// One file of the specification.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Suite {
    pub(crate) name: String,
    pub(crate) state: serde_json::Value,
    pub(crate) tests: Option<Vec<Test>>,
    pub(crate) variant_tests: Option<Vec<VariantTest>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Test {
    pub(crate) description: String,
    pub(crate) context: TestContext,
    pub(crate) toggle_name: String,
    pub(crate) expected_result: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VariantTest {
    pub(crate) description: String,
    pub(crate) context: TestContext,
    pub(crate) toggle_name: String,
    pub(crate) expected_result: ExpectedVariant,
}

#[derive(Debug, Deserialize)]
pub(crate) struct ExpectedVariant {
    name: String,
    payload: Option<unleash_types::client_features::Payload>,
    enabled: bool,
    feature_enabled: bool,
}

impl ExpectedVariant {
    pub(crate) fn is(&self, variant: &Variant) -> bool {
        let payload = self.payload.as_ref().map(|payload| (&payload.payload_type, &payload.value));
        self.name == variant.name
            && payload == variant.payload.as_ref().map(|payload| (&payload.kind, &payload.value))
            && self.enabled == variant.enabled
            && self.feature_enabled == variant.feature_enabled
    }
}

/// A context of a test.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct TestContext(Written);

impl TestContext {
    /// Calls `test` with the context as a request would make it.
    pub(crate) fn with<T>(&self, test: impl FnOnce(&Context<'_>) -> T) -> T {
        let written = &self.0;
        let properties: Vec<(&str, &str)> =
            written.properties.iter().flatten().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let sources = Sources::system();
        let now = CurrentTime::At(sources.clock.now());
        test(&Context {
            user_id: written.user_id.as_deref(),
            session_id: written.session_id.as_deref(),
            remote_address: written.remote_address.as_deref().map(RemoteAddress::Text),
            environment: written.environment.as_deref(),
            app_name: written.app_name.as_deref(),
            current_time: written.current_time.as_deref().map_or(now, CurrentTime::Text),
            properties: &properties,
            ..Context::new(sources.clock.now(), sources.random.next_u64())
        })
    }
}

impl Suite {
    /// The toggles as the server's answer would give them.
    pub(crate) fn state(&self) -> ClientFeatures {
        let body = serde_json::to_vec(&self.state).unwrap();
        toggles::unleash::parse_state(&body, &ClientFeatures::default()).unwrap()
    }

    /// Every context of its tests.
    pub(crate) fn contexts(&self) -> impl Iterator<Item = &TestContext> {
        let tests = self.tests.iter().flatten().map(|test| &test.context);
        tests.chain(self.variant_tests.iter().flatten().map(|test| &test.context))
    }
}

/// All suites; `None` when there are none and that was asked for.
pub(crate) fn suites() -> Option<Vec<Suite>> {
    let folder = folder()?;
    let index: Vec<String> = json(&folder.join("index.json"));
    assert_eq!(index.len(), 22, "version 6.1.0 has 22 suites");
    Some(index.iter().map(|file| json(&folder.join(file))).collect())
}

fn json<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "where the suites are is said by the environment of the test run"
)]
fn folder() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(folder) = variable("BANYAN_TEST_UNLEASH_SPEC") {
        return Some(folder.into());
    }
    assert!(
        variable("BANYAN_TEST_EMBEDDED_ONLY").is_some_and(|value| value == "1"),
        "BANYAN_TEST_UNLEASH_SPEC is not set: it names the folder `package/specifications` of the npm package \
         @unleash/client-specification 6.1.0 (`npm pack @unleash/client-specification@6.1.0`, then unpack the archive). \
         BANYAN_TEST_EMBEDDED_ONLY=1 leaves these tests out."
    );
    None
}
