-- AUTOINCREMENT: an id is never given twice.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id BIGINT NOT NULL,
    source TEXT NOT NULL,
    html TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- The order of a list, of all and of one author.
CREATE INDEX messages_by_update ON messages (updated_at, id);
CREATE INDEX messages_by_author ON messages (user_id, updated_at, id);
