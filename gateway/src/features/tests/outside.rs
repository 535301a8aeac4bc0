//! Services, legacy upstreams, conditions and context: what a file may say of them, and its faults.

use super::*;
use crate::features::UserIdSource;
use crate::http1::HostPolicy;
use upstream::Balance;

/// A gateway that stands alone.
const ALONE: Known<'_> = Known {
    modules: &[],
    tokens: KnownTokens::None,
    toggles_from_server: false,
    policy: None,
    legacy_url: None,
};

fn found(text: &str, known: &Known<'_>) -> String {
    parse("f", text, known).map_or_else(|report| report, |loaded| loaded.warnings).to_string()
}

#[test]
fn services_and_legacy_upstreams_are_read_as_written() {
    let text = r#"
default = "flack"
[[legacy]]
name = "flack"
url = "http://127.0.0.1:5000/app/"
host = "upstream"
timeouts = { first_byte_ms = 5 }
[[services]]
name = "messages"
instances = ["http://127.0.0.1:9101", { id = "b", url = "http://127.0.0.1:9102", weight = 3 }]
balance = "consistent-hash"
[services.breaker]
failure_percent = 10
[[services]]
name = "elsewhere"
"#;
    let features = parse("f", text, &ALONE).unwrap().features;
    let [messages, elsewhere, flack] = features.upstreams.as_slice() else {
        panic!("{:?}", features.upstreams)
    };
    assert_eq!(features.default, Some(DefaultSide::Legacy(flack.id)));
    assert_eq!((flack.kind, flack.host, flack.line), (UpstreamKind::Legacy, HostPolicy::Upstream, 3));
    assert_eq!(flack.policy.timeouts.first_byte_ms, 5);
    assert_eq!(flack.policy.timeouts.connect_ms, upstream::Policy::default().timeouts.connect_ms);
    let urls = |upstream: &Upstream| -> Vec<(String, String, u32)> {
        let instances = upstream.instances.iter().flatten();
        instances.map(|instance| (instance.id().to_owned(), instance.url(), instance.weight())).collect()
    };
    assert_eq!(urls(flack), [("1".to_owned(), "http://127.0.0.1:5000/app".to_owned(), 1)]);
    let listed =
        [("1".into(), "http://127.0.0.1:9101".into(), 1), ("b".into(), "http://127.0.0.1:9102".into(), 3)];
    assert_eq!(urls(messages), listed);
    assert_eq!(
        (messages.policy.balance, messages.policy.breaker.failure_percent),
        (Balance::ConsistentHash, 10)
    );
    assert_eq!(elsewhere.instances, None, "the registry knows");
}

#[test]
fn the_settings_policy_is_what_the_file_builds_on() {
    let mut policy = upstream::Policy::default();
    policy.timeouts.connect_ms = 77;
    let known = Known { policy: Some(&policy), ..ALONE };
    let text = "[[services]]\nname = \"a\"\ntimeouts = { idle_ms = 5 }\n";
    let features = parse("f", text, &known).unwrap().features;
    let timeouts = features.upstreams.first().unwrap().policy.timeouts;
    assert_eq!((timeouts.connect_ms, timeouts.idle_ms), (77, 5));
}

