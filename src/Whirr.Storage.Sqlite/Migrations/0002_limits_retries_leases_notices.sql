-- why: limits, retries with pauses, leases, notices, and a hold on the queue
-- breaking: no
--
-- Settings that most jobs leave alone are one JSON column each, NULL when they are as when nothing is said: they are read whole and never searched.

ALTER TABLE jobs ADD COLUMN time_limit_ms INTEGER;                   -- NULL: none; a column of its own because it changes while the job runs
ALTER TABLE jobs ADD COLUMN limits TEXT;                             -- JSON object, the other limits
ALTER TABLE jobs ADD COLUMN retry TEXT;                              -- JSON object
ALTER TABLE jobs ADD COLUMN watch TEXT;                              -- JSON object
ALTER TABLE jobs ADD COLUMN notices TEXT;                            -- JSON object; NULL: as the daemon is configured
ALTER TABLE jobs ADD COLUMN retries_used INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN losses INTEGER NOT NULL DEFAULT 0;       -- attempts lost to the machine
-- What keeps a queued job from being claimed, one bit each: 1 it pauses before a retry. 0: nothing.
ALTER TABLE jobs ADD COLUMN blocked INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN eligible_at INTEGER;                     -- when its pause ends, by the clock at the end of the attempt before
ALTER TABLE jobs ADD COLUMN pause_ms INTEGER NOT NULL DEFAULT 0;     -- how long that pause is in all
ALTER TABLE jobs ADD COLUMN is_blocked INTEGER NOT NULL GENERATED ALWAYS AS (blocked <> 0) VIRTUAL;

-- Blocked jobs stand apart, so that a claim never walks past them, however many there are.
DROP INDEX jobs_in_dispatch_order;
CREATE INDEX jobs_in_dispatch_order ON jobs (state, is_blocked, rank, created_at, id);
CREATE INDEX jobs_that_pause ON jobs (eligible_at) WHERE eligible_at IS NOT NULL;
CREATE INDEX jobs_by_end ON jobs (finished_at, id) WHERE finished_at IS NOT NULL;
CREATE INDEX jobs_by_environment ON jobs (environment_id);           -- tells when the last job of an environment is gone

-- Losses were counted by the number of the attempt; from here on those that the machine is to blame for count (reasons node_lost to lease_expired).
UPDATE jobs SET losses = (SELECT count(*) FROM attempts AS a WHERE a.job_id = jobs.id AND a.reason BETWEEN 10 AND 13) WHERE attempt > 1;

ALTER TABLE attempts ADD COLUMN reason_detail TEXT;
ALTER TABLE attempts ADD COLUMN log_offset INTEGER;                  -- where its output begins in output.log, bytes
ALTER TABLE attempts ADD COLUMN heartbeat_at INTEGER;
ALTER TABLE attempts ADD COLUMN lease_expires_at INTEGER;
ALTER TABLE attempts ADD COLUMN peak_tree_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN read_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN written_bytes INTEGER NOT NULL DEFAULT 0;

CREATE INDEX attempts_by_end ON attempts (finished_at) WHERE finished_at IS NOT NULL;

-- Who stopped the starting of jobs: one row, or none.
CREATE TABLE queue_hold (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    set_by TEXT NOT NULL,
    set_at INTEGER NOT NULL,
    why    TEXT
) STRICT;

-- The last event that notices were made of. What happened before this version is not told again.
CREATE TABLE notice_cursor (
    id  INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL
) STRICT;

INSERT INTO notice_cursor SELECT 1, coalesce(max(seq), 0) FROM events;

-- An outbox. It does not refer to the job: a job that is removed does not take back what was to be said about it.
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

CREATE INDEX notices_open ON notices (id) WHERE outcome = 0;

CREATE VIEW attempt_rows AS
SELECT
    job_id, number, lease_epoch, node, claimed_at, started_at, finished_at AS attempt_finished_at, run_dir, pid, exit_code, signal,
    reason AS attempt_reason, reason_detail AS attempt_reason_detail, log_offset, heartbeat_at, lease_expires_at,
    max_rss_bytes, cpu_us, peak_tree_bytes, read_bytes, written_bytes
FROM attempts;

DROP VIEW job_rows;
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
