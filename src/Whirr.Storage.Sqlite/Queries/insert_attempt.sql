INSERT INTO attempts (job_id, number, node, claimed_at)
SELECT id, attempt, :node, :claimed_at FROM jobs WHERE id = :job_id
