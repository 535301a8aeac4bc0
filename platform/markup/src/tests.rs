//! Golden cases of the rendering, and what must hold for any source.

use crate::{links, render};
use html5ever::tokenizer::{BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};
use proptest::prelude::*;
use std::cell::RefCell;

#[test]
fn sources_render_as_the_contract_says() {
    for (source, html) in [
        ("hello", "hello"),
        ("a **b** *c* `d<e`", "a <strong>b</strong> <em>c</em> <code>d&lt;e</code>"),
        ("one\ntwo\n\nthree", "one\ntwo\nthree"),
        ("one  \ntwo\\\nthree", "one\ntwo\nthree"),
        ("# Head\n\ntext", "Head\ntext"),
        ("- a\n- b\n\nc", "a\nb\nc"),
        ("> quoted\n\nplain", "quoted\nplain"),
        ("    let a = 1 < 2;\n", "<code>let a = 1 &lt; 2;\n</code>"),
        ("a & b < c > d \"e\" 'f'", "a &amp; b &lt; c &gt; d \"e\" 'f'"),
        ("&copy; &amp;lt;", "\u{a9} &amp;lt;"),
        ("<b>x</b> <i>y</i> <u>z</u>", "<b>x</b> <i>y</i> z"),
        ("<script>alert('<b>1')</script>", "alert('<b>1')</b>"),
        ("<style>p {}</style> x", "p {} x"),
        ("x <span onclick=\"evil()\">y</span>", "x y"),
        ("<b onclick=x title=y>z</b>", "<b>z</b>"),
        ("<abbr title=\"a &quot;b&quot; <\">c</abbr>", "<abbr title=\"a &quot;b&quot; &lt;\">c</abbr>"),
        ("<b>never closed\n\nnext", "<b>never closed\nnext</b>"),
        ("*a <b>b* c</b>", "<em>a <b>b</b></em> c"),
        ("</b>x", "x"),
        ("<div is a tag", "&lt;div is a tag"),
        ("<div\n\nx>", "&lt;div\nx&gt;"),
        ("a <!-- hidden --> b", "a  b"),
        ("![a cat](http://a.com/c.png)", "a cat"),
        ("| a | b |\n|---|---|", "| a | b |\n|---|---|"),
        ("", ""),
        ("\n\n", ""),
    ] {
        assert_eq!(render(source), html, "{source:?}");
    }
}

#[test]
fn links_render_as_the_contract_says() {
    let link = |href: &str, text: &str| format!("<a href=\"{href}\" rel=\"nofollow\">{text}</a>");
    for (source, html) in [
        ("http://a.com", link("http://a.com", "http://a.com")),
        (
            "see https://a.com/b?c=1&d=2.",
            format!("see {}.", link("https://a.com/b?c=1&amp;d=2", "https://a.com/b?c=1&amp;d=2")),
        ),
        ("(http://a.com/b_c_d)", format!("({})", link("http://a.com/b_c_d", "http://a.com/b_c_d"))),
        ("http://a.com/&quot;x", format!("{}\"x", link("http://a.com/", "http://a.com/"))),
        ("HTTP://A.com", link("HTTP://A.com", "HTTP://A.com")),
        ("http://127.0.0.1:80/x", link("http://127.0.0.1:80/x", "http://127.0.0.1:80/x")),
        ("http://localhost/", link("http://localhost/", "http://localhost/")),
        ("www.a.rs", link("http://www.a.rs", "www.a.rs")),
        ("a.com/b", link("http://a.com/b", "a.com/b")),
        ("main.rs e.g. 1.5 a.b a@b.com ftp://a.com", "main.rs e.g. 1.5 a.b a@b.com ftp://a.com".into()),
        ("first.last@b.com", "first.last@b.com".into()),
        ("<http://a.com>", link("http://a.com", "http://a.com")),
        (
            "[a.com](http://b.com \"t\")",
            "<a href=\"http://b.com\" title=\"t\" rel=\"nofollow\">a.com</a>".into(),
        ),
        ("[x](/rel)", link("/rel", "x")),
        ("<a@b.com>", "<a href=\"mailto:a@b.com\">a@b.com</a>".into()),
        ("`http://a.com`", "<code>http://a.com</code>".into()),
        ("<a href=\"http://a.com\">http://b.com</a>", link("http://a.com", "http://b.com")),
        ("<a href='http://a.com'>[x](http://b.com)", link("http://a.com", "x")),
        ("<a href=\"http://a.com?x=1&copy=2\">y</a>", link("http://a.com?x=1&amp;copy=2", "y")),
        ("[x](javascript:alert(1))", "<a>x</a>".into()),
        ("<a href=\"jav&#x0A;ascript:alert(1)\">x</a>", "<a>x</a>".into()),
        ("<a href=\"&#106avascript&colon;alert(1)\">x</a>", "<a>x</a>".into()),
        ("javascript:alert(1)", "javascript:alert(1)".into()),
        ("javascript://a.com", "javascript://a.com".into()),
        ("[x](data:text/html,y)", "<a>x</a>".into()),
    ] {
        assert_eq!(render(source), html, "{source:?}");
    }
}

