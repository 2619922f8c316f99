SELECT * FROM job_rows WHERE state IN (:allocated, :starting, :running) ORDER BY id
