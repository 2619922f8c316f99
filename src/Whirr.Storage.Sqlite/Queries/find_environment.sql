SELECT e.data FROM jobs AS j JOIN environments AS e ON e.id = j.environment_id WHERE j.id = :job_id