#[test]
fn links_are_the_web_links_in_order_each_once() {
    let html = render(
        "http://b.com [x](https://a.com/?a=1&b=%22) [y](mailto:a@b.c) [z](/z) http://b.com www.c.com\n`<a href=\"http://d.com\">`",
    );
    assert_eq!(links(&html, 5), ["http://b.com", "https://a.com/?a=1&b=%22", "http://www.c.com"]);
    assert_eq!(links(&html, 2).len(), 2);
    assert_eq!(links(&html, 0).len(), 0);
}

#[test]
fn hostile_sources_come_to_an_end() {
    for piece in [
        "[",
        "*",
        "<",
        "<b>",
        "<a b='<a b=\"",
        "<!--",
        "> ",
        "- ",
        "`",
        "![",
        "_a",
        "a.",
        "://",
        "\\",
        "&#",
        "<a x ",
    ] {
        let source = piece.repeat(16 * 1024 / piece.len());
        check(&render(&source));
    }
}

/// Checks what must hold for any output: only our tags and attributes, closed and not crossed, and safe targets.
fn check(html: &str) {
    let tokenizer = Tokenizer::new(Checker::default(), Default::default());
    let queue = BufferQueue::default();
    queue.push_back(html.into());
    while !queue.is_empty() {
        let _ = tokenizer.feed(&queue);
    }
    tokenizer.end();
    assert_eq!(*tokenizer.sink.0.borrow(), Vec::<String>::new(), "left open in {html}");
}

#[derive(Default)]
struct Checker(RefCell<Vec<String>>);

impl TokenSink for Checker {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::EndTag => {
                assert_eq!(self.0.borrow_mut().pop().as_deref(), Some(&*tag.name));
            }
            Token::TagToken(tag) => {
                let allowed = ["a", "abbr", "acronym", "b", "code", "em", "i", "strong"];
                assert!(allowed.contains(&&*tag.name), "{tag:?}");
                for attribute in &tag.attrs {
                    let value = &*attribute.value;
                    match &*attribute.name.local {
                        "href" => assert!(is_safe(value), "{value:?}"),
                        "rel" => assert_eq!(value, "nofollow"),
                        name => assert_eq!(name, "title"),
                    }
                }
                self.0.borrow_mut().push(tag.name.to_string());
            }
            Token::CharacterTokens(_) | Token::NullCharacterToken | Token::EOFToken => {}
            other => assert!(matches!(other, Token::ParseError(_)), "{other:?}"),
        }
        TokenSinkResult::Continue
    }
}

/// As a browser sees a target: spaces and control characters mean nothing.
fn is_safe(href: &str) -> bool {
    let seen: String = href.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    !["javascript:", "data:", "vbscript:", "file:"].iter().any(|s| seen.to_ascii_lowercase().starts_with(s))
}

const PIECES: &[&str] = &[
    "<",
    ">",
    "a",
    "b",
    " ",
    "\n",
    "\n\n",
    "\"",
    "'",
    "=",
    "/",
    "href",
    "title",
    "<a href=",
    "</a>",
    "<b>",
    "</b>",
    "<i",
    "&",
    "#",
    ";",
    "&lt;",
    "&#106;",
    "&colon;",
    "javascript:",
    "JAVA",
    "script:",
    "data:",
    "http://",
    "www.",
    "x.com",
    "[",
    "](",
    ")",
    "*",
    "**",
    "_",
    "`",
    "```",
    "<!--",
    "-->",
    "<?",
    "<![CDATA[",
    "<script>",
    "</script>",
    "\t",
    "\u{0}",
    "\\",
    "- ",
    "> ",
    "!",
    "ü",
    "\u{202e}",
    "1. ",
    "    ",
    "mailto:",
    ":",
    "@",
];

proptest! {
    #[test]
    fn any_text_gives_safe_html(source in any::<String>()) {
        let html = render(&source);
        check(&html);
        prop_assert_eq!(html, render(&source));
    }

    #[test]
    fn any_mix_of_markup_gives_safe_html(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..60)) {
        let html = render(&pieces.concat());
        check(&html);
        prop_assert!(links(&html, 5).iter().all(|link| link.to_ascii_lowercase().starts_with("http")));
    }
}
