//! What is changed from a page: shown first, made when confirmed, and seen by whoever asks the gateway.

use super::expect_no_complaint;
use crate::found::different;
use crate::world::{ORDERS, World};
use testkit::with_browser;

/// Forward to a share and to all, and back: each a change of the file that is shown first, with its comments kept.
#[test]
fn a_route_goes_forward_and_back() {
    with_browser(|browser| async move {
        let world = World::start().await;
        world.answered_by("old").await;
        world.open(&browser, "#/routes/orders.read", "orders.read").await;
        browser.click(".large-dial li:last-child button").await;
        browser.shows("features.toml").await;
        browser.press("On").await;
        browser.shows("enabled = true # since May").await;
        assert!(world.features().ends_with(ORDERS), "it was only shown");
        browser.press("Write to the file").await;
        world.answered_by("new").await;
        assert_eq!(world.features().matches("# since May").count(), 1);
        assert!(
            world.features().ends_with(&ORDERS.replace("false # since May", "true # since May")),
            "all else stays"
        );
        browser.until("the dialog to close", "return document.querySelector('dialog') === null").await;
        browser.shows("Extracted").await;
        browser.press("Go back").await;
        browser.shows("enabled = false # since May").await;
        browser.press("Write to the file").await;
        world.answered_by("old").await;
        assert!(world.features().ends_with(ORDERS));
        let entries = world.admin().get("/api/audit").send().await.json();
        let made: Vec<&str> = entries["entries"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| entry["action"] == "toggle.edit" && entry["outcome"] == "made")
            .map(|entry| entry["subject"].as_str().unwrap())
            .collect();
        assert_eq!(made, ["toggle orders.serve", "toggle orders.serve"]);
        expect_no_complaint(&browser).await;
    });
}

/// A file that somebody changed while the dialog was open is not written over.
#[test]
fn a_change_to_a_file_that_changed_meanwhile_is_refused() {
    with_browser(|browser| async move {
        let world = World::start().await;
        world.open(&browser, "#/toggles", "Toggles").await;
        browser.click("[aria-label^='orders.serve']").await;
        browser.shows("enabled = true # since May").await;
        world.append("# somebody was here\n");
        let meanwhile = world.features();
        browser.press("Write to the file").await;
        browser.shows("has changed since it was shown").await;
        assert_eq!(world.features(), meanwhile);
        browser.press("Try again").await;
        browser.shows("enabled = true # since May").await;
        browser.press("Write to the file").await;
        world.answered_by("new").await;
    });
}

/// A difference that is meant: the rule is in the file, and its comments stay.
#[test]
fn a_difference_is_explained() {
    with_browser(|browser| async move {
        let world = World::start().await.told(&different()).await;
        world.open(&browser, "#/routes/orders.read", "orders.read").await;
        browser.shows("$.order.html").await;
        browser.press("Explain").await;
        browser.shows("What is it?").await;
        browser.press("Generated").await;
        browser.shows("generated = [\"$.order.html\"]").await;
        assert!(world.features().ends_with(ORDERS), "it was only shown");
        browser.press("Add the rule").await;
        browser.until("the dialog to close", "return document.querySelector('dialog') === null").await;
        let rule = "\n[routes.comparison]\ngenerated = [\"$.order.html\"]\n";
        assert!(world.features().ends_with(&format!("{ORDERS}{rule}")), "{}", world.features());
        expect_no_complaint(&browser).await;
    });
}

/// What is promoted goes back when a person says so, at once and until it is cleared.
#[test]
fn a_promotion_is_sent_back_and_cleared() {
    let promoted = "\n[routes.promotion]\nsteps = [100]\nenough = 1000000\n";
    with_browser(|browser| async move {
        let world = World::with(promoted, None).await;
        world.toggles(&["on", "orders.compare"]).await;
        world.toggles(&["on", "orders.serve"]).await;
        world.answered_by("new").await;
        world.open(&browser, "#/routes/orders.read", "orders.read").await;
        browser.shows("under way").await;
        browser.press("Go back now").await;
        browser.shows("stays back until somebody clears it").await;
        browser.press("Go back now").await;
        browser.shows("went back").await;
        browser.shows("held at 0 % by its promotion").await;
        world.answered_by("old").await;
        assert!(world.features().contains("enabled = true # since May"), "the toggle is as it was");
        browser.press("Clear").await;
        browser.shows("may begin anew").await;
        browser.press("Clear").await;
        world.answered_by("new").await;
        browser.shows("moved the promotion of route orders.read").await;
        expect_no_complaint(&browser).await;
    });
}

/// A breaker is forced, after it was asked whether that is meant; the gateway then refuses, and says who did it.
#[test]
fn a_breaker_is_forced() {
    with_browser(|browser| async move {
        let world = World::start().await;
        world.open(&browser, "#/services", "Services").await;
        browser.click("[aria-label='Breaker of orders'] button:nth-child(2)").await;
        browser.shows("All requests to this service are refused").await;
        browser.press("Force open").await;
        browser.shows("Breaker open").await;
        let services = world.admin().get("/api/services").send().await.json();
        let orders =
            services["services"].as_array().unwrap().iter().find(|one| one["name"] == "orders").unwrap();
        assert_eq!(orders["breaker"]["force"], "open");
        world.open(&browser, "#/audit", "Audit").await;
        browser.shows("forced the breaker of service orders").await;
        expect_no_complaint(&browser).await;
    });
}
