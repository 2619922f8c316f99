-- With the id that it had, or (null) a new one.
INSERT OR REPLACE INTO runs (
    id, owner_uid, root, run_id, stamp, unended, owner_name, job_id, job_uid, name, state, reason, reason_detail, started_at, finished_at,
    tags, config, summary, hostname, exit_code, attempt, note, git_commit, git_dirty, problem)
VALUES (
    :id, :owner_uid, :root, :run_id, :stamp, :unended, :owner_name, :job_id, :job_uid, :name, :state, :reason, :reason_detail, :started_at, :finished_at,
    :tags, :config, :summary, :hostname, :exit_code, :attempt, :note, :git_commit, :git_dirty, :problem)
