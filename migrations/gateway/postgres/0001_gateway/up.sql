-- What one process counted of one route in one stretch of time. The counts of all writers add up.
CREATE TABLE report_counts (
    route TEXT COLLATE "C" NOT NULL,
    span TEXT NOT NULL CHECK (span IN ('minute', 'hour')),
    start_ms BIGINT NOT NULL,
    writer TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    counts TEXT NOT NULL,
    old_latency BYTEA NOT NULL,
    new_latency BYTEA NOT NULL,
    PRIMARY KEY (route, span, start_ms, writer)
);

-- What is too old goes, whosever it is.
CREATE INDEX report_counts_by_age ON report_counts (span, start_ms);

-- Redacted samples of a cause, in the slots of their hour.
CREATE TABLE report_samples (
    route TEXT COLLATE "C" NOT NULL,
    hour_ms BIGINT NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,
    writer TEXT NOT NULL,
    slot INTEGER NOT NULL,
    at_ms BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    sample BYTEA NOT NULL,
    PRIMARY KEY (route, hour_ms, path, kind, writer, slot)
);

CREATE INDEX report_samples_by_age ON report_samples (at_ms);
