//! Pages as people use them. Every test ends by asking the browser whether anything went wrong that nobody saw.

mod changes;
mod looks;
mod pictures;
mod real;
mod shows;
mod unleash_server;

use testkit::Browser;

/// The places of all pages, with their headings.
const PAGES: [(&str, &str); 6] = [
    ("#/routes", "Routes"),
    ("#/routes/orders.read", "orders.read"),
    ("#/routes/orders.read/differences/%24.order.html/value", "$.order.html"),
    ("#/services", "Services"),
    ("#/toggles", "Toggles"),
    ("#/audit", "Audit"),
];

/// No script failed, and nothing was tried that the page's policy forbids.
async fn expect_no_complaint(browser: &Browser) {
    let mut complaints = browser.complaints().await;
    // That a change cannot be made is said by a status, and shown in the page.
    complaints.retain(|complaint| !complaint.contains("status of 422"));
    assert!(complaints.is_empty(), "{complaints:#?}");
}
