//! The tables of the report in the gateway's own schema.

diesel::table! {
    report_counts (route, span, start_ms, writer) {
        route -> Text,
        span -> Text,
        start_ms -> BigInt,
        writer -> Text,
        bytes -> BigInt,
        counts -> Text,
        old_latency -> Binary,
        new_latency -> Binary,
    }
}

diesel::table! {
    report_samples (route, hour_ms, path, kind, writer, slot) {
        route -> Text,
        hour_ms -> BigInt,
        path -> Text,
        kind -> Text,
        writer -> Text,
        slot -> Integer,
        at_ms -> BigInt,
        bytes -> BigInt,
        sample -> Binary,
    }
}
