-- Goes before end_jobs: the same jobs, while they still are in the state they leave.
INSERT INTO events (job_id, at, "trigger", attempt, from_state, to_state, reason, detail)
SELECT id, :at, :trigger, 0, :from_state, :to_state, :reason, :detail FROM jobs
WHERE state = :from_state AND (:owner_uid IS NULL OR owner_uid = :owner_uid)
ORDER BY id
