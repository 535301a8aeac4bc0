//! Markdown to html: what stays, what goes, and what never comes out.

use blackbox::{post_message, sign_up};
use serde_json::json;
use testkit::{Backend, Banyan, both_backends};

const CASES: [(&str, &str); 18] = [
    ("plain", "plain"),
    ("*em* **strong** `code`", "<em>em</em> <strong>strong</strong> <code>code</code>"),
    ("one\ntwo", "one\ntwo"),
    ("one\n\ntwo", "one\ntwo"),
    ("# Title", "Title"),
    ("1 < 2 & 3 > 2", "1 &lt; 2 &amp; 3 &gt; 2"),
    ("<b>bold</b> <i>it</i>", "<b>bold</b> <i>it</i>"),
    ("<abbr title=\"a\">b</abbr>", "<abbr title=\"a\">b</abbr>"),
    ("<u>under</u> <span class=\"x\">span</span>", "under span"),
    ("<b onclick=\"x()\" style=\"y\">b</b>", "<b>b</b>"),
    ("[text](http://a.example/)", "<a href=\"http://a.example/\" rel=\"nofollow\">text</a>"),
    (
        "see http://a.example/x?y=1&z=2 now",
        "see <a href=\"http://a.example/x?y=1&amp;z=2\" rel=\"nofollow\">http://a.example/x?y=1&amp;z=2</a> now",
    ),
    ("https://a.example", "<a href=\"https://a.example\" rel=\"nofollow\">https://a.example</a>"),
    ("`http://a.example`", "<code>http://a.example</code>"),
    ("äöü 日本語 🦀", "äöü 日本語 🦀"),
    ("&amp;", "&amp;"),
    ("<!-- hidden -->shown", "shown"),
    ("a@b.example", "a@b.example"),
];

/// Sources of what must never come out, whatever else does.
const UNSAFE: [&str; 14] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\u{1}javascript:alert(1))",
    "[x](data:text/html,<script>)",
    "[x](vbscript:x)",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\" java\nscript:alert(1)\">x</a>",
    "<a href='x' onmouseover='alert(1)'>x</a>",
    "<iframe src=\"//a.example\"></iframe>",
    "<svg/onload=alert(1)>",
    "[a](http://a.example/\"onmouseover=\"alert(1))",
];

/// The tags and attributes of an html: every `<name` and every `name=` inside of a tag.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).filter_map(|rest| rest.split('>').next()).collect()
}

fn is_allowed(tag: &str) -> bool {
    const NAMES: [&str; 8] = ["a", "abbr", "acronym", "b", "code", "em", "i", "strong"];
    let tag = tag.strip_prefix('/').unwrap_or(tag);
    let (name, rest) = tag.split_once(' ').unwrap_or((tag, ""));
    // Outside of the quotes there is nothing but names of attributes.
    let outside: Vec<&str> =
        rest.split('"').step_by(2).map(str::trim).filter(|part| !part.is_empty()).collect();
    NAMES.contains(&name) && outside.iter().all(|part| ["href=", "title=", "rel="].contains(part))
}

both_backends! {
    /// Each case as the contract has it, from POST and from PUT.
    async fn a_source_becomes_html(backend: Backend) {
        let banyan = Banyan::builder(backend).setting("messages.previews.enabled", "false").start().await;
        let ann = sign_up(&banyan, "ann").await;
        for (source, html) in CASES {
            let posted = post_message(&banyan, &ann, source).await;
            assert_eq!(posted["html"], html, "{source:?}");
            let path = posted["_links"]["self"].as_str().unwrap();
            for body in [json!({"source": "something else"}), json!({"source": source})] {
                banyan.put(path).bearer(&ann.token).json(&body).send().await.expect_status(204);
            }
            let edited = banyan.get(path).send().await.json();
            assert_eq!((&edited["html"], &edited["source"]), (&json!(html), &json!(source)));
        }
    }

    /// No other tag, no other attribute, no other scheme; and one source gives one html.
    async fn what_is_unsafe_never_comes_out(backend: Backend) {
        let banyan = Banyan::builder(backend).setting("messages.previews.enabled", "false").start().await;
        let ann = sign_up(&banyan, "ann").await;
        for source in UNSAFE {
            let first = post_message(&banyan, &ann, source).await;
            let html = first["html"].as_str().unwrap();
            assert!(tags(html).into_iter().all(is_allowed), "{source:?}: {html}");
            for scheme in ["javascript:", "data:", "vbscript:"] {
                let hrefs = html.to_lowercase().matches(&format!("href=\"{scheme}")).count();
                assert_eq!(hrefs, 0, "{source:?}: {html}");
            }
            assert_eq!(post_message(&banyan, &ann, source).await["html"], html, "{source:?}");
        }
    }
}

#[test]
fn what_is_not_allowed_is_seen() {
    for good in ["a href=\"x y=z\" rel=\"nofollow\"", "/a", "b", "abbr title=\"on=1\""] {
        assert!(is_allowed(good), "{good}");
    }
    for bad in
        ["script", "a onclick=\"x\"", "img", "b style=\"\"", "a href=x", "a href=\"x\"onclick=\"y\"", "/p"]
    {
        assert!(!is_allowed(bad), "{bad}");
    }
}
