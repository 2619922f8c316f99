-- A row: the attempt is the current, open one of its job, under this lease epoch.
SELECT j.state, j.cancel_requested_at IS NOT NULL AS cancel_requested
FROM attempts AS a JOIN jobs AS j ON j.id = a.job_id AND j.attempt = a.number
WHERE a.lease_epoch = :lease_epoch AND a.job_id = :job_id AND a.number = :number AND a.finished_at IS NULL
