//! The keyboard, the phone, the night, and many routes.

use super::{PAGES, expect_no_complaint};
use crate::found::different;
use crate::world::World;
use serde_json::json;
use testkit::{Viewport, with_browser};

/// Every page can be reached, and a route opened, without a mouse.
#[test]
fn pages_are_used_by_keyboard() {
    with_browser(|browser| async move {
        let world = World::start().await.told(&different()).await;
        world.open(&browser, "", "Routes").await;
        browser.keys("?").await;
        browser.shows("next row").await;
        browser.keys("\u{e00c}").await;
        browser.until("the dialog to close", "return document.querySelector('dialog') === null").await;
        for (key, heading) in [("s", "Services"), ("t", "Toggles"), ("a", "Audit"), ("r", "Routes")] {
            browser.keys("g").await;
            browser.keys(key).await;
            let look = format!("return document.querySelector('main h1')?.textContent === {heading:?}");
            browser.until(heading, &look).await;
        }
        browser.shows("orders.read").await;
        browser.keys("/").await;
        browser.keys("no such route").await;
        browser.shows("No route of that name").await;
        browser.press("Show all routes").await;
        browser.shows("orders.read").await;
        browser.keys("j").await;
        let focused = "const it = document.activeElement; return it.textContent === 'orders.read' && it.matches(':focus-visible') \
                       && getComputedStyle(it).outlineStyle === 'solid'";
        browser.until("a focus that is seen", focused).await;
        browser.keys("\u{e007}").await;
        browser.shows("What differs").await;
        browser.keys("f").await;
        browser.shows("Compare orders.read").await;
        browser.keys("\u{e00c}").await;
        browser.keys("f").await;
        browser.shows("Compare orders.read").await;
        browser.script("history.back()").await;
        browser.shows("of 1 route moved").await;
        assert_eq!(browser.script("return document.querySelector('dialog')").await, serde_json::Value::Null);
        browser.script("history.forward()").await;
        browser.shows("What differs").await;
        browser.keys("u").await;
        browser.shows("of 1 route moved").await;
        expect_no_complaint(&browser).await;
    });
}

/// No page is wider than a phone.
#[test]
fn no_page_scrolls_sideways_on_a_phone() {
    with_browser(|browser| async move {
        let long = "a-route-of-a-very-long-name.".repeat(4);
        let more = format!(
            "[[routes]]\nname = \"{long}\"\nmatch = {{ path = \"/{long}/{{rest..}}\" }}\nlegacy = \"shop\"\n"
        );
        let world = World::with(&more, None).await.told(&different()).await;
        browser.look_from(Viewport::PHONE).await;
        let long_page = format!("#/routes/{long}");
        for (page, heading) in PAGES.into_iter().chain([(long_page.as_str(), long.as_str())]) {
            world.open(&browser, page, heading).await;
            let widths = browser.script("return [document.documentElement.scrollWidth, innerWidth]").await;
            assert_eq!(widths, json!([390, 390]), "{page}");
        }
    });
}

/// Dark when the system is, unless somebody says otherwise; and the choice is kept.
#[test]
fn pages_are_dark_at_night() {
    const GROUND: &str =
        "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0] < 60";
    with_browser(|browser| async move {
        let world = World::start().await;
        world.open(&browser, "#/routes", "Routes").await;
        assert_eq!(browser.script(GROUND).await, false);
        browser.look_from(Viewport::LAPTOP.dark()).await;
        assert_eq!(browser.script(GROUND).await, true);
        browser.keys("d").await;
        assert_eq!(browser.script(GROUND).await, false, "light was chosen");
        browser.keys("d").await;
        browser.look_from(Viewport::LAPTOP).await;
        assert_eq!(browser.script(GROUND).await, true, "dark was chosen");
        world.open(&browser, "#/toggles", "Toggles").await;
        browser.script("location.reload()").await;
        browser.shows("orders.serve").await;
        assert_eq!(browser.script(GROUND).await, true, "it is kept");
        expect_no_complaint(&browser).await;
    });
}

/// Text can be read on its ground: 4.5:1 for every text of every page, in both themes (WCAG 2.2, 1.4.3).
#[test]
fn text_can_be_read() {
    const FAINT: &str = include_str!("contrast.js");
    with_browser(|browser| async move {
        let world = World::start().await.told(&different()).await;
        for viewport in [Viewport::LAPTOP, Viewport::LAPTOP.dark()] {
            browser.look_from(viewport).await;
            for (page, heading) in PAGES {
                world.open(&browser, page, heading).await;
                assert_eq!(browser.script(FAINT).await, json!([]), "{page} {viewport:?}");
            }
        }
    });
}

/// A thousand routes: a hundred are drawn, more when asked for, and the search looks through all.
#[test]
fn many_routes_are_drawn_a_hundred_at_a_time() {
    with_browser(|browser| async move {
        let route = |number: u32| {
            format!(
                "[[routes]]\nname = \"r{number}\"\nmatch = {{ path = \"/r{number}\" }}\nlegacy = \"shop\"\n"
            )
        };
        let world = World::with(&(0..1_000).map(route).collect::<String>(), None).await;
        world.open(&browser, "#/routes", "Routes").await;
        browser.shows("100 of 1,001 routes").await;
        let rows = "return document.querySelectorAll('tbody tr').length";
        assert_eq!(browser.script(rows).await, 100);
        browser.press("Show more").await;
        browser.shows("200 of 1,001 routes").await;
        browser.keys("/").await;
        browser.keys("r999").await;
        browser.until("one row", "return document.querySelectorAll('tbody tr').length === 1").await;
        expect_no_complaint(&browser).await;
    });
}
