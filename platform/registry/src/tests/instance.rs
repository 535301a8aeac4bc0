//! What is accepted as a name and as a URL.

use super::*;
use proptest::prelude::*;

fn parsed(text: &str) -> Option<String> {
    InstanceUrl::parse(text).ok().map(|url| url.as_str().to_owned())
}

#[test]
fn a_url_has_one_spelling() {
    for (given, kept) in [
        ("http://10.0.0.3:9101", "http://10.0.0.3:9101"),
        ("http://10.0.0.3:9101/", "http://10.0.0.3:9101"),
        ("HTTP://Host.Example:9101/base/", "http://host.example:9101/base"),
        ("http://host", "http://host:80"),
        ("http://host:80", "http://host:80"),
        ("http://[::1]:9101", "http://[::1]:9101"),
        ("http://127.1:9101", "http://127.0.0.1:9101"),
    ] {
        assert_eq!(parsed(given).as_deref(), Some(kept), "{given}");
    }
}

#[test]
fn anything_else_is_refused() {
    for text in [
        "",
        "host:9101",
        "https://host:9101",
        "ftp://host:9101",
        "http:host:9101",
        "http:/host:9101",
        "http://",
        "http://:9101",
        "http://host:0",
        "http://host:70000",
        "http://user@host:9101",
        "http://:secret@host:9101",
        "http://@host:9101",
        "http://host:9101?x=1",
        "http://host:9101/#x",
        "http://host:9101\\@other",
        "http://host:9101/a b",
        "http://ho\tst:9101",
        "http://host:9101\r\nx: y",
        "http://0.0.0.0:9101",
        "http://[::]:9101",
        "http://höst:9101",
    ] {
        assert!(parsed(text).is_none(), "{text:?} became {:?}", parsed(text));
    }
    assert!(parsed(&format!("http://host:9101/{}", "a".repeat(URL_MAX_BYTES))).is_none());
}

#[test]
fn a_refused_url_is_not_repeated() {
    let error = InstanceUrl::parse("http://user:secret@host:9101").unwrap_err();
    assert!(!error.line().contains("secret"), "{error}");
}

#[test]
fn names_have_an_alphabet_and_a_length() {
    for name in ["a", "messages-1", "A.b_c-9", &"x".repeat(64)] {
        assert!(check_id(name).is_ok(), "{name}");
    }
    for name in ["", ".", "..", "a/b", "a b", "a%20", "é", "a\n", &"x".repeat(65)] {
        assert!(check_id(name).is_err(), "{name:?}");
    }
}

#[test]
fn a_time_to_live_has_bounds() {
    let registration =
        |ttl_s| Registration { id: "a".into(), url: "http://h:1".into(), ttl_s }.check().is_ok();
    assert_eq!([0, 1, 3_600, 3_601].map(registration), [false, true, true, false]);
}

#[test]
fn the_body_of_a_registration_may_leave_the_ttl_out() {
    let body: Registration = serde_json::from_str(r#"{"id":"a","url":"http://h:1"}"#).unwrap();
    assert_eq!(body.ttl_s, TTL_DEFAULT_S);
}

#[test]
fn an_id_is_made_of_host_and_port() {
    let id = |text| InstanceUrl::parse(text).unwrap().id().to_string();
    assert_eq!(id("http://10.0.0.3:9101/base"), "10.0.0.3-9101");
    assert_eq!(id("http://[2001:db8::1]:80"), "2001-db8--1-80");
}

proptest! {
    /// Whatever is accepted is read again as the same, and its id is an id.
    #[test]
    fn an_accepted_url_is_stable(text in "(http://)?[a-z0-9.@:/\\[\\]?#%\\\\-]{0,90}") {
        if let Ok(url) = InstanceUrl::parse(&text) {
            prop_assert_eq!(&InstanceUrl::parse(url.as_str()).unwrap(), &url);
            prop_assert!(check_id(&url.id()).is_ok());
            prop_assert!(!url.as_str().contains(['@', '?', '#', '\\']) || !authority(url.as_str()).contains('@'));
        }
    }
}
