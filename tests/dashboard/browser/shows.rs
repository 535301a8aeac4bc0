//! What the pages show: of the real gateway, live, and harmless whatever is in a body.

use super::expect_no_complaint;
use crate::found::{different, equivalent, unreachable};
use crate::world::World;
use testkit::with_browser;

/// The routes of the file, and that this gateway keeps no report where it does not.
#[test]
fn routes_of_the_gateway_are_shown() {
    with_browser(|browser| async move {
        let world = World::start().await;
        world.open(&browser, "", "Routes").await;
        browser.shows("orders.read").await;
        browser.shows("/orders/{rest..}").await;
        browser.shows("0 of 1 route moved").await;
        for (page, text) in
            [("#/services", "0 of 1,024 in flight"), ("#/toggles", "orders.serve"), ("#/audit", "Audit")]
        {
            browser.open(&world.url(page)).await;
            browser.shows(text).await;
        }
    });
}

/// A change from elsewhere arrives without the page being loaded again, and so does what a parallel run finds.
#[test]
fn pages_are_live() {
    with_browser(|browser| async move {
        let world = World::start().await.told(&different()).await;
        world.open(&browser, "#/routes", "Routes").await;
        browser.script("window.stayed = true").await;
        browser.shows("Different").await;
        browser.shows("12.3 k").await;
        world.toggles(&["percent", "orders.serve", "25"]).await;
        browser.shows("Canary, 25 %").await;
        world.tell(&equivalent());
        browser.shows("Equivalent").await;
        browser.shows("54.3 k").await;
        assert_eq!(browser.script("return window.stayed").await, true, "the page was loaded again");
        expect_no_complaint(&browser).await;
    });
}

/// Of nothing there is no share; why there is nothing is said first.
#[test]
fn what_could_not_be_compared_is_said() {
    with_browser(|browser| async move {
        let world = World::start().await.told(&unreachable()).await;
        world.open(&browser, "", "Routes").await;
        browser.shows("60 dropped").await;
        browser.shows("nothing compared yet").await;
        world.open(&browser, "#/routes/orders.read", "orders.read").await;
        browser
            .shows("60 exchanges could not be, most of all for this: the breaker before the other side")
            .await;
        browser.shows("no connection to the other side").await;
        assert_eq!(browser.script("return document.querySelector('.rate').textContent").await, "–");
        expect_no_complaint(&browser).await;
    });
}

/// Markup, scripts, terminal codes and direction overrides of bodies are text, and shown by name.
#[test]
fn what_is_in_a_body_is_inert() {
    with_browser(|browser| async move {
        let world = World::start().await.told(&different()).await;
        world.open(&browser, "#/routes/orders.read/differences/%24.order.html/value", "$.order.html").await;
        browser.click(".fold").await;
        browser.shows("<script>window.hurt = 1</script>").await;
        browser.shows("\\u001b[31mred‹U+202E›").await;
        browser.script("document.querySelectorAll('details').forEach((one) => { one.open = true })").await;
        browser.shows("␛[31mred‹U+202E›").await;
        assert_eq!(browser.script("return window.hurt ?? null").await, serde_json::Value::Null);
        assert_eq!(
            browser.script("return document.querySelectorAll('main script, main img, main b').length").await,
            0
        );
        assert_eq!(browser.script("return /[\\u001b\\u202e]/.test(document.body.innerHTML)").await, false);
        let marked = browser
            .script("return [...document.querySelectorAll('.beside mark')].map((one) => one.textContent)");
        assert_eq!(
            marked.await,
            serde_json::json!(["<b>New</b>", "New"]),
            "what differs is marked, and nothing else"
        );
        expect_no_complaint(&browser).await;
    });
}

/// The policy of the page refuses markup made from text, whoever tries.
#[test]
fn markup_cannot_be_made_from_text() {
    with_browser(|browser| async move {
        let world = World::start().await;
        world.open(&browser, "#/routes", "Routes").await;
        let tried = browser.script(
            "try { document.body.innerHTML = '<b>x</b>'; return 'made' } catch (e) { return e.name }",
        );
        assert_eq!(tried.await, "TypeError");
    });
}

/// The token is asked for, kept in the tab, and told to nobody else.
#[test]
fn a_token_is_asked_for() {
    const TOKEN: &str = "a token of some length";
    with_browser(|browser| async move {
        let world = World::with("", Some(TOKEN)).await;
        assert_eq!(world.admin().get("/").send().await.status, 200, "the page itself needs none");
        assert_eq!(world.admin().get("/api/routes").send().await.status, 401);
        browser.open(&world.url("#/toggles")).await;
        browser.shows("Sign in").await;
        browser.click("#token").await;
        browser.keys("not this one\u{e007}").await;
        browser.shows("does not know this token").await;
        browser.script("document.getElementById('token').value = ''").await;
        browser.click("#token").await;
        browser.keys(&format!("{TOKEN}\u{e007}")).await;
        browser.shows("orders.serve").await;
        let kept = "return [document.cookie, localStorage.length, sessionStorage.length].join()";
        assert_eq!(browser.script(kept).await, ",0,1", "in the tab's own storage only");
        browser.click("[aria-label='Sign out']").await;
        browser.shows("Sign in").await;
        assert_eq!(browser.script("return sessionStorage.length").await, 0);
    });
}
