SELECT id, job_id, event, target, seq, created_at, text, tries, next_try_at, 1 AS open_of_target
FROM notices WHERE outcome = 0 AND target = :target ORDER BY id LIMIT :max
