-- A repeated uid or client id inserts nothing; find_existing_job then names the job that has it.
INSERT INTO jobs (
    uid, client_job_id, owner_uid, owner_gid, owner_groups, owner_name, name, tags, priority, command_argv, workdir, config,
    environment_id, runs_dir, umask, kill_grace_ms, on_lost, on_daemon_loss, max_attempts, time_limit_ms, limits, retry, watch, notices,
    parent_job_id, created_at, state)
VALUES (
    :uid, :client_job_id, :owner_uid, :owner_gid, :owner_groups, :owner_name, :name, :tags, :priority, :command_argv, :workdir, :config,
    :environment_id, :runs_dir, :umask, :kill_grace_ms, :on_lost, :on_daemon_loss, :max_attempts, :time_limit_ms, :limits, :retry, :watch, :notices,
    :parent_job_id, :created_at, :state)
ON CONFLICT DO NOTHING
