//! A headless Chromium for a test, driven by chromedriver in the protocol of W3C WebDriver
//! (<https://www.w3.org/TR/webdriver2/>): the few commands that pages are tested with.

use crate::backend::{TEST_DEADLINE, embedded_only};
use crate::{Client, Process, eventually};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::future::Future;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

/// How long chromedriver may take to listen, and a page to become what is awaited.
const SOON: Duration = Duration::from_secs(20);
/// What a reference to an element is called on the wire (WebDriver, section 12).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// Chromium as a test wants it: no window, no sandbox (tests may be root), no traffic of its own. It ends with its driver,
/// whatever becomes of that: they talk over a pipe.
const ARGUMENTS: [&str; 12] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
    "--remote-debugging-pipe",
];

/// How wide and high a page is, in CSS pixels, and which colours the system asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Viewport {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
    /// Whether the system is dark.
    pub is_dark: bool,
}

impl Viewport {
    /// A laptop in daylight.
    pub const LAPTOP: Self = Self { width: 1280, height: 800, is_dark: false };
    /// A phone in daylight.
    pub const PHONE: Self = Self { width: 390, height: 844, is_dark: false };

    /// The same at night.
    #[must_use]
    pub const fn dark(self) -> Self {
        Self { is_dark: true, ..self }
    }
}

