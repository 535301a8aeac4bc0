//! Pages of what a real parallel run found: two sides that differ, asked and compared by the gateway itself. Nothing stands between
//! the pages and its admin side.

use super::expect_no_complaint;
use crate::world::World;
use blackbox::SOON;
use serde_json::{Value, json};
use std::process::Command;
use testkit::{Browser, CommandOutput, eventually, with_browser};

/// A verdict after few requests, whose differences count at once.
const COMPARISON: &str = "\n[routes.comparison]\nenough = 20\nrecheck = \"0\"\nnoise_sample = 0\n";
const TITLE: &str = "#/routes/orders.read/differences/%24.order.title/value";

async fn compared(path: &str) -> World {
    let world = World::with(COMPARISON, None).await;
    world.toggles(&["on", "orders.compare"]).await;
    world.compare(path, 25).await;
    world
}

/// What the page offers to be pasted into a shell.
async fn offered(browser: &Browser) -> String {
    let command = browser.script("return document.querySelector('.command code').textContent").await;
    command.as_str().unwrap().to_owned()
}

/// From the verdict to the samples, to the command that asks both again, to the rule that explains it.
#[test]
fn a_difference_is_found_shown_asked_again_and_explained() {
    with_browser(|browser| async move {
        let world = compared("/orders/real").await;
        world.open(&browser, "#/routes/orders.read", "orders.read").await;
        for text in ["Different", "$.order.title", "other value", "100 %", "really differ"] {
            browser.shows(text).await;
        }
        world.open(&browser, TITLE, "$.order.title").await;
        let marked = "return [...document.querySelectorAll('.beside mark')].map((one) => one.textContent)";
        assert_eq!(
            browser.script(marked).await,
            json!(["old", "new"]),
            "what differs is marked, and nothing else"
        );
        browser.shows("<script>window.hurt = 1</script>").await;
        assert_eq!(browser.script("return window.hurt ?? null").await, Value::Null);

        let command = offered(&browser).await;
        let asked = CommandOutput::of(Command::new("bash").args(["-c", &command]).env("no_proxy", "*"))
            .await
            .expect_success()
            .stdout;
        let at = |side: &str| {
            asked.find(&format!("<b>{side}</b>")).unwrap_or_else(|| panic!("no {side} side: {asked}"))
        };
        assert!(at("old") < at("new"), "{asked}");

        browser.press("Explain this").await;
        browser.shows("ignore = [\"$.order.title\"]").await;
        browser.press("Add the rule").await;
        browser.until("the dialog to close", "return document.querySelector('dialog') === null").await;
        assert!(world.features().contains("ignore = [\"$.order.title\"]"), "{}", world.features());
        world.compare("/orders/real", 30).await;
        world.open(&browser, "#/routes/orders.read", "orders.read").await;
        browser.shows("explained").await;
        expect_no_complaint(&browser).await;
    });
}

/// Another status takes a rule of its own, which is filled in with the codes that were seen.
#[test]
fn statuses_are_said_to_mean_the_same() {
    with_browser(|browser| async move {
        let world = compared("/orders/gone").await;
        // The page of the route follows the report without samples.
        world.open(&browser, "#/routes/orders.read", "orders.read").await;
        browser.press("Explain").await;
        browser.shows("statuses = [[404, 410]]").await;
        browser.press("Cancel").await;
        world.open(&browser, "#/routes/orders.read/differences/status/value", "status").await;
        browser.press("Explain this").await;
        browser.shows("statuses = [[404, 410]]").await;
        browser.press("Add the rule").await;
        browser.until("the dialog to close", "return document.querySelector('dialog') === null").await;
        assert!(world.features().contains("statuses = [[404, 410]]"), "{}", world.features());
        let before =
            world.admin().get("/api/report?samples=0").send().await.json()["routes"][0]["compared"].clone();
        world.compare("/orders/gone", before.as_u64().unwrap() + 1).await;
        let report = world.admin().get("/api/report").send().await.json();
        let causes = report["routes"][0]["causes"].as_array().unwrap().clone();
        assert!(causes.iter().any(|one| one["path"] == "status" && one["class"] == "explained"), "{report}");
        expect_no_complaint(&browser).await;
    });
}

/// What is ordered on the page holds in the gateway, and what is ordered elsewhere is on the page at once: by an event, since all
/// timers of the page are stopped.
#[test]
fn a_promotion_is_held_goes_on_and_is_followed_live() {
    let promoted = "\n[routes.promotion]\nsteps = [50, 100]\nenough = 1000000\n";
    with_browser(|browser| async move {
        let world = World::with(promoted, None).await;
        world.open(&browser, "#/routes/orders.read", "orders.read").await;
        browser.shows("its toggle orders.serve is off: the new side answers nobody").await;
        world.toggles(&["on", "orders.serve"]).await;
        browser.shows("0 of 1000000 requests are compared").await;
        let phase = async |wanted: &str| {
            eventually(wanted, SOON, async || {
                let list = world.admin().get("/api/promotions").send().await.expect_status(200).json();
                (list["promotions"][0]["phase"] == wanted).then_some(())
            })
            .await;
        };
        for (order, says, then, wanted) in [
            ("Hold", "stays where it is until somebody starts", "held", "held"),
            ("Promote", "raises the share step by step", "under way", "rising"),
        ] {
            browser.press(order).await;
            browser.shows(says).await;
            browser.press(order).await;
            browser.shows(then).await;
            phase(wanted).await;
        }
        browser.until("the events", "return document.querySelector('[data-standing=live]') !== null").await;
        browser.script("window.setTimeout = () => 0").await;
        for (action, then) in
            [("hold", "held by"), ("start", "started by"), ("back", "sent back by"), ("clear", "cleared by")]
        {
            let order =
                world.admin().post("/api/routes/orders.read/promotion").json(&json!({ "action": action }));
            let _ = order.send().await.expect_status(200);
            let look = format!(
                "return document.querySelector('.promotion').textContent.toLowerCase().includes({then:?})"
            );
            browser.until(then, &look).await;
        }
        expect_no_complaint(&browser).await;
    });
}
