UPDATE jobs SET parent_job_id = NULL WHERE parent_job_id = :job_id
