//! Conditions by example.

use super::*;

fn rule(text: &str) -> HostRule {
    HostRule::parse(text).unwrap()
}

fn wanted(name: &str, value: Option<&str>) -> Wanted {
    Wanted { name: name.into(), value: value.map(Into::into) }
}

#[test]
fn a_host_is_read_without_port_case_and_root() {
    for (host, bare) in [
        ("a.example.com:80", "a.example.com"),
        ("example.com.", "example.com"),
        ("example.com.:80", "example.com"),
        ("[::1]", "[::1]"),
        ("[::1]:8080", "[::1]"),
        ("127.0.0.1:1", "127.0.0.1"),
        ("a:", "a"),
    ] {
        assert_eq!(bare_host(host), bare);
    }
    assert!(rule("API.example.com").takes(Some("api.Example.COM:8080")));
    assert!(rule("[::1]").takes(Some("[::1]:80")));
}

#[test]
fn a_star_takes_all_below_and_not_the_name_itself() {
    let below = rule("*.example.com");
    for host in ["a.example.com", "a.b.example.com:80", "A.EXAMPLE.COM."] {
        assert!(below.takes(Some(host)), "{host}");
    }
    for host in ["example.com", ".example.com", "badexample.com", "example.com.evil.org"] {
        assert!(!below.takes(Some(host)), "{host}");
    }
    assert!(!below.takes(None));
    assert!(rule("a.b").takes(Some("a.b")) && !rule("a.b").takes(None) && HostRule::Any.takes(None));
}

#[test]
fn what_is_no_host_is_refused() {
    for text in ["", "a b", "http://a", "a:80", "*", "*.", "a.*.b", "a..b", "[::g]", "a/b", "x.*"] {
        assert_eq!(HostRule::parse(text), Err(HostFault::Name), "{text}");
    }
    assert_eq!(HostRule::parse(&"a".repeat(256)), Err(HostFault::TooLong));
}

#[test]
fn parameters_are_compared_decoded_and_the_first_counts() {
    let has = |query: &str, name: &str, value: Option<&str>| query::has(query, &wanted(name, value));
    assert!(has("v=2&x", "v", Some("2")));
    assert!(has("a=%32&b=1", "a", Some("2")));
    assert!(has("q=a+b%26c", "q", Some("a b&c")));
    assert!(has("x", "x", None) && has("x=", "x", Some("")) && has("%78=1", "x", None));
    assert!(!has("v=1&v=2", "v", Some("2")), "only the first of a name");
    assert!(!has("vv=2", "v", None) && !has("", "v", None) && !has("=2", "", Some("2")));
    assert!(has("p=100%", "p", Some("100%")), "what is no escape stands for itself");
}

#[test]
fn all_conditions_must_hold() {
    let conditions = Conditions {
        host: HostRule::Any,
        headers: [wanted("x-beta", Some("1")), wanted("X-Debug", None)].into(),
        query: [wanted("v", Some("2"))].into(),
    };
    let fields = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let hold = |list: &[(&str, &str)], query| {
        let fields = fields(list);
        conditions.hold(&Facts { query, fields: &fields, ..Facts::of("GET", "/") })
    };
    assert!(hold(&[("X-Beta", "1"), ("x-debug", "")], Some("v=2")));
    assert!(!hold(&[("X-Beta", "1"), ("x-debug", "")], Some("v=1")));
    assert!(!hold(&[("X-Beta", "1"), ("x-debug", "")], None));
    assert!(!hold(&[("X-Beta", "1")], Some("v=2")));
    assert!(!hold(&[("X-Beta", "2"), ("X-Beta", "1"), ("x-debug", "")], Some("v=2")));
    assert_eq!(conditions.to_string(), "header x-beta = 1, header X-Debug, query v = 2");
}

#[test]
fn conditions_exclude_each_other_by_different_values_of_one_name() {
    let with = |name, value| Conditions { headers: [wanted(name, value)].into(), ..Conditions::default() };
    assert!(with("x", Some("1")).exclude(&with("X", Some("2"))));
    assert!(!with("x", Some("1")).exclude(&with("X", Some("1"))));
    assert!(!with("x", Some("1")).exclude(&with("x", None)));
    assert!(!with("x", Some("1")).exclude(&with("y", Some("2"))));
    assert!(with("x", Some("1")).rank() > with("x", None).rank());
}
