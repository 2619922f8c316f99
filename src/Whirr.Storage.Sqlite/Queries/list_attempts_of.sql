SELECT * FROM attempt_rows WHERE job_id = :job_id ORDER BY number
