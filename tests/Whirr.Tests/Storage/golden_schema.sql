CREATE INDEX events_by_job ON events (job_id, seq);

CREATE UNIQUE INDEX jobs_by_client_job_id ON jobs (owner_uid, client_job_id) WHERE client_job_id IS NOT NULL;

CREATE INDEX jobs_by_parent ON jobs (parent_job_id) WHERE parent_job_id IS NOT NULL;

CREATE INDEX jobs_by_state ON jobs (state, id);

CREATE INDEX jobs_in_dispatch_order ON jobs (state, rank, created_at, id);

CREATE TABLE attempts (
    lease_epoch   INTEGER PRIMARY KEY AUTOINCREMENT,  -- the fencing number: grows with each claim of any job, never used again
    job_id        INTEGER NOT NULL REFERENCES jobs (id),
    number        INTEGER NOT NULL CHECK (number >= 1),
    node          TEXT NOT NULL,
    claimed_at    INTEGER NOT NULL,
    started_at    INTEGER,
    finished_at   INTEGER,
    run_dir       TEXT,
    pid           INTEGER,
    exit_code     INTEGER,
    signal        INTEGER NOT NULL DEFAULT 0,
    reason        INTEGER NOT NULL DEFAULT 0,
    max_rss_bytes INTEGER NOT NULL DEFAULT 0,
    cpu_us        INTEGER NOT NULL DEFAULT 0,         -- microseconds
    UNIQUE (job_id, number)
) STRICT;

CREATE TABLE environments (
    id     INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE,
    data   BLOB NOT NULL                              -- NUL-ended NAME=value entries, as in /proc/PID/environ
) STRICT;

CREATE TABLE events (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id     INTEGER NOT NULL REFERENCES jobs (id),
    at         INTEGER NOT NULL,
    "trigger"  INTEGER NOT NULL,
    attempt    INTEGER NOT NULL,                      -- 0: about the job
    from_state INTEGER NOT NULL,
    to_state   INTEGER NOT NULL,
    reason     INTEGER NOT NULL,
    detail     TEXT
) STRICT;

CREATE TABLE jobs (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,  -- a number that a user has seen is never given to another job
    uid                 BLOB NOT NULL,                      -- 16 bytes, big endian
    client_job_id       TEXT,
    owner_uid           INTEGER NOT NULL,
    owner_gid           INTEGER NOT NULL,
    owner_groups        TEXT NOT NULL,                      -- JSON array of numbers
    owner_name          TEXT NOT NULL,
    name                TEXT NOT NULL,
    tags                TEXT NOT NULL,                      -- JSON array of strings
    priority            INTEGER NOT NULL,
    command_argv        TEXT NOT NULL,                      -- JSON array of strings
    workdir             TEXT NOT NULL,
    config              TEXT NOT NULL,                      -- JSON object
    environment_id      INTEGER NOT NULL REFERENCES environments (id),
    runs_dir            TEXT,
    umask               INTEGER NOT NULL,
    kill_grace_ms       INTEGER NOT NULL CHECK (kill_grace_ms >= 0),
    on_lost             INTEGER NOT NULL,
    on_daemon_loss      INTEGER NOT NULL,
    max_attempts        INTEGER NOT NULL CHECK (max_attempts >= 1),
    parent_job_id       INTEGER REFERENCES jobs (id),
    created_at          INTEGER NOT NULL,
    state               INTEGER NOT NULL,
    attempt             INTEGER NOT NULL DEFAULT 0,         -- number of the current or last attempt; 0: none yet
    reason              INTEGER NOT NULL DEFAULT 0,
    reason_detail       TEXT,
    cancel_requested_at INTEGER,
    finished_at         INTEGER,
    -- Ascending like the other two columns of the dispatch order, so that a page can start with one row-value comparison.
    rank                INTEGER NOT NULL GENERATED ALWAYS AS (-priority) VIRTUAL,
    UNIQUE (owner_uid, uid)
) STRICT;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE VIEW job_rows AS
SELECT
    j.id, j.uid, j.client_job_id, j.owner_uid, j.owner_gid, j.owner_groups, j.owner_name, j.name, j.tags, j.priority, j.command_argv,
    j.workdir, j.config, j.environment_id, j.runs_dir, j.umask, j.kill_grace_ms, j.on_lost, j.on_daemon_loss, j.max_attempts,
    j.parent_job_id, j.created_at, j.state, j.attempt, j.reason, j.reason_detail, j.cancel_requested_at, j.finished_at, j.rank,
    a.lease_epoch, a.node, a.claimed_at, a.started_at, a.finished_at AS attempt_finished_at, a.run_dir, a.pid, a.exit_code, a.signal,
    a.reason AS attempt_reason, a.max_rss_bytes, a.cpu_us
FROM jobs AS j
LEFT JOIN attempts AS a ON a.job_id = j.id AND a.number = j.attempt;
