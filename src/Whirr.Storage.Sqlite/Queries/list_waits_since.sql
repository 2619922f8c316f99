-- Those that wait still (what pauses has run before), those that ended since, and those that run: of each from its submit to its first attempt,
-- or to its end when it had none.
SELECT j.created_at, coalesce(a.claimed_at, j.finished_at) AS until
FROM jobs AS j
LEFT JOIN attempts AS a ON a.job_id = j.id AND a.number = 1
WHERE (j.finished_at >= :since OR j.state IN (:queued, :allocated, :starting, :running))
  AND coalesce(a.claimed_at, j.finished_at, :since) >= :since
ORDER BY j.created_at
