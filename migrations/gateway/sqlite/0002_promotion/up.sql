-- Where the promotion of each route stands: a JSON object, and its version, by which it is replaced.
CREATE TABLE promotions (
    route TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    state TEXT NOT NULL
);
