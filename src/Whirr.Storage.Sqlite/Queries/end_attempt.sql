UPDATE attempts SET
    run_dir = coalesce(:run_dir, run_dir), started_at = coalesce(:started_at, started_at), finished_at = :finished_at,
    exit_code = :exit_code, signal = :signal, reason = :reason, reason_detail = :reason_detail, log_offset = coalesce(:log_offset, log_offset),
    max_rss_bytes = :max_rss_bytes, cpu_us = :cpu_us, peak_tree_bytes = :peak_tree_bytes, read_bytes = :read_bytes, written_bytes = :written_bytes
WHERE lease_epoch = :lease_epoch
