SELECT run_id, stamp, state, unended, hostname, job_uid IS NOT NULL AS is_job FROM runs WHERE owner_uid = :owner_uid AND root = :root
