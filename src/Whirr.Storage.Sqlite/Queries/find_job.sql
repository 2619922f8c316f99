SELECT * FROM job_rows WHERE id = :job_id
