-- What the last attempt was lost for is history now; its event keeps it.
UPDATE jobs SET state = :to_state, attempt = attempt + 1, reason = 0, reason_detail = NULL
WHERE id = :job_id AND state = :from_state AND blocked = 0
