//! Precedence by example, and the automaton against a reference that tries every pattern.

mod conditions;
mod cost;

use super::*;
use crate::pattern::{Agreement, Segment};
use proptest::prelude::*;

/// Asks for nothing.
const NONE: &Conditions =
    &Conditions { host: crate::condition::HostRule::Any, headers: Vec::new(), query: Vec::new() };

fn methods(list: &str) -> MethodSet {
    if list == "*" {
        return MethodSet::ANY;
    }
    list.split(' ').filter_map(MethodSet::named).fold(MethodSet::NONE, MethodSet::union)
}

fn table(routes: &[(&str, &str)]) -> Vec<(Pattern, MethodSet)> {
    routes.iter().map(|(list, path)| (Pattern::parse(path).unwrap(), methods(list))).collect()
}

fn matcher(routes: &[(Pattern, MethodSet)]) -> Matcher {
    built(routes).unwrap()
}

fn built(routes: &[(Pattern, MethodSet)]) -> Result<Matcher, TooManyStates> {
    Matcher::new(routes.iter().map(|(pattern, methods)| Taken {
        pattern,
        methods: *methods,
        conditions: NONE,
    }))
}

fn find(matcher: &Matcher, method: &str, path: &str) -> Match {
    matcher.find(&Facts::of(method, path), CleanPath::new(path).unwrap())
}

/// Better patterns compare as smaller, segment by segment.
fn rank(pattern: &Pattern) -> Vec<u8> {
    let kind = |segment: &Segment| match segment {
        Segment::Literal(_) => 1,
        Segment::Param => 2,
        Segment::Rest => 3,
    };
    pattern.segments().iter().map(kind).collect()
}

/// What the matcher must find, the slow way.
fn reference(routes: &[(Pattern, MethodSet)], method: &str, path: CleanPath<'_>) -> Match {
    let fits =
        |(_, (pattern, _)): &(usize, &(Pattern, MethodSet))| pattern.agreement(path) == Agreement::Matches;
    let mut matching: Vec<_> = routes.iter().enumerate().filter(fits).collect();
    matching.sort_by_key(|(index, (pattern, _))| (rank(pattern), *index));
    if let Some((index, _)) = matching.iter().find(|(_, (_, methods))| methods.contains(method)) {
        return Match::Route(u32::try_from(*index).unwrap());
    }
    match matching.iter().map(|(_, (_, methods))| *methods).reduce(MethodSet::union) {
        Some(allowed) => Match::MethodNotAllowed(allowed),
        None => Match::NotFound,
    }
}

#[test]
fn the_more_specific_pattern_wins_whatever_the_order() {
    let mut routes = [
        ("GET", "/{rest..}"),
        ("GET", "/api/{rest..}"),
        ("GET", "/api/{kind}"),
        ("GET", "/api/{kind}/{id}"),
        ("GET", "/api/messages"),
        ("GET", "/api/messages/{id}"),
        ("GET", "/api/{kind}/latest/deep"),
    ];
    for turn in 0..2 {
        let table = table(&routes);
        let matcher = matcher(&table);
        for (path, expected) in [
            ("/", "/{rest..}"),
            ("/other", "/{rest..}"),
            ("/api", "/api/{rest..}"),
            ("/api/", "/api/{rest..}"),
            ("/api/users", "/api/{kind}"),
            ("/api/messages", "/api/messages"),
            ("/api/messages/", "/api/{rest..}"),
            ("/api/m%65ssages", "/api/messages"),
            ("/api/messages/7", "/api/messages/{id}"),
            // The literal `messages` leads nowhere here, so the parameter takes the segment after all.
            ("/api/messages/latest/deep", "/api/{kind}/latest/deep"),
            ("/api/messages/latest/other", "/api/{rest..}"),
        ] {
            let Match::Route(index) = find(&matcher, "GET", path) else { panic!("{path}, turn {turn}") };
            assert_eq!(table[index as usize].0.as_str(), expected, "{path}, turn {turn}");
        }
        routes.reverse();
    }
}

#[test]
fn a_broad_route_takes_the_methods_that_a_narrow_one_does_not_name() {
    let table =
        table(&[("GET", "/api/messages/{id}"), ("POST DELETE", "/api/{rest..}"), ("*", "/open/{rest..}")]);
    let matcher = matcher(&table);
    assert_eq!(find(&matcher, "GET", "/api/messages/1"), Match::Route(0));
    assert_eq!(find(&matcher, "HEAD", "/api/messages/1"), Match::Route(0));
    assert_eq!(find(&matcher, "POST", "/api/messages/1"), Match::Route(1));
    assert_eq!(find(&matcher, "PUT", "/api/messages/1"), Match::MethodNotAllowed(methods("GET POST DELETE")));
    assert_eq!(find(&matcher, "PUT", "/api"), Match::MethodNotAllowed(methods("POST DELETE")));
    assert_eq!(find(&matcher, "PROPFIND", "/open/x"), Match::Route(2));
    assert_eq!(find(&matcher, "GET", "/nowhere"), Match::NotFound);
}

#[test]
fn no_routes_match_nothing() {
    assert_eq!(find(&matcher(&[]), "GET", "/"), Match::NotFound);
}

#[test]
fn one_pattern_may_have_a_route_a_method() {
    let table = table(&[("GET", "/a/{x}"), ("POST", "/a/{y}")]);
    let matcher = matcher(&table);
    assert_eq!(find(&matcher, "GET", "/a/1"), Match::Route(0));
    assert_eq!(find(&matcher, "POST", "/a/1"), Match::Route(1));
}

#[test]
fn patterns_that_multiply_are_refused_instead_of_filling_the_memory() {
    // Pattern n has its literal at depth n: any subset of the patterns may still match, and each is a state.
    let text = |literal: u8| -> String {
        (0..24).map(|at| if at == literal { "/a".to_owned() } else { format!("/{{p{at}}}") }).collect()
    };
    let routes: Vec<_> =
        (0..24).map(|literal| (Pattern::parse(&text(literal)).unwrap(), MethodSet::ANY)).collect();
    assert_eq!(built(&routes).err(), Some(TooManyStates));
}

fn any_pattern() -> impl Strategy<Value = String> {
    let segment = prop_oneof![3 => Just("a"), 2 => Just("b"), 3 => Just("{}")];
    let end = prop_oneof![4 => Just(""), 2 => Just("/{rest..}"), 1 => Just("/")];
    (proptest::collection::vec(segment, 0..5), end).prop_map(|(segments, end)| {
        let mut text = String::new();
        for (number, segment) in segments.iter().enumerate() {
            text.push('/');
            text.push_str(&segment.replace("{}", &format!("{{p{number}}}")));
        }
        text.push_str(end);
        if text.is_empty() { "/".to_owned() } else { text }
    })
}

fn any_routes() -> impl Strategy<Value = Vec<(Pattern, MethodSet)>> {
    let lists = prop_oneof![Just("GET"), Just("POST"), Just("GET PUT"), Just("*")];
    proptest::collection::vec((any_pattern(), lists), 0..12).prop_map(|routes| {
        routes.iter().map(|(text, list)| (Pattern::parse(text).unwrap(), methods(list))).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn the_automaton_agrees_with_trying_every_pattern(
        routes in any_routes(),
        path in "(/(a|b|c|%61)){0,5}/?",
        method in "(GET|HEAD|POST|PUT|PROPFIND)",
    ) {
        let path = if path.is_empty() { "/" } else { path.as_str() };
        let path = CleanPath::new(path).unwrap();
        prop_assert_eq!(find(&matcher(&routes), &method, path.as_str()), reference(&routes, &method, path));
    }
}
