//! The pages where toggles come from a real Unleash server: they are shown, and changed there only. `cargo xtask test` starts the
//! server because this module has this name.

use super::expect_no_complaint;
use crate::world::World;
use serde_json::json;
use testkit::{Browser, with_unleash};

#[test]
fn toggles_of_an_unleash_server_are_read_only() {
    with_unleash(async |server| {
        let toggle = server.named("serve");
        server.create(&toggle, 25).await;
        let route = format!(
            "[[routes]]\nname = \"orders.read\"\nmatch = {{ path = \"/orders/{{rest..}}\" }}\nlegacy = \"shop\"\n\
             service = \"orders\"\nserve = \"{toggle}\"\n"
        );
        let settings = [
            ("BANYAN__UNLEASH__URL", server.url().to_owned()),
            ("BANYAN__UNLEASH__TOKEN", server.token().to_owned()),
            ("BANYAN__UNLEASH__POLL_INTERVAL_MS", "100".to_owned()),
            ("BANYAN__UNLEASH__APP_NAME", server.named("dashboard")),
        ];
        let world = World::of(&route, &settings).await;
        let (browser, before) = (Browser::start().await, world.features());
        world.open(&browser, "#/toggles", "Toggles").await;
        for text in [toggle.as_str(), "of an Unleash server. They are read-only here", "connected", "25 %"] {
            browser.shows(text).await;
        }
        let switches = "return [...document.querySelectorAll('.switch')].map((one) => one.disabled)";
        assert_eq!(browser.script(switches).await, json!([true]));
        browser.script("document.querySelector('.switch').click()").await;
        assert_eq!(browser.script("return document.querySelector('dialog')").await, json!(null));

        // A route is moved there, too.
        world.open(&browser, "#/routes/orders.read", "orders.read").await;
        browser.press("Go forward").await;
        browser.shows("Unleash").await;
        let write = "return [...document.querySelectorAll('dialog button')].some((one) => one.textContent.includes('Write'))";
        assert_eq!(browser.script(write).await, json!(false), "nothing offers to write a file");
        let order = world.admin().post(&format!("/api/toggles/{toggle}")).json(&json!({ "percent": 50 }));
        assert_eq!(order.send().await.status, 409);
        assert_eq!(world.features(), before);

        // What is changed there is shown here.
        server.roll_out(&toggle, 75).await;
        world.open(&browser, "#/toggles", "Toggles").await;
        browser.shows("75 %").await;
        expect_no_complaint(&browser).await;
    });
}
