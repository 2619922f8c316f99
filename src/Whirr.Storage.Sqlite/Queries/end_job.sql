UPDATE jobs SET state = :to_state, reason = :reason, reason_detail = :reason_detail, finished_at = :finished_at,
    blocked = 0, eligible_at = NULL, pause_ms = 0
WHERE id = :job_id AND state = :from_state