#[test]
fn every_fault_of_an_upstream_has_its_place_and_its_reason() {
    for (text, expected) in [
        ("[[services]]\ninstances = []\n", "1:1: error: the service has no `name`"),
        ("[[services]]\nname = \"a b\"\n", "2:8: error: the name of a service has 1 to 128"),
        ("[[services]]\nname = \"monolith\"\n", "2:8: error: `monolith` is what the modules"),
        (
            "[[services]]\nname = \"a\"\nballance = \"x\"\n",
            "3:1: error: unknown key `ballance` in service `a`; did you mean `balance`?",
        ),
        (
            "[[services]]\nname = \"a\"\nbalance = \"x\"\n",
            "3:11: error: `balance` of service `a`: unknown variant `x`",
        ),
        (
            "[[services]]\nname = \"a\"\ntimeouts = { conect_ms = 1 }\n",
            "3:14: error: `timeouts` of service `a`: unknown field",
        ),
        ("[[services]]\nname = \"a\"\ntimeouts = { connect_ms = 0 }\n", "1:1: error: "),
        ("[[services]]\nname = \"a\"\ninstances = [\"127.0.0.1\"]\n", "3:14: error: "),
        (
            "[[services]]\nname = \"a\"\ninstances = [{ url = \"http://a\", id = \"1\" }, \"http://b\", { id = \"1\", url = \"http://c\" }]\n",
            "3:65: error: the service has an instance `1` already",
        ),
        (
            "[[services]]\nname = \"a\"\ninstances = [{ id = \"1\" }]\n",
            "3:14: error: the instance has no `url`",
        ),
        ("[[legacy]]\nname = \"a\"\n", "1:1: error: legacy upstream `a` has no `url`"),
        ("[[legacy]]\nname = \"a\"\nurl = \"ftp://x\"\n", "3:7: error: "),
        (
            "[[legacy]]\nname = \"a\"\nurl = \"http://x\"\nhost = \"x\"\n",
            "4:8: error: `host` is \"preserve\"",
        ),
        (
            "[[services]]\nname = \"a\"\n[[legacy]]\nname = \"a\"\nurl = \"http://x\"\n",
            "4:8: error: an upstream `a` is already on line 1",
        ),
        ("services = 1\n", "1:12: error: `services` must be a list of tables: `[[services]]`"),
        ("[context]\nuser_id = 1\n", "2:11: error: `user_id` must be a table"),
        ("[context]\nuser_id = {}\n", "2:11: error: `user_id` has one of `header`, `cookie` and `jwt_claim`"),
        ("[context]\nuser_id = { header = \"a\", cookie = \"b\" }\n", "2:11: error: `user_id` has one of"),
        ("[context]\nuser_id = { header = \"x y\" }\n", "2:22: error: `x y` is no name of a header"),
        (
            "[context]\nuser_id = { jwt_claim = \"sub\" }\n",
            "2:25: error: no tokens are verified in this process",
        ),
        ("default = \"monolith\"\n", "1:11: error: no modules run in this process"),
        (
            "[[routes]]\nname = \"r\"\nmatch = { path = \"/\" }\nmodule = \"users\"\n",
            "4:10: error: no module `users` runs in this process; a gateway on its own has none",
        ),
    ] {
        let found = found(text, &ALONE);
        assert!(found.lines().any(|line| line.starts_with(&format!("f:{expected}"))), "{text}: {found}");
    }
}

#[test]
fn every_fault_of_a_match_has_its_place_and_its_reason() {
    for (matched, expected) in [
        ("host = \"http://x\"", "3:31: error: a host is a name as `api.example.com`"),
        ("headers = { \"x y\" = \"1\" }", "3:36: error: `x y` is no name of a header field"),
        ("headers = { x = 1 }", "3:40: error: `x` is the text that it must be, or `true`"),
        ("headers = { x = false }", "3:40: error: `x` is the text that it must be"),
        (
            "headers = { x = \"1\", X = \"2\" }",
            "3:36: error: `headers` names `x`, which is empty or there already",
        ),
        ("headers = { Host = \"x\" }", "3:36: error: the host is matched by"),
        ("query = 1", "3:32: error: `query` must be a table"),
    ] {
        let text = ROUTE.replace("path = \"/r\"", &format!("path = \"/r\", {matched}"));
        let found = found(&text, &KNOWN);
        assert!(found.lines().any(|line| line.starts_with(&format!("f:{expected}"))), "{text}: {found}");
    }
}

