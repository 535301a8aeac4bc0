//! The tables; no other module can see them.

diesel::table! {
    keys (number) {
        number -> BigInt,
        kid -> Text,
        seed -> Binary,
        created_at -> BigInt,
        signs_from -> BigInt,
        retires_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    revoked_tokens (jti) {
        jti -> Text,
        expires_at -> BigInt,
        revoked_at -> BigInt,
    }
}

diesel::table! {
    generations (user_id) {
        user_id -> BigInt,
        generation -> BigInt,
        changed_at -> BigInt,
    }
}
