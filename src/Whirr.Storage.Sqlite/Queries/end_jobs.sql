UPDATE jobs SET state = :to_state, reason = :reason, reason_detail = :reason_detail, finished_at = :finished_at,
    blocked = 0, eligible_at = NULL, pause_ms = 0
WHERE state = :from_state AND (:owner_uid IS NULL OR owner_uid = :owner_uid)
RETURNING id
