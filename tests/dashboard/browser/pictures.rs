//! The pictures of the documentation, taken anew: `cargo nextest run -p blackbox --run-ignored only pictures`.

use super::PAGES;
use crate::found::several;
use crate::world::World;
use serde_json::json;
use std::path::PathBuf;
use testkit::{Browser, Viewport, with_browser, workspace_root};

/// The largest picture, in bytes.
const PICTURE_MAX_BYTES: usize = 150 * 1024;
/// What the pictures are called, in the order of [`PAGES`].
const NAMES: [&str; 6] = ["routes", "route", "difference", "services", "toggles", "audit"];

/// The promotion of `orders.read`, and routes beside it, one at each stage.
const MORE: &str = r#"
[routes.promotion]
steps = [1, 5, 25, 50, 100]

[toggles."basket.compare"]
enabled = true
[[routes]]
name = "basket"
match = { path = "/basket" }
legacy = "shop"
service = "orders"
serve = "basket.serve"
compare = "basket.compare"
[toggles."basket.serve"]
enabled = false
[toggles."articles.serve"]
description = "the orders service answers for articles"
enabled = true
[[routes]]
name = "articles"
match = { methods = ["GET"], path = "/articles/{rest..}" }
legacy = "shop"
service = "orders"
serve = "articles.serve"
compare = "basket.compare"
[[routes]]
name = "accounts"
match = { methods = ["GET", "PUT"], path = "/accounts/{id}" }
legacy = "shop"
"#;

fn folder() -> PathBuf {
    workspace_root().join("docs/images")
}

async fn take(browser: &Browser, name: &str) {
    browser.until("the page to come to rest", "return document.getAnimations().length === 0").await;
    let picture = browser.picture().await;
    assert!(picture.len() <= PICTURE_MAX_BYTES, "{name}: {} bytes", picture.len());
    std::fs::write(folder().join(format!("dashboard-{name}.png")), picture).unwrap();
}

/// One of each page, one at night, one on a phone.
#[test]
#[ignore = "writes docs/images, where a person looks at them"]
fn pictures_of_all_pages() {
    with_browser(|browser| async move {
        std::fs::create_dir_all(folder()).unwrap();
        let world = World::with(MORE, None).await.told(&several()).await;
        world.toggles(&["percent", "orders.serve", "5"]).await;
        world.toggles(&["on", "orders.compare"]).await;
        world.use_routes(&["/orders/7", "/basket", "/articles/tea", "/accounts/3"]).await;
        let breaker = world.admin().post("/api/services/orders/breaker").header("x-user", "alice");
        breaker.json(&json!({ "state": "closed" })).send().await.expect_status(200);
        for ((page, heading), name) in PAGES.into_iter().zip(NAMES) {
            world.open(&browser, page, heading).await;
            browser
                .until("what was found", "return document.querySelector('[data-standing=live]') !== null")
                .await;
            take(&browser, name).await;
        }
        world.open(&browser, PAGES[1].0, PAGES[1].1).await;
        browser.shows("$.order.html").await;
        browser.press("Explain").await;
        browser.shows("ignore = ").await;
        take(&browser, "explain").await;
        browser.look_from(Viewport::LAPTOP.dark()).await;
        world.open(&browser, PAGES[0].0, PAGES[0].1).await;
        browser.shows("Different").await;
        take(&browser, "routes-dark").await;
        browser.look_from(Viewport::PHONE).await;
        world.open(&browser, PAGES[0].0, PAGES[0].1).await;
        browser.shows("Different").await;
        take(&browser, "routes-phone").await;
    });
}
