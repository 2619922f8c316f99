-- Those that ended since, and those that have not; the first part walks the index of ends, the second the few live jobs.
SELECT * FROM attempt_rows WHERE attempt_finished_at >= :since
UNION ALL
SELECT * FROM attempt_rows WHERE attempt_finished_at IS NULL AND job_id IN (SELECT id FROM jobs WHERE state IN (:allocated, :starting, :running))
ORDER BY claimed_at
