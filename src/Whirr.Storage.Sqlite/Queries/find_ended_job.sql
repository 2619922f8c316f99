SELECT state, environment_id FROM jobs WHERE id = :job_id AND finished_at IS NOT NULL
