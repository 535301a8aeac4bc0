-- AUTOINCREMENT: an id is never given twice.
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    nickname TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    online BOOLEAN NOT NULL CHECK (online IN (0, 1))
);

-- The order of a list, of all and of one presence. last_seen_at is in none: it is written most.
CREATE INDEX users_by_update ON users (updated_at, nickname);
CREATE INDEX users_by_presence ON users (online, updated_at, nickname);
