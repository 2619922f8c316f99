CREATE INDEX attempts_by_end ON attempts (finished_at) WHERE finished_at IS NOT NULL;

CREATE INDEX events_by_job ON events (job_id, seq);

CREATE UNIQUE INDEX jobs_by_client_job_id ON jobs (owner_uid, client_job_id) WHERE client_job_id IS NOT NULL;

CREATE INDEX jobs_by_end ON jobs (finished_at, id) WHERE finished_at IS NOT NULL;

CREATE INDEX jobs_by_environment ON jobs (environment_id);

CREATE INDEX jobs_by_parent ON jobs (parent_job_id) WHERE parent_job_id IS NOT NULL;

CREATE INDEX jobs_by_state ON jobs (state, id);

CREATE INDEX jobs_in_dispatch_order ON jobs (state, is_blocked, rank, created_at, id);

CREATE INDEX jobs_that_pause ON jobs (eligible_at) WHERE eligible_at IS NOT NULL;

CREATE INDEX notices_open ON notices (id) WHERE outcome = 0;

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
    cpu_us        INTEGER NOT NULL DEFAULT 0, reason_detail TEXT, log_offset INTEGER, heartbeat_at INTEGER, lease_expires_at INTEGER, peak_tree_bytes INTEGER NOT NULL DEFAULT 0, read_bytes INTEGER NOT NULL DEFAULT 0, written_bytes INTEGER NOT NULL DEFAULT 0,         -- microseconds
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
    rank                INTEGER NOT NULL GENERATED ALWAYS AS (-priority) VIRTUAL, time_limit_ms INTEGER, limits TEXT, retry TEXT, watch TEXT, notices TEXT, retries_used INTEGER NOT NULL DEFAULT 0, losses INTEGER NOT NULL DEFAULT 0, blocked INTEGER NOT NULL DEFAULT 0, eligible_at INTEGER, pause_ms INTEGER NOT NULL DEFAULT 0, is_blocked INTEGER NOT NULL GENERATED ALWAYS AS (blocked <> 0) VIRTUAL,
    UNIQUE (owner_uid, uid)
) STRICT;

CREATE TABLE notice_cursor (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL
) STRICT;

CREATE TABLE notices (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,                   -- goes along with each delivery
    job_id      INTEGER,                                             -- NULL: about the queue
    event       INTEGER NOT NULL,
    target      TEXT NOT NULL,
    seq         INTEGER NOT NULL,                                    -- the event it comes from; 0: none
    created_at  INTEGER NOT NULL,
    text        TEXT,
    tries       INTEGER NOT NULL DEFAULT 0,
    next_try_at INTEGER NOT NULL,
    outcome     INTEGER NOT NULL DEFAULT 0,                          -- 0 open, 1 delivered, 2 given up
    detail      TEXT                                                 -- what went wrong at the last try
) STRICT;

CREATE TABLE queue_hold (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    set_by TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    why    TEXT
) STRICT;

CREATE TABLE run_roots (
    owner_uid    INTEGER NOT NULL,
    path         TEXT NOT NULL,
    owner_gid    INTEGER NOT NULL,
    owner_groups TEXT NOT NULL,                       -- JSON array of numbers
    owner_name   TEXT NOT NULL,
    PRIMARY KEY (owner_uid, path)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE run_text USING fts5 (name, tags, note, config, content = '', contentless_delete = 1);

CREATE TABLE 'run_text_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'run_text_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'run_text_docsize'(id INTEGER PRIMARY KEY, sz BLOB, origin INTEGER);

CREATE TABLE 'run_text_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE runs (
    id            INTEGER PRIMARY KEY,
    owner_uid     INTEGER NOT NULL,
    root          TEXT NOT NULL,
    run_id        TEXT NOT NULL,                      -- name of the run directory
    stamp         TEXT NOT NULL,                      -- of its files when they were read
    unended       INTEGER NOT NULL,                   -- 1: its records name no end
    owner_name    TEXT NOT NULL,
    job_id        INTEGER NOT NULL,                   -- 0: not a job
    job_uid       BLOB,                               -- 16 bytes, big endian; of a job of whatever daemon
    name          TEXT NOT NULL,
    state         INTEGER NOT NULL,                   -- by its records and its process
    reason        TEXT NOT NULL,
    reason_detail TEXT NOT NULL,
    started_at    INTEGER,
    finished_at   INTEGER,
    tags          TEXT NOT NULL,                      -- JSON array of strings
    config        TEXT,                               -- JSON object
    summary       TEXT,                               -- JSON object
    hostname      TEXT NOT NULL,
    exit_code     INTEGER,
    attempt       INTEGER NOT NULL,                   -- 0: not known
    note          TEXT NOT NULL,
    git_commit    TEXT NOT NULL,
    git_dirty     INTEGER NOT NULL,
    problem       TEXT NOT NULL,
    UNIQUE (owner_uid, root, run_id)
) STRICT;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE VIEW attempt_rows AS
SELECT
    job_id, number, lease_epoch, node, claimed_at, started_at, finished_at AS attempt_finished_at, run_dir, pid, exit_code, signal,
    reason AS attempt_reason, reason_detail AS attempt_reason_detail, log_offset, heartbeat_at, lease_expires_at,
    max_rss_bytes, cpu_us, peak_tree_bytes, read_bytes, written_bytes
FROM attempts;

CREATE VIEW job_rows AS
SELECT
    j.id, j.uid, j.client_job_id, j.owner_uid, j.owner_gid, j.owner_groups, j.owner_name, j.name, j.tags, j.priority, j.command_argv,
    j.workdir, j.config, j.environment_id, j.runs_dir, j.umask, j.kill_grace_ms, j.on_lost, j.on_daemon_loss, j.max_attempts,
    j.time_limit_ms, j.limits, j.retry, j.watch, j.notices, j.retries_used, j.losses, j.eligible_at,
    j.parent_job_id, j.created_at, j.state, j.attempt, j.reason, j.reason_detail, j.cancel_requested_at, j.finished_at, j.rank, j.is_blocked,
    a.job_id, a.number, a.lease_epoch, a.node, a.claimed_at, a.started_at, a.finished_at AS attempt_finished_at, a.run_dir, a.pid,
    a.exit_code, a.signal, a.reason AS attempt_reason, a.reason_detail AS attempt_reason_detail, a.log_offset, a.heartbeat_at,
    a.lease_expires_at, a.max_rss_bytes, a.cpu_us, a.peak_tree_bytes, a.read_bytes, a.written_bytes
FROM jobs AS j
LEFT JOIN attempts AS a ON a.job_id = j.id AND a.number = j.attempt;

CREATE VIEW run_rows AS
SELECT
    r.id, r.owner_uid, r.root, r.run_id, r.owner_name, r.job_id, r.job_uid, r.name, r.state, r.reason, r.reason_detail, r.started_at, r.finished_at,
    r.tags, r.config, r.summary, r.hostname, r.exit_code, r.attempt, r.note, r.git_commit, r.git_dirty, r.problem,
    j.id AS queue_job_id, j.state AS queue_state, j.reason AS queue_reason, j.reason_detail AS queue_reason_detail, j.finished_at AS queue_finished_at,
    j.attempt AS queue_attempt, a.started_at AS queue_started_at, a.exit_code AS queue_exit_code
FROM runs AS r
LEFT JOIN jobs AS j ON j.owner_uid = r.owner_uid AND j.uid = r.job_uid
LEFT JOIN attempts AS a ON a.job_id = j.id AND a.number = j.attempt;
