SELECT r.*, e.data AS environment FROM job_rows AS r JOIN environments AS e ON e.id = r.environment_id WHERE r.id = :job_id
