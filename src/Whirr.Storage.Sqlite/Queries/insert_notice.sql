INSERT INTO notices (job_id, event, target, seq, created_at, text, next_try_at)
VALUES (:job_id, :event, :target, :seq, :created_at, :text, :created_at)
