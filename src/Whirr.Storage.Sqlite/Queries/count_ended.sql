SELECT state, count(*) AS jobs FROM jobs
WHERE finished_at >= :since AND finished_at < :before
  AND (:owner_uid IS NULL OR owner_uid = :owner_uid)
  AND (:owner_name IS NULL OR owner_name = :owner_name)
  AND (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
GROUP BY state
