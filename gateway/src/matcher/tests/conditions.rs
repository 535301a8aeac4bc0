//! Which route holds when hosts, fields and queries have their say.

use super::*;
use crate::condition::{HostRule, Wanted};

fn wanted(list: &[(&str, &str)]) -> Vec<Wanted> {
    let wanted = |(name, value): &(&str, &str)| Wanted {
        name: (*name).into(),
        value: Some(*value).filter(|value| *value != "*").map(Into::into),
    };
    list.iter().map(wanted).collect()
}

/// Path, host, headers, query; `*` is any host, or any value.
type Row = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static [(&'static str, &'static str)],
);

const ROWS: [Row; 9] = [
    ("/a/{rest..}", "*", &[], &[]),
    ("/a/b", "*", &[], &[]),
    ("/a/{rest..}", "x.example.com", &[], &[]),
    ("/a/{rest..}", "*.example.com", &[], &[]),
    ("/a/{rest..}", "*.deep.example.com", &[], &[]),
    ("/a/b", "*", &[("x-beta", "*")], &[]),
    ("/a/b", "*", &[("x-beta", "1")], &[]),
    ("/a/b", "*", &[], &[("v", "2")]),
    ("/a/b", "*", &[("x-beta", "1")], &[("v", "2")]),
];

fn found(order: &[usize], host: &str, headers: &[(&str, &str)], query: &str) -> Option<usize> {
    let rules: Vec<_> = order
        .iter()
        .map(|row| {
            let (path, host, headers, query) = ROWS[*row];
            let host = if host == "*" { HostRule::Any } else { HostRule::parse(host).unwrap() };
            (
                Pattern::parse(path).unwrap(),
                Conditions { host, headers: wanted(headers), query: wanted(query) },
            )
        })
        .collect();
    let taken =
        rules.iter().map(|(pattern, conditions)| Taken { pattern, methods: methods("GET"), conditions });
    let fields: Vec<_> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let facts = Facts { host: Some(host), query: Some(query), fields: &fields, ..Facts::of("GET", "/a/b") };
    match Matcher::new(taken).unwrap().find(&facts, CleanPath::new("/a/b").unwrap()) {
        Match::Route(index) => order.get(index as usize).copied(),
        _ => None,
    }
}

#[test]
fn host_before_path_before_headers_before_query_whatever_the_order() {
    let forwards: Vec<_> = (0..ROWS.len()).collect();
    let backwards: Vec<_> = forwards.iter().rev().copied().collect();
    for order in [forwards, backwards] {
        let found = |host, headers, query| found(&order, host, headers, query);
        assert_eq!(found("other.org", &[], ""), Some(1));
        assert_eq!(found("X.Example.Com:8080", &[], ""), Some(2));
        assert_eq!(found("x.example.com", &[("x-beta", "1")], "v=2"), Some(2), "the host goes first");
        assert_eq!(found("y.example.com", &[], ""), Some(3));
        assert_eq!(found("y.deep.example.com", &[], ""), Some(4), "the longer parent goes first");
        assert_eq!(found("deep.example.com", &[], ""), Some(3), "a name is not below itself");
        assert_eq!(found("o", &[("X-Beta", "0")], ""), Some(5));
        assert_eq!(found("o", &[("X-Beta", "1")], ""), Some(6), "a value goes before presence");
        assert_eq!(found("o", &[], "v=2"), Some(7));
        assert_eq!(found("o", &[("x-beta", "1")], "v=2"), Some(8), "more goes before less");
        assert_eq!(found("o", &[("x-beta", "0")], "v=2"), Some(5), "headers go before the query");
    }
}

#[test]
fn what_a_host_has_no_route_for_goes_to_the_routes_of_all_hosts() {
    let host = |text| HostRule::parse(text).unwrap();
    let narrow = Conditions { host: host("x.org"), ..Conditions::default() };
    let (a, b) = (Pattern::parse("/a").unwrap(), Pattern::parse("/b").unwrap());
    let rows = [
        Taken { pattern: &a, methods: methods("GET"), conditions: &narrow },
        Taken { pattern: &a, methods: methods("POST"), conditions: NONE },
        Taken { pattern: &b, methods: methods("GET"), conditions: NONE },
    ];
    let matcher = Matcher::new(rows.into_iter()).unwrap();
    let find = |method, path, host| {
        let facts = Facts { host, ..Facts::of(method, path) };
        matcher.find(&facts, CleanPath::new(path).unwrap())
    };
    assert_eq!(find("GET", "/a", Some("x.org")), Match::Route(0));
    assert_eq!(find("POST", "/a", Some("x.org")), Match::Route(1));
    assert_eq!(find("GET", "/b", Some("x.org")), Match::Route(2));
    assert_eq!(find("PUT", "/a", Some("x.org")), Match::MethodNotAllowed(methods("GET POST")));
    assert_eq!(find("GET", "/a", Some("y.org")), Match::MethodNotAllowed(methods("POST")));
    assert_eq!(find("GET", "/a", None), Match::MethodNotAllowed(methods("POST")));
    assert_eq!(find("GET", "/c", Some(&"h.".repeat(200))), Match::NotFound);
}

#[test]
fn a_route_whose_conditions_do_not_hold_is_no_reason_for_405() {
    let asks = Conditions { headers: wanted(&[("x", "1")]), ..Conditions::default() };
    let pattern = Pattern::parse("/a").unwrap();
    let rows = [Taken { pattern: &pattern, methods: methods("GET"), conditions: &asks }];
    let matcher = Matcher::new(rows.into_iter()).unwrap();
    let find = |method| matcher.find(&Facts::of(method, "/a"), CleanPath::new("/a").unwrap());
    assert_eq!((find("GET"), find("POST")), (Match::NotFound, Match::NotFound));
}
