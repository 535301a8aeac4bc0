//! What is made unreadable, in every kind of text, and that nothing of it is left.

use super::*;
use kernel::SeededRandom;
use proptest::prelude::*;

const SECRET: &str = "hunter2-correct-horse";

fn redactor() -> Redactor {
    let settings = ReportSettings { redact: vec!["iban".into()], ..ReportSettings::default() };
    Redactor::new(&settings, Keys::new(None, &SeededRandom::new(1)))
}

#[test]
fn secrets_are_hidden_in_every_kind_of_text() {
    let by = redactor();
    for text in [
        r#"{"user":"a","password":"SECRET"}"#,
        r#"{"password" : "SECRET", "b": 1}"#,
        r#"{"passw\u006frd":"SECRET"}"#,
        r#"{"a":{"oldPassword":["SECRET",{"x":"SECRET"}],"b":2}}"#,
        r#"{"cut":true,"token":"SECRET"#,
        r#"{"cut":true,"tokens":[{"a":"SECRET"#,
        r#"{"inner":"{\"password\":\"SECRET\"}"}"#,
        r#"{"IBAN":"SECRET"}"#,
        "user=a&password=SECRET&b=2",
        "pass%77ord=SECRET",
        "<form><input type=hidden name='csrf_token' value='SECRET'></form>",
        "<meta content=\"SECRET\" name=\"csrf-token\">",
        "<account><password>SECRET</password></account>",
        "<a data-token=SECRET>",
        "<script>var s = {\"secret\":\"SECRET\"}</script>",
        "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nSECRET\r\n--b--\r\n",
        "sent Bearer SECRET and left",
        "eyJhbGciOiJIUzI1NiJ9.SECRET.x",
    ] {
        let redacted = by.text(&text.replace("SECRET", SECRET));
        assert!(!redacted.contains(SECRET) && redacted.contains("redacted:"), "{text} -> {redacted}");
    }
}

#[test]
fn what_is_no_secret_stays_as_it_is() {
    let by = redactor();
    for text in [
        r#"{"author":"a \"b\"","list":[1,2,{"c":null}],"d":"x=y&z"}"#,
        "a=1&b=2",
        "<p class=\"x\">a &amp; b</p>",
        "plain text, 5 > 3 and a \"quote",
        "",
        "Basic needs",
    ] {
        assert_eq!(by.text(text), text);
    }
}

#[test]
fn equal_secrets_have_equal_hashes_on_both_sides() {
    let by = redactor();
    let of = |text: &str| by.text(&text.replace("SECRET", SECRET));
    assert_eq!(of(r#"{"token":"SECRET"}"#), of(r#"{"token":"SECRET"}"#));
    assert_ne!(of(r#"{"token":"SECRET"}"#), of(r#"{"token":"SECRET2"}"#));
}

#[test]
fn fields_keep_their_names_and_lose_their_secrets() {
    let by = redactor();
    for (name, value, left) in [
        ("Authorization", "Bearer SECRET", "Bearer redacted:"),
        ("cookie", "a=SECRET; b=SECRET", "b=redacted:"),
        ("Set-Cookie", "sid=SECRET; HttpOnly; Path=/", "; HttpOnly; Path=/"),
        ("x-api-key", "SECRET", "redacted:"),
        ("location", "/a?access_token=SECRET&b=2", "&b=2"),
        ("location", "/a?b=2#access_token=SECRET", "#access_token="),
    ] {
        let redacted = fields::header(name, &value.replace("SECRET", SECRET), &by);
        assert!(!redacted.contains(SECRET) && redacted.contains(left), "{name}: {redacted}");
    }
    assert_eq!(fields::header("content-type", "text/html; charset=utf-8", &by), "text/html; charset=utf-8");
}

#[test]
fn differences_below_a_secret_name_are_hidden() {
    let finding = |place: &str| Finding {
        cause: crate::Cause::new(place, "value"),
        place: place.into(),
        old: Some(SECRET.into()),
        new: None,
        explained: None,
    };
    let by = redactor();
    assert!(by.difference(&finding("$.user.password")).old.unwrap().starts_with("redacted:"));
    assert!(by.difference(&finding("header set-cookie")).old.unwrap().starts_with("redacted:"));
    assert_eq!(by.difference(&finding("$.user.name")).old.as_deref(), Some(SECRET));
}

#[test]
fn a_body_is_cut_before_it_is_kept() {
    let settings = ReportSettings { sample_body_max_bytes: 10, ..ReportSettings::default() };
    let by = Redactor::new(&settings, Keys::new(None, &SeededRandom::new(1)));
    let text = by.body(&Bytes::from("ab1234567ä-rest"));
    assert_eq!((text.text.as_str(), text.bytes, text.cut), ("ab1234567", 16, true));
}

proptest! {
    /// Whatever JSON surrounds it, wherever it is cut, the secret is gone and nothing panics.
    #[test]
    fn a_secret_in_json_is_gone_wherever_the_text_is_cut(
        before in "[a-z\"\\\\{}\\[\\]:, ]{0,40}", nested in 0..4_usize, keep in 0..200_usize,
    ) {
        let quoted = serde_json::to_string(&before).unwrap();
        let open = "{\"a\":[".repeat(nested);
        let text = format!("{open}{{\"x\":{quoted},\"password\":\"{SECRET}\",\"y\":1");
        let (text, _) = cut(&text, keep.max(text.find(SECRET).unwrap()));
        prop_assert!(!redactor().text(text).contains("hunter2"));
    }

    #[test]
    fn any_text_is_read_to_its_end(text in "\\PC{0,200}") {
        let _ = redactor().text(&text);
        let _ = fields::header("cookie", &text, &redactor());
        let _ = fields::target(&text, &redactor());
        let _ = markup::redact(&text, &redactor());
        let _ = fields::multipart(&text, &redactor());
    }
}
