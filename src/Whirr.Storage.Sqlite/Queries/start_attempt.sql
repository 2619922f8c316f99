UPDATE attempts SET started_at = :started_at, pid = :pid, run_dir = :run_dir WHERE lease_epoch = :lease_epoch
