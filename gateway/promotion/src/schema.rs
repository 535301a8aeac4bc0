//! The table; of the gateway's own schema.

diesel::table! {
    promotions (route) {
        route -> Text,
        version -> BigInt,
        state -> Text,
    }
}
