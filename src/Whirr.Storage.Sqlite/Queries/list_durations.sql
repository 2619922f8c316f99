-- The newest jobs only: an estimate may not cost a walk through years of them.
SELECT a.finished_at - a.started_at AS duration_ms
FROM (SELECT id, attempt, owner_uid, name FROM jobs WHERE state = :completed ORDER BY id DESC LIMIT 10000) AS j
JOIN attempts AS a ON a.job_id = j.id AND a.number = j.attempt
WHERE j.owner_uid = :owner_uid AND j.name = :name AND a.started_at IS NOT NULL AND a.finished_at >= a.started_at
ORDER BY j.id DESC
LIMIT :max
