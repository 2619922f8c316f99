UPDATE attempts SET
    run_dir = coalesce(:run_dir, run_dir), started_at = coalesce(:started_at, started_at), finished_at = :finished_at, run_dir = coalesce(:run_dir, run_dir),
    exit_code = :exit_code, signal = :signal, reason = :reason, max_rss_bytes = :max_rss_bytes, cpu_us = :cpu_us
WHERE lease_epoch = :lease_epoch