/// Runs a test that needs a browser; prints `SKIPPED` where only what is embedded was asked for.
///
/// Such tests are in a module `browser`: by that name `cargo xtask test` knows whether to install one.
///
/// # Panics
/// When the test fails or takes longer than three minutes, or there is no chromedriver.
pub fn with_browser<F, Running>(test: F)
where
    F: FnOnce(Browser) -> Running,
    Running: Future<Output = ()>,
{
    if embedded_only() {
        eprintln!("SKIPPED: needs Chromium, and only embedded storage was asked for");
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let done = runtime.block_on(async {
        tokio::time::timeout(TEST_DEADLINE, async { test(Browser::start().await).await }).await
    });
    done.unwrap_or_else(|_| panic!("the test still runs after {TEST_DEADLINE:?}"));
}

/// A browser with one page. Gone when dropped.
pub struct Browser {
    driver: Client,
    session: String,
    /// Ends with this, and Chromium with it.
    _process: Process,
    _profile: TempDir,
}

impl Browser {
    /// Starts one, for a test that needs other servers as well: [`with_browser`] is for all others.
    ///
    /// # Panics
    /// When there is no Chromium, or it does not start.
    pub async fn start() -> Self {
        let process = Process::start(Command::new("chromedriver").arg("--port=0"));
        let line = process.stdout_line(SOON, |line| line.contains("started successfully on port")).await;
        let port = line.trim_end_matches('.').rsplit(' ').next().and_then(|port| port.parse().ok());
        let port: u16 = port.unwrap_or_else(|| panic!("no port in: {line}"));
        let driver = Client::new(SocketAddr::from(([127, 0, 0, 1], port)));
        let profile = tempfile::tempdir().expect("a folder");
        let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).into();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let wanted =
            json!({ "goog:loggingPrefs": { "browser": "ALL" }, "goog:chromeOptions": { "args": arguments } });
        let answer = driver.post("/session").json(&json!({ "capabilities": { "alwaysMatch": wanted } }));
        let answer = answer.send().await.expect_status(200).json();
        let id = answer["value"]["sessionId"].as_str().expect("a session");
        let session = format!("/session/{id}");
        let browser = Self { driver, session, _process: process, _profile: profile };
        browser.look_from(Viewport::LAPTOP).await;
        browser
    }

    async fn command(&self, path: &str, body: Value) -> Value {
        let call = self.driver.post(&format!("{}{path}", self.session)).json(&body);
        let answer = call.send().await;
        let mut value = answer.json();
        assert_eq!(answer.status, 200, "{path}: {}", value["value"]["message"]);
        value["value"].take()
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.command("/goog/cdp/execute", json!({ "cmd": command, "params": parameters })).await
    }

    /// Changes the size of the page and the system's colours.
    ///
    /// # Panics
    /// When the driver refuses.
    pub async fn look_from(&self, viewport: Viewport) {
        let Viewport { width, height, is_dark } = viewport;
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = if is_dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Opens a page and waits until it is loaded.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn open(&self, url: &str) {
        self.command("/url", json!({ "url": url })).await;
    }

    /// Runs the body of a function in the page and gives what it returns.
    ///
    /// # Panics
    /// When it throws.
    pub async fn script(&self, body: &str) -> Value {
        self.command("/execute/sync", json!({ "script": body, "args": [] })).await
    }

    /// Runs the body of a function in the page until it returns what is neither false nor empty.
    ///
    /// # Panics
    /// With what the page shows, when it never does.
    pub async fn until(&self, awaited: &str, body: &str) -> Value {
        let found = tokio::time::timeout(
            SOON,
            eventually(awaited, SOON * 2, async || {
                let value = self.script(body).await;
                let is_empty =
                    matches!(&value, Value::Null | Value::Bool(false)) || value == "" || value == 0;
                (!is_empty).then_some(value)
            }),
        );
        match found.await {
            Ok(found) => found,
            Err(_) => panic!("{awaited} did not come; the page shows:\n{}", self.text().await),
        }
    }

    /// Waits until the page shows a text.
    ///
    /// # Panics
    /// With what it shows, when it never does.
    pub async fn shows(&self, text: &str) {
        let look = format!("return document.body.innerText.includes({})", json!(text));
        let _ = self.until(text, &look).await;
    }

    /// What the page shows.
    ///
    /// # Panics
    /// When the page is gone.
    pub async fn text(&self) -> String {
        self.script("return document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks the button or link with these words, once it is there; in the open dialog if there is one.
    ///
    /// # Panics
    /// When it never is, or cannot be clicked.
    pub async fn press(&self, words: &str) {
        let look = format!(
            "const root = document.querySelector('dialog[open]') ?? document;
             const words = (one) => [...one.childNodes].filter((part) => part.nodeName !== 'KBD')
               .map((part) => part.textContent).join('').trim();
             return [...root.querySelectorAll('button:enabled, a, label')].find((one) => words(one) === {0}) ??
               [...root.querySelectorAll('label')].find((one) => one.textContent.includes({0}))",
            json!(words)
        );
        let element = self.until(&format!("«{words}»"), &look).await;
        self.click_on(&element).await;
    }

    /// Clicks what a CSS selector finds, once it is there.
    ///
    /// # Panics
    /// When it never is, or cannot be clicked.
    pub async fn click(&self, selector: &str) {
        let look = format!("return document.querySelector({})", json!(selector));
        let element = self.until(selector, &look).await;
        self.click_on(&element).await;
    }

    async fn click_on(&self, element: &Value) {
        let id = element[ELEMENT].as_str().expect("an element");
        self.command(&format!("/element/{id}/click"), json!({})).await;
    }

    /// Types on the keyboard, into whatever has the focus.
    ///
    /// # Panics
    /// When the driver refuses.
    pub async fn keys(&self, text: &str) {
        let strokes = text.chars().flat_map(|key| {
            let key = key.to_string();
            [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })]
        });
        let strokes: Vec<Value> = strokes.collect();
        let actions = json!([{ "type": "key", "id": "keyboard", "actions": strokes }]);
        self.command("/actions", json!({ "actions": actions })).await;
    }

    /// What the page looks like: PNG.
    ///
    /// # Panics
    /// When the driver refuses.
    pub async fn picture(&self) -> Vec<u8> {
        let answer = self.driver.get(&format!("{}/screenshot", self.session)).send().await.expect_status(200);
        STANDARD.decode(answer.json()["value"].as_str().expect("a picture")).expect("base64")
    }

    /// What the browser has complained of since it was last asked: errors of scripts, what the page's policy forbids,
    /// loads that failed.
    ///
    /// # Panics
    /// When the driver refuses.
    pub async fn complaints(&self) -> Vec<String> {
        let entries = self.command("/se/log", json!({ "type": "browser" })).await;
        let entries = entries.as_array().cloned().unwrap_or_default().into_iter();
        let bad = entries.filter(|entry| entry["level"] == "SEVERE");
        bad.map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }
}
