UPDATE jobs SET
    reason = :reason, reason_detail = :reason_detail, finished_at = :finished_at,
    retries_used = retries_used + :retries, losses = losses + :losses,
    eligible_at = :eligible_at, pause_ms = :pause_ms, blocked = :blocked
WHERE id = :job_id
