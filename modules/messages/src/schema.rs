//! The tables; no other module can see them.

diesel::table! {
    messages (id) {
        id -> BigInt,
        user_id -> BigInt,
        source -> Text,
        html -> Text,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}
