//! The table; no other module can see it.

diesel::table! {
    users (id) {
        id -> BigInt,
        nickname -> Text,
        password_hash -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
        last_seen_at -> BigInt,
        online -> Bool,
    }
}