#[test]
fn routes_that_differ_by_their_conditions_are_no_rivals() {
    let route = |name: &str, conditions: &str| {
        ROUTE.replace("\"r\"", &format!("\"{name}\"")).replace("path =", &format!("{conditions}path ="))
    };
    let rivals = |a: &str, b: &str| {
        let found = found(&format!("{}{}", route("a", a), route("b", b)), &KNOWN);
        found.contains("takes the same methods on the same paths")
    };
    assert!(rivals("", ""));
    assert!(!rivals("host = \"x\", ", ""), "the host goes first");
    assert!(rivals("host = \"X\", ", "host = \"x\", "));
    assert!(!rivals("headers = { x = \"1\" }, ", ""), "more goes first");
    assert!(!rivals("headers = { x = \"1\" }, ", "headers = { x = true }, "), "a value goes first");
    assert!(!rivals("headers = { x = \"1\" }, ", "headers = { X = \"2\" }, "), "they exclude each other");
    assert!(rivals("headers = { x = \"1\" }, ", "headers = { y = \"1\" }, "), "a request may have both");
    assert!(!rivals("headers = { x = \"1\" }, ", "query = { y = \"1\" }, "), "headers go first");
    assert!(rivals("query = { x = true }, ", "query = { y = true }, "));
    let many: String = (0..=SAME_PATH_MAX)
        .map(|n| route(&format!("r{n}"), &format!("headers = {{ x = \"{n}\" }}, ")))
        .collect();
    assert!(found(&many, &KNOWN).contains("64 routes at most share host and path"));
}

#[test]
fn the_flag_defines_the_default_and_clashes_are_refused() {
    let known = Known { legacy_url: Some("http://127.0.0.1:5000"), ..ALONE };
    let features = without_file(&known).unwrap();
    let legacy = features.upstreams.first().unwrap();
    assert_eq!((&*legacy.name, features.default), ("legacy", Some(DefaultSide::Legacy(legacy.id))));
    let route = "[[routes]]\nname = \"r\"\nmatch = { path = \"/\" }\nlegacy = \"legacy\"\nservice = \"s\"\n";
    assert_eq!(found(route, &known), "", "routes may name it");
    assert_eq!(
        found("default = \"x\"\n[[legacy]]\nname = \"x\"\nurl = \"http://x\"\n", &known),
        "f:1:11: error: `--legacy` makes its upstream the default; take `default` out of the file, or give no `--legacy`"
    );
    for kind in ["[[legacy]]\nurl = \"http://x\"\n", "[[services]]\n"] {
        let found = found(&format!("{kind}name = \"legacy\"\n"), &known);
        assert!(found.contains("`legacy` is the upstream of `--legacy`: take another name"), "{found}");
    }
    let bad = Known { legacy_url: Some("127.0.0.1:5000"), ..ALONE };
    let said = without_file(&bad).unwrap_err().to_string();
    assert!(said.starts_with("gateway: error: --legacy: "), "{said}");
    assert!(without_file(&ALONE).unwrap_err().to_string().contains("give --legacy URL or --features FILE"));
    assert_eq!(without_file(&KNOWN).unwrap().default, Some(DefaultSide::Monolith));
}

#[test]
fn under_a_server_routes_may_name_any_toggle() {
    let known = Known { toggles_from_server: true, ..KNOWN };
    let dial = format!("{ROUTE}service = \"s\"\nserve = \"of.the.server\"\n");
    let features = parse("f", &dial, &known).unwrap().features;
    assert_eq!(features.routes.first().unwrap().serve.as_deref(), Some("of.the.server"));
    let toggles = "[toggles.a]\nenabled = true\n";
    assert!(found(toggles, &known).contains("1:10: warning: the toggles come from the Unleash server"));
    let compared = format!("{ROUTE}service = \"s\"\ncompare = \"c\"\n");
    assert_eq!(found(&compared, &known), "");
}

#[test]
fn the_context_is_read() {
    for (text, expected) in [
        ("header = \"x-user\"", UserIdSource::Header("x-user".into())),
        ("cookie = \"uid\"", UserIdSource::Cookie("uid".into())),
        ("jwt_claim = \"sub\"", UserIdSource::JwtClaim("sub".into())),
    ] {
        let features = parse("f", &format!("[context]\nuser_id = {{ {text} }}\n"), &KNOWN).unwrap().features;
        assert_eq!(features.user_id, Some(expected));
    }
}
