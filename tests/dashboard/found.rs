//! What a parallel run found, in the shape of `GET /api/report`, for pages to be shown with.

use serde_json::{Value, json};

/// Markup, a script, terminal codes and a direction override, where bodies have them.
pub(crate) const HOSTILE: &str =
    "<script>window.hurt = 1</script><img src=x onerror='window.hurt = 2'>\u{1b}[31mred\u{202e}";

/// What asks both sides again.
const CURL: &str = "OLD='http://127.0.0.1:5000'\nNEW='http://127.0.0.1:9101'\n\
     curl -isS -X 'GET' \"$OLD\"'/orders/7?with=lines' \\\n  -H 'authorization: '\"$SECRET_AUTHORIZATION\"\n\
     curl -isS -X 'GET' \"$NEW\"'/orders/7?with=lines' \\\n  -H 'authorization: '\"$SECRET_AUTHORIZATION\"\n";

/// One route that differs, at one place.
pub(crate) fn different() -> Value {
    report(route("orders.read", "different", 12_345, &[cause()]))
}

/// The same route, some thousand requests of it, alike.
pub(crate) fn equivalent() -> Value {
    report(route("orders.read", "equivalent", 54_321, &[]))
}

/// The same route, of which nothing could be compared.
pub(crate) fn unreachable() -> Value {
    let mut route = route("orders.read", "not_enough", 0, &[]);
    route["dropped"] = json!({ "connect": 20, "breaker_open": 40 });
    route["unjudged"] = json!(0);
    route["difference_rate"] = json!({ "estimate": 0.0, "lower_95": 0.0, "upper_95": 1.0 });
    report(route)
}

/// Routes with each verdict.
pub(crate) fn several() -> Value {
    let mut all = different();
    let mut young = route("basket", "not_enough", 412, &[]);
    young["difference_rate"]["upper_95"] = json!(0.0072);
    let routes = [route("articles", "equivalent", 54_321, &[]), young, all["routes"][0].take()];
    all["routes"] = routes.into_iter().collect();
    all
}

fn report(route: Value) -> Value {
    json!({
        "routes": [route], "verdict": "different", "since": "2026-11-21T00:00:00Z", "generated_at": "2026-11-21T09:00:00Z",
        "store": { "kept": true, "error": null, "lost": 0, "thrown_away": 0, "unreadable": 0 },
    })
}

fn route(name: &str, verdict: &str, compared: u64, causes: &[Value]) -> Value {
    let different = verdict == "different";
    let (estimate, lower, upper) = if different { (0.0258, 0.0235, 0.0283) } else { (0.0, 0.0, 0.000_055) };
    let quantiles = |p50: f64, p99: f64| json!({ "p50": p50, "p90": p50 * 2.0, "p99": p99, "mean": p50 });
    json!({
        "route": name, "verdict": verdict, "compared": compared,
        "dropped": { "deadline": 3, "queue_full": 12 }, "unjudged": 3,
        "difference_rate": { "estimate": estimate, "lower_95": lower, "upper_95": upper },
        "latency_ms": { "old": quantiles(4.2, 21.0), "new": quantiles(1.9, 14.0) },
        "causes": causes,
        "reason": if different { "at least 2.35 % of requests really differ, and 0.1 % may" }
            else { "at most 0.0055 % of requests differ, and 0.1 % may" },
        "needed": 2995, "enough": 1000, "allowed_difference": 0.001, "different": 318, "unsure": 0, "lagged": 3,
        "served_by_new": 0, "same_asked": 617,
        "latency": {
            "verdict": "faster", "slower": 0.21, "confidence": 0.999, "p99_ratio_lower": 0.58, "p99_ratio_upper": 0.74,
            "histogram": { "old": bars(4_200.0), "new": bars(1_900.0) },
        },
    })
}

/// Durations around a median, with the long tail that durations have.
fn bars(median_us: f64) -> Value {
    let bar = |step: i32| {
        let from = median_us * 1.12_f64.powi(step);
        let height = (-f64::from(step * step) / if step > 0 { 160.0 } else { 60.0 }).exp() * 900.0;
        json!({ "from_us": from.round() as u64, "to_us": (from * 1.12).round() as u64, "count": height.round() as u64 })
    };
    (-14..24).map(bar).collect()
}

fn cause() -> Value {
    let title = |markup: &str| format!("<h1>{markup}Order 7</h1>");
    let body = |html: &str| {
        let lines: Vec<Value> =
            (1..=9).map(|line| json!({ "line": line, "article": "tea", "cents": 450 })).collect();
        json!({ "order": { "id": 7, "note": HOSTILE, "html": html, "lines": lines } }).to_string()
    };
    let answer = |html: &str| {
        let text = body(html);
        json!({
            "status": 200, "headers": [["content-type", "application/json"], ["set-cookie", "redacted:7f0c11aa90de"]],
            "body": { "text": text, "bytes": text.len(), "cut": false },
        })
    };
    let (old, new) = (title("<b>New</b> "), title("New "));
    let sample = json!({
        "at_ms": 1_795_250_000_000_i64, "request_id": "019d8a5e-2b5f-7c11-9a43-0d7e6f1b2c3d", "method": "GET",
        "target": "/orders/7?with=lines", "headers": [["authorization", "redacted:7f0c11aa90de"], ["x-note", HOSTILE]],
        "body": { "text": "", "bytes": 0, "cut": false }, "old": answer(&old), "new": answer(&new),
        "differences": [{ "place": "$.order.html", "kind": "value", "old": json!(old).to_string(), "new": json!(new).to_string() }],
        "curl": CURL,
    });
    json!({
        "path": "$.order.html", "kind": "value", "class": "real", "count": 318, "samples": [sample, sample], "rate": 0.0258,
        "sure": true, "confidence": 0.9999,
        "why": "real, over 99.9 % sure: the serving side differs from itself in 0 of 617 asked twice",
        "same": 0, "first": "2026-11-21T08:12:03Z", "last": "2026-11-21T08:59:58Z", "rule": "ignore = [\"$.order.html\"]",
    })
}
