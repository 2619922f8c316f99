INSERT INTO events (job_id, at, "trigger", attempt, from_state, to_state, reason, detail)
VALUES (:job_id, :at, :trigger, :attempt, :from_state, :to_state, :reason, :detail)
