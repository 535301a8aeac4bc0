//! Previews of links: in the answer when they are in time, added behind it when they are late, and never of a place
//! that nobody outside should reach.

use crate::page_server::PageServer;
use blackbox::{SOON, post_message, sign_up};
use serde_json::{Value, json};
use testkit::{Backend, Banyan, Client, both_backends, eventually};

async fn with_previews(backend: Backend) -> Banyan {
    Banyan::builder(backend).setting("messages.previews.allow_private", "true").start().await
}

async fn message(client: &Client, id: &Value) -> Value {
    client.get(&format!("/api/messages/{id}")).send().await.expect_status(200).json()
}

fn link(url: &str) -> String {
    format!("<a href=\"{url}\" rel=\"nofollow\">{url}</a>")
}

fn preview(url: &str, title: &str, description: &str) -> String {
    format!("<blockquote><p><a href=\"{url}\">{title}</a></p><p>{description}</p></blockquote>")
}

fn good(url: &str) -> String {
    preview(url, "A &amp; B &lt;i&gt;", "About \"it\" &lt;b&gt;")
}

both_backends! {
    /// A page's title and description, escaped, in the answer to POST and to PUT.
    async fn a_preview_is_in_the_answer(backend: Backend) {
        let (pages, banyan) = (PageServer::start().await, with_previews(backend).await);
        let ann = sign_up(&banyan, "ann").await;
        let (url, bare) = (pages.url("/good"), pages.url("/bare"));
        let posted = post_message(&banyan, &ann, &url).await;
        assert_eq!(posted["html"], format!("{}{}", link(&url), good(&url)));
        assert_eq!(message(&banyan, &posted["id"]).await, posted);
        let path = posted["_links"]["self"].as_str().unwrap();
        let edit = banyan.put(path).bearer(&ann.token).json(&json!({"source": bare}));
        edit.send().await.expect_status(204);
        let edited = message(&banyan, &posted["id"]).await;
        let expected = preview(&bare, &bare, "No description found.");
        assert_eq!(edited["html"], format!("{}{expected}", link(&bare)));
        assert_eq!(edited["source"], bare, "the source stays what was written");
    }

    /// Of several links each has its preview, in their order; what is no 200 HTML page has none.
    async fn previews_of_several_links(backend: Backend) {
        let (pages, banyan) = (PageServer::start().await, with_previews(backend).await);
        let ann = sign_up(&banyan, "ann").await;
        let paths = ["/bare", "/missing", "/good", "/text", "/broken"];
        let urls = paths.map(|path| pages.url(path));
        let posted = post_message(&banyan, &ann, &urls.join(" ")).await;
        let [bare, _, found, ..] = &urls;
        let links = urls.each_ref().map(|url| link(url)).join(" ");
        let previews = format!("{}{}", preview(bare, bare, "No description found."), good(found));
        assert_eq!(posted["html"], format!("{links}{previews}"));
        let (moved, endless) = (pages.url("/moved"), pages.url("/loop"));
        let posted = post_message(&banyan, &ann, &format!("{moved} {endless}")).await;
        let links = format!("{} {}", link(&moved), link(&endless));
        assert_eq!(posted["html"], format!("{links}{}", good(&moved)), "a redirect is followed, not for ever");
    }

    /// At most five links of a message are fetched.
    async fn five_links_are_fetched(backend: Backend) {
        let (pages, banyan) = (PageServer::start().await, with_previews(backend).await);
        let ann = sign_up(&banyan, "ann").await;
        let urls: Vec<String> = (0..7).map(|number| pages.url(&format!("/bare?{number}"))).collect();
        let posted = post_message(&banyan, &ann, &urls.join(" ")).await;
        let none = posted["html"].as_str().unwrap().matches("<blockquote>").count();
        // A page "/bare?0" is not "/bare": all of them are 404, and five were asked for.
        assert_eq!((none, pages.asked()), (0, 5));
    }

    /// A late preview is added behind the answer, which does not wait for it; `updated_at` tells.
    async fn a_late_preview_is_added_behind(backend: Backend) {
        let builder = Banyan::builder(backend).setting("messages.previews.allow_private", "true");
        let (pages, banyan) = (PageServer::start().await, builder.setting("messages.previews.wait_ms", "50").start().await);
        let ann = sign_up(&banyan, "ann").await;
        let url = pages.url("/good");
        pages.hold();
        let posted = post_message(&banyan, &ann, &url).await;
        assert_eq!(posted["html"], link(&url), "answered while the page is awaited");
        pages.release();
        let whole = format!("{}{}", link(&url), good(&url));
        let after = eventually("the preview", SOON, async || {
            Some(message(&banyan, &posted["id"]).await).filter(|message| message["html"] == whole)
        }).await;
        assert!(after["updated_at"].as_i64() >= posted["updated_at"].as_i64());
        assert_eq!((&after["source"], &after["created_at"]), (&posted["source"], &posted["created_at"]));
    }

    /// A preview that comes after an edit does not bring the old text back.
    async fn a_late_preview_does_not_undo_an_edit(backend: Backend) {
        let builder = Banyan::builder(backend).setting("messages.previews.allow_private", "true");
        let (pages, banyan) = (PageServer::start().await, builder.setting("messages.previews.wait_ms", "50").start().await);
        let ann = sign_up(&banyan, "ann").await;
        pages.hold();
        let posted = post_message(&banyan, &ann, &pages.url("/good")).await;
        let path = posted["_links"]["self"].as_str().unwrap();
        let edit = banyan.put(path).bearer(&ann.token).json(&json!({"source": "no link any more"}));
        edit.send().await.expect_status(204);
        // Another message's preview, asked for later, is there: then the first would be, too.
        let url = pages.url("/bare");
        let second = post_message(&banyan, &ann, &url).await;
        pages.release();
        eventually("the second preview", SOON, async || {
            let html = message(&banyan, &second["id"]).await["html"].clone();
            html.as_str().unwrap().contains("<blockquote>").then_some(())
        }).await;
        assert_eq!(message(&banyan, &posted["id"]).await["html"], "no link any more");
    }

    /// A preview that is awaited when the process is asked to stop is there after it.
    async fn a_preview_outlives_the_stop(backend: Backend) {
        let builder = Banyan::builder(backend).setting("messages.previews.allow_private", "true");
        let (pages, banyan) = (PageServer::start().await, builder.setting("messages.previews.wait_ms", "50").start().await);
        let ann = sign_up(&banyan, "ann").await;
        let url = pages.url("/good");
        pages.hold();
        let posted = post_message(&banyan, &ann, &url).await;
        banyan.process().terminate();
        eventually("the end of accepting", SOON, async || {
            banyan.get("/stats").try_send().await.is_err().then_some(())
        }).await;
        pages.release();
        assert_eq!(banyan.sigterm_and_wait().await.code(), Some(0));
        let banyan = banyan.restart().await;
        let after = message(&banyan, &posted["id"]).await;
        assert_eq!(after["html"], format!("{}{}", link(&url), good(&url)));
    }

    /// Private addresses are not reached unless a setting says so: no preview, and nobody was asked.
    async fn private_addresses_are_not_reached(backend: Backend) {
        let (pages, banyan) = (PageServer::start().await, Banyan::start(backend).await);
        let ann = sign_up(&banyan, "ann").await;
        let port = pages.address.port();
        for host in ["127.0.0.1", "localhost", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433"] {
            let source = format!("[x](http://{host}:{port}/good)");
            let posted = post_message(&banyan, &ann, &source).await;
            assert!(!posted["html"].as_str().unwrap().contains("<blockquote>"), "{host}: {posted}");
        }
        assert_eq!(pages.asked(), 0);
    }

    /// Without previews nothing is fetched.
    async fn previews_can_be_off(backend: Backend) {
        let builder = Banyan::builder(backend).setting("messages.previews.allow_private", "true");
        let (pages, banyan) = (PageServer::start().await, builder.setting("messages.previews.enabled", "false").start().await);
        let ann = sign_up(&banyan, "ann").await;
        let url = pages.url("/good");
        assert_eq!(post_message(&banyan, &ann, &url).await["html"], link(&url));
        assert_eq!(pages.asked(), 0);
    }
}
