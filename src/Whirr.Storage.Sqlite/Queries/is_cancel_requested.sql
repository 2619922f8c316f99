SELECT count(*) AS requested FROM jobs WHERE id = :job_id AND state = :state AND cancel_requested_at IS NOT NULL
