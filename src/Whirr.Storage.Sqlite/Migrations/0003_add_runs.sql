-- why: an index of run directories, which can be made anew from them
-- breaking: no
--
-- The files in the run directories are the truth. Times are milliseconds since 1970-01-01 UTC, states the numbers of the enum in Whirr.Domain.

-- Where users have runs: directories that they named or that a job of theirs used. An empty path stands for the daemon's own.
CREATE TABLE run_roots (
    owner_uid    INTEGER NOT NULL,
    path         TEXT NOT NULL,
    owner_gid    INTEGER NOT NULL,
    owner_groups TEXT NOT NULL,                       -- JSON array of numbers
    owner_name   TEXT NOT NULL,
    PRIMARY KEY (owner_uid, path)
) STRICT, WITHOUT ROWID;

INSERT INTO run_roots (owner_uid, path, owner_gid, owner_groups, owner_name)
SELECT owner_uid, coalesce(runs_dir, ''), owner_gid, owner_groups, owner_name FROM jobs
WHERE id IN (SELECT max(id) FROM jobs GROUP BY owner_uid, coalesce(runs_dir, ''));

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

-- Words of runs by their id; the texts themselves are in runs.
CREATE VIRTUAL TABLE run_text USING fts5 (name, tags, note, config, content = '', contentless_delete = 1);

-- A run with what the queue says of its job, where it is one of this daemon and of the same owner: what every query that returns runs selects from.
CREATE VIEW run_rows AS
SELECT
    r.id, r.owner_uid, r.root, r.run_id, r.owner_name, r.job_id, r.job_uid, r.name, r.state, r.reason, r.reason_detail, r.started_at, r.finished_at,
    r.tags, r.config, r.summary, r.hostname, r.exit_code, r.attempt, r.note, r.git_commit, r.git_dirty, r.problem,
    j.id AS queue_job_id, j.state AS queue_state, j.reason AS queue_reason, j.reason_detail AS queue_reason_detail, j.finished_at AS queue_finished_at,
    j.attempt AS queue_attempt, a.started_at AS queue_started_at, a.exit_code AS queue_exit_code
FROM runs AS r
LEFT JOIN jobs AS j ON j.owner_uid = r.owner_uid AND j.uid = r.job_uid
LEFT JOIN attempts AS a ON a.job_id = j.id AND a.number = j.attempt;
