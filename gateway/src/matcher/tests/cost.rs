//! What a match costs: counted in steps, as time on a shared machine says little.

use super::*;
use crate::condition::HostRule;

/// As many routes, over as many hosts as `hosts` says, each with patterns of its own.
fn steps(routes: u32, hosts: impl Fn(u32) -> HostRule, host: &str) -> u32 {
    let rules: Vec<_> = (0..routes)
        .map(|number| {
            let pattern = Pattern::parse(&format!("/api/kind{number}/{{id}}")).unwrap();
            (pattern, Conditions { host: hosts(number), ..Conditions::default() })
        })
        .collect();
    let taken =
        rules.iter().map(|(pattern, conditions)| Taken { pattern, methods: methods("GET"), conditions });
    let matcher = Matcher::new(taken).unwrap();
    let facts = Facts { host: Some(host), ..Facts::of("GET", "/api/kind7/1") };
    let mut steps = 0;
    let found = matcher.find_in(&facts, CleanPath::new(facts.path).unwrap(), &mut steps);
    assert_eq!(found, Match::Route(7), "{routes} routes");
    steps
}

#[test]
fn ten_thousand_routes_cost_what_ten_cost() {
    for (hosts, host) in [
        ((|_| HostRule::Any) as fn(u32) -> HostRule, "h"),
        (|number| HostRule::Exact(format!("h{number}.example.com").into()), "h7.example.com"),
        (|number| HostRule::Below(format!("h{number}.example.com").into()), "a.h7.example.com"),
    ] {
        assert_eq!(steps(10, hosts, host), steps(10_000, hosts, host), "{host}");
    }
    // Three segments, one route looked at: nothing else is done where no route asks for a host.
    assert_eq!(steps(10_000, |_| HostRule::Any, "h"), 4);
}

#[test]
fn ten_thousand_routes_compile_into_about_as_many_states() {
    let texts: Vec<_> = (0..10_000).map(|number| format!("/api/kind{number}/{{id}}")).collect();
    let routes: Vec<_> = texts.iter().map(|text| (Pattern::parse(text).unwrap(), methods("GET"))).collect();
    let matcher = matcher(&routes);
    assert_eq!(find(&matcher, "GET", "/api/kind4711/1"), Match::Route(4711));
    assert_eq!(matcher.hosts.states(), 2 + 2 * 10_000);
}
