//! Bodies other than JSON.

use super::{told, typed};
use crate::Form;

#[test]
fn text_is_compared_line_by_line() {
    assert!(typed("text/plain", "a\r\nb\n", "a\nb").is_equal());
    assert_eq!(told(&typed("text/csv", "a\nb\nc", "a\nx\nb\nc")), ["extra $[1]"]);
    assert_eq!(told(&typed("text/plain", "a \"q\" \u{1}", "a \"p\" \u{1}")), ["value $[0]"]);
}

#[test]
fn html_is_compared_by_structure() {
    let page =
        |list: &str| format!("<!doctype html><html><body class='x  y' id=m>\n<ul>{list}</ul><br>end</body>");
    let old = page("<li>one<li>two &amp; a half<script>if (a<b) {}</script>");
    let same = "<html><!-- c --><body id=\"m\" class=\"x y\"><ul>\n <li>one</li>\n <li>two &#38;\n a half\
                <script>if (a<b) {}</script></li></ul><br/>end</body></html>\n";
    let found = typed("text/html; charset=utf-8", &old, same);
    assert!(found.is_equal(), "{found:?}");
    assert_eq!(found.form, Form::Html);
    let more = page("<li>one<li>new<li>two &amp; a half<script>if (a<b) {}</script>");
    let list = "$[0].children[0].children[0].children";
    assert_eq!(told(&typed("text/html", &old, &more)), [format!("extra {list}[1]")]);
    let other = old.replace("id=m", "id=n");
    assert_eq!(told(&typed("text/html", &old, &other)), ["value $[0].children[0].attributes.id"]);
    let pre = |space: &str| format!("<pre>a{space}b</pre>");
    assert!(!typed("text/html", &pre(" "), &pre("  ")).is_equal());
    let deep = |inner: &str| format!("{}{inner}", "<b>".repeat(100_000));
    assert_eq!(typed("text/html", &deep("1"), &deep("2")).form, Form::Text);
}

#[test]
fn xml_is_compared_by_structure() {
    let old = "<?xml version=\"1.0\"?><a x='1' y='2'><b>t &lt; u</b><c/></a>";
    let same = "<a y=\"2\" x=\"1\">\n  <!-- c --><b><![CDATA[t < u]]></b>\n  <c></c>\n</a>";
    let found = typed("application/atom+xml", old, same);
    assert!(found.is_equal(), "{found:?}");
    assert_eq!(found.form, Form::Xml);
    let other = old.replace("<b>t", "<b z=\"\">t");
    assert_eq!(told(&typed("text/xml", old, &other)), ["extra $[0].children[0].attributes.z"]);
    // What is no XML is text; entities are not looked up.
    assert_eq!(typed("text/xml", "<a>", "<b>").form, Form::Text);
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><x>&a;</x>";
    assert_eq!(told(&typed("text/xml", bomb, "<x>aaaa</x>")), ["value $[0].children[0]"]);
}

#[test]
fn forms_are_compared_field_by_field() {
    let media_type = "application/x-www-form-urlencoded";
    assert!(typed(media_type, "a=1&b=x+y%C3%A4&a=2", "b=x%20y%c3%a4&a=1&a=2&").is_equal());
    assert_eq!(told(&typed(media_type, "a=1&b=2", "b=3&a=1&c=")), ["value $.b", "extra $.c"]);
    assert!(typed(media_type, "a=%", "a=%25").is_equal());
}

#[test]
fn multipart_is_compared_part_by_part() {
    let body = |boundary: &str, json: &str| {
        format!(
            "preamble\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nline\r\n--{boundary}\r\n\
             content-type: application/json\r\n\r\n{json}\r\n--{boundary}--\r\n"
        )
    };
    let headers = |boundary: &str| format!("multipart/form-data; boundary={boundary}");
    let (one, two) = (headers("xx"), headers("\"yyy\""));
    let one: [(&str, &[u8]); 1] = [("content-type", one.as_bytes())];
    let two: [(&str, &[u8]); 1] = [("content-type", two.as_bytes())];
    let compare = |json: &str| {
        let (old, new) = (body("xx", r#"{"a":1,"b":2}"#), body("yyy", json));
        crate::compare(&crate::Rules::default(), &super::answer(&one, &old), &super::answer(&two, &new))
    };
    let found = compare(r#"{"b":2.0,"a":1}"#);
    assert!(found.is_equal(), "{found:?}");
    assert_eq!(found.form, Form::Multipart);
    assert_eq!(told(&compare(r#"{"a":1,"b":3}"#)), ["value $[1].body.b"]);
}

#[test]
fn bytes_are_compared_by_hash_and_length() {
    let found = typed("application/grpc", "\0\0\0\0\u{1}a", "\0\0\0\0\u{1}b");
    assert_eq!((told(&found), found.form), (vec!["value body".to_owned()], Form::Opaque));
    assert!(found.differences[0].old.as_ref().unwrap().text.starts_with("xxh3:"));
    assert_eq!(told(&typed("image/png", "abc", "abcd")), ["length body"]);
    let coded: [(&str, &[u8]); 2] = [("content-type", b"application/json"), ("content-encoding", b"gzip")];
    let (old, new) = (super::answer(&coded, "{\"a\":1}"), super::answer(&coded, "{\"a\":1} "));
    assert_eq!(told(&crate::compare(&crate::Rules::default(), &old, &new)), ["length body"]);
}

#[test]
fn characters_are_those_the_media_type_names() {
    let headers: [(&str, &[u8]); 1] = [("content-type", b"text/plain; charset=iso-8859-1")];
    let latin = crate::Answer { status: 200, headers: &headers, body: b"a\nb\xE4", trailers: &[] };
    let unicode: [(&str, &[u8]); 1] = [("content-type", b"text/plain; charset=utf-8")];
    let other = crate::Answer { headers: &unicode, body: "a\nbä".as_bytes(), ..latin };
    let found = crate::compare(&crate::Rules::default(), &latin, &other);
    assert_eq!(told(&found), ["value header content-type"]);
}

#[test]
fn a_media_type_may_be_written_in_other_words() {
    let one: [(&str, &[u8]); 1] = [("content-type", b"text/plain;charset=UTF-8")];
    let two: [(&str, &[u8]); 1] = [("Content-Type", b"Text/Plain; charset=\"utf-8\"")];
    let found =
        crate::compare(&crate::Rules::default(), &super::answer(&one, "x"), &super::answer(&two, "x"));
    assert!(found.differences.is_empty());
}

#[test]
fn lines_of_json_are_an_array() {
    let found = typed("application/x-ndjson", "{\"a\":1}\n{\"a\":2}\n", "{\"a\":1.0}\n{\"a\":3}");
    assert_eq!(told(&found), ["value $[1].a"]);
}
