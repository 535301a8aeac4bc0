-- Times are epoch milliseconds, but revoked_tokens.expires_at is in seconds, as in the token itself. The number orders
-- the keys: of two processes that make one, one comes second.
CREATE TABLE keys (
    number BIGINT NOT NULL PRIMARY KEY,
    kid TEXT NOT NULL UNIQUE,
    seed BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL,
    retires_at BIGINT
);

CREATE TABLE revoked_tokens (
    jti TEXT NOT NULL PRIMARY KEY,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL
);

CREATE INDEX revoked_tokens_by_time ON revoked_tokens (revoked_at);
CREATE INDEX revoked_tokens_by_expiry ON revoked_tokens (expires_at);

-- The least generation of a user's tokens that counts.
CREATE TABLE generations (
    user_id BIGINT NOT NULL PRIMARY KEY,
    generation BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE INDEX generations_by_time ON generations (changed_at);
