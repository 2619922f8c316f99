UPDATE attempts SET started_at = :started_at, pid = :pid, run_dir = :run_dir, log_offset = :log_offset, heartbeat_at = :started_at
WHERE lease_epoch = :lease_epoch
