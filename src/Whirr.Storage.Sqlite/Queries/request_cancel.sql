-- The first request is kept: who asked first ended the job.
UPDATE jobs SET state = :to_state, cancel_requested_at = :requested_at, reason_detail = :reason_detail
WHERE id = :job_id AND state = :from_state AND cancel_requested_at IS NULL
